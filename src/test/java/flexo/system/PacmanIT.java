package flexo.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The main job: a real pacman with Flexo as its only server. */
class PacmanIT {
    @ScratchFolder
    Path folder;

    @ParameterizedTest
    @EnumSource
    void installsAndUpgradesThirtyPackages(PacmanRelease release) {
        release.program();
        ArchMirror arch = ArchMirror.copy(folder.resolve("arch"));
        try (MirrorServer mirror = MirrorServer.serve(arch.folder(), 1, folder.resolve("mirror.log"));
                // The mirror has newer databases within less than the usual interval.
                FlexoServer flexo = FlexoServer.alone(folder.resolve("flexo"), mirror.urls())
                        .with("FLEXO_DATABASE_CHECK_INTERVAL", "0 s")
                        .start()) {
            Pacman pacman = Pacman.client(release, arch, folder.resolve("client"), flexo.url());

            pacman.sync();
            pacman.install(Packages.THIRTY);
            Map<String, String> before = pacman.installed();
            assertThat(before).containsKeys(Packages.THIRTY.toArray(String[]::new));
            pacman.assertIntact();

            arch.update();
            pacman.run("-Syu").succeeded();
            Map<String, String> after = pacman.installed();
            assertThat(after).containsOnlyKeys(before.keySet());
            assertThat(List.of("linux", "libstdc++5", "gtk3", "python-foo", "ttf-dejavu"))
                    .as("packages the update has newer versions of")
                    .allSatisfy(name -> assertThat(after.get(name)).isNotEqualTo(before.get(name)));
            pacman.assertIntact();

            assertThat(mirror.requests())
                    .as("requests at the mirror")
                    .isNotEmpty()
                    .noneMatch(request -> request.userAgent().startsWith("pacman"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void cacheDirectoryIsLaidOutAsTheMirrorIs(PacmanRelease release) throws IOException {
        release.program();
        ArchMirror arch = ArchMirror.pristine();
        try (MirrorServer mirror = MirrorServer.serve(arch.folder(), 1, folder.resolve("mirror.log"));
                FlexoServer flexo = FlexoServer.started(folder.resolve("flexo"), mirror.urls())) {
            Pacman pacman = Pacman.client(release, arch, folder.resolve("client"), flexo.url());
            pacman.sync();
            pacman.install(Packages.FEW);

            // Whatever a web server could hand out from there must be the mirror's own bytes.
            List<Path> cached;
            try (Stream<Path> files = Files.walk(flexo.cache())) {
                cached = files.filter(Files::isRegularFile)
                        .map(flexo.cache()::relativize)
                        .filter(path -> StreamSupport.stream(path.spliterator(), false)
                                .noneMatch(name -> name.toString().startsWith(".")))
                        .toList();
            }
            assertThat(cached).map(path -> path.getFileName().toString()).containsAll(pacman.cachedFiles());
            assertThat(cached)
                    .allSatisfy(path ->
                            assertThat(flexo.cache().resolve(path)).hasSameBinaryContentAs(arch.file(path.toString())));
        }
    }
}
