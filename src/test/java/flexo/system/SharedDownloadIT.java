package flexo.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Several clients cost the mirror what one costs. */
class SharedDownloadIT {
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    @ScratchFolder
    Path folder;

    @ParameterizedTest
    @EnumSource
    void twoClientsAtOnceMakeOneRequestForEachFile(PacmanRelease release) {
        release.program();
        ArchMirror arch = ArchMirror.pristine();
        try (MirrorServer mirror = MirrorServer.serve(arch.folder(), 1, folder.resolve("mirror.log"));
                FlexoServer flexo = FlexoServer.started(folder.resolve("flexo"), mirror.urls())) {
            Pacman one = Pacman.client(release, arch, folder.resolve("one"), flexo.url());
            Pacman two = Pacman.client(release, arch, folder.resolve("two"), flexo.url());
            one.sync();
            two.sync();
            // Slow enough that the two are in each other's downloads all the time.
            mirror.rules(0, "{\"rate\": 8000000}");

            try (RunningCommand first = one.start(Pacman.installing(Packages.THIRTY));
                    RunningCommand second = two.start(Pacman.installing(Packages.THIRTY))) {
                first.await(PATIENCE).succeeded();
                second.await(PATIENCE).succeeded();
            }

            one.assertIntact();
            two.assertIntact();
            assertThat(mirror.packageRequests())
                    .hasSizeGreaterThanOrEqualTo(2 * Packages.THIRTY.size())
                    .allSatisfy((path, requests) -> assertThat(requests).isEqualTo(1));
        }
    }

    @ParameterizedTest
    @EnumSource
    void clientAfterAnotherCostsTheMirrorNoPackage(PacmanRelease release) {
        release.program();
        ArchMirror arch = ArchMirror.pristine();
        try (MirrorServer mirror = MirrorServer.serve(arch.folder(), 1, folder.resolve("mirror.log"));
                FlexoServer flexo = FlexoServer.started(folder.resolve("flexo"), mirror.urls())) {
            Pacman one = Pacman.client(release, arch, folder.resolve("one"), flexo.url());
            one.sync();
            one.install(Packages.THIRTY);
            mirror.forgetRequests();

            Pacman two = Pacman.client(release, arch, folder.resolve("two"), flexo.url());
            two.sync();
            two.install(Packages.THIRTY);

            two.assertIntact();
            assertThat(mirror.packageRequests()).isEqualTo(Map.of());
        }
    }
}
