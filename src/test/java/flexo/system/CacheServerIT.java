package flexo.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
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
    void databasesAreRefreshedThoughOurClientsNeverAskForThem(PacmanRelease release) {
        release.program();
        ArchMirror arch = ArchMirror.copy(folder.resolve("arch"));
        try (MirrorServer mirror = MirrorServer.serve(arch.folder(), 1, folder.resolve("mirror.log"));
                FlexoServer flexo = FlexoServer.alone(folder.resolve("flexo"), mirror.urls())
                        .with("FLEXO_DATABASE_REFRESH_INTERVAL", "1 s")
                        .start()) {
            Pacman pacman = client(release, arch, mirror, flexo);
            pacman.sync();
            pacman.install(Packages.FEW);
            awaitDatabase(flexo, arch);

            arch.update();
            awaitDatabase(flexo, arch);

            pacman.run("-Syu").succeeded();
            pacman.assertIntact();
            assertThat(mirror.requests())
                    .filteredOn(request -> request.userAgent().startsWith("pacman"))
                    .noneMatch(MirrorRequest::isForPackage);
        }
    }

    private static void awaitDatabase(FlexoServer flexo, ArchMirror arch) {
        String database = "core/os/x86_64/core.db";
        Awaitility.await("the mirror's database, and its signature, in the cache")
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> {
                    for (String file : List.of(database, database + ".sig")) {
                        assertThat(flexo.cache().resolve(file)).hasSameBinaryContentAs(arch.file(file));
                    }
                });
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
