package flexo.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Flexo as a {@code CacheServer}: pacman asks it for packages only, and the mirrors where it fails. */
class CacheServerIT {
    @ScratchFolder
    Path folder;

    @ParameterizedTest
    @EnumSource(names = {"V7_0", "V7_1"})
    void packagesComeFromUsAndDatabasesFromTheMirror(PacmanRelease release) {
        release.program();
        ArchMirror arch = ArchMirror.pristine();
        try (MirrorServer mirror = MirrorServer.serve(arch.folder(), 1, folder.resolve("mirror.log"));
                FlexoServer flexo = FlexoServer.started(folder.resolve("flexo"), mirror.urls())) {
            Pacman pacman = client(release, arch, mirror, flexo);

            pacman.sync();
            pacman.install(Packages.THIRTY);

            pacman.assertIntact();
            List<MirrorRequest> requests = mirror.requests();
            assertThat(requests)
                    .filteredOn(request -> request.userAgent().startsWith("pacman"))
                    .as("what pacman asked the mirror itself")
                    .isNotEmpty()
                    .noneMatch(MirrorRequest::isForPackage);
            assertThat(requests)
                    .filteredOn(request -> !request.userAgent().startsWith("pacman"))
                    .as("what we asked the mirror")
                    .isNotEmpty()
                    .allMatch(MirrorRequest::isForPackage);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"V7_0", "V7_1"})
    void clientGoesToTheMirrorWhenWeAreNotThere(PacmanRelease release) {
        release.program();
        ArchMirror arch = ArchMirror.pristine();
        try (MirrorServer mirror = MirrorServer.serve(arch.folder(), 1, folder.resolve("mirror.log"));
                FlexoServer flexo = FlexoServer.started(folder.resolve("flexo"), mirror.urls())) {
            Pacman pacman = client(release, arch, mirror, flexo);
            pacman.sync();
            flexo.stop();

            pacman.install(Packages.FEW);

            pacman.assertIntact();
        }
    }

    private Pacman client(PacmanRelease release, ArchMirror arch, MirrorServer mirror, FlexoServer flexo) {
        return Pacman.client(
                release,
                arch,
                folder.resolve("client"),
                "--server",
                mirror.urls().get(0).toString(),
                "--cache-server",
                flexo.url().toString());
    }
}
