package flexo.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Databases and verified packages, as real pacmans see them; the repositories are signed and signatures required. */
class DatabasesIT {
    private static final String DATABASES = "[\"*.db\", \"*.db.sig\"]";

    @ScratchFolder
    Path folder;

    @ParameterizedTest
    @EnumSource
    void syncAndInstallSucceedFromTheCacheWhenTheNetworkIsGone(PacmanRelease release) {
        release.program();
        ArchMirror arch = ArchMirror.pristine();
        try (MirrorServer mirror = MirrorServer.serve(arch.folder(), 2, folder.resolve("mirror.log"));
                FlexoServer flexo = server(mirror).start()) {
            Pacman first = Pacman.client(release, arch, folder.resolve("first"), flexo.url());
            first.sync();
            first.install(Packages.FEW);
            mirror.refuse(0);
            mirror.refuse(1);

            Pacman second = Pacman.client(release, arch, folder.resolve("second"), flexo.url());
            second.sync();
            second.install(Packages.FEW);
            second.assertIntact();

            flexo.kill();
            flexo.start();
            Pacman third = Pacman.client(release, arch, folder.resolve("third"), flexo.url());
            third.sync();
            third.install(Packages.FEW);
            third.assertIntact();
            assertThat(flexo.log()).content().contains(" 200 stale, ");
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyClientSyncsWhileDatabasesArePublished(PacmanRelease release) {
        release.program();
        ArchMirror arch = ArchMirror.copy(folder.resolve("arch"));
        try (MirrorServer mirror = MirrorServer.serve(arch.folder(), 1, folder.resolve("mirror.log"));
                FlexoServer flexo = server(mirror).start()) {
            Pacman pacman = Pacman.client(release, arch, folder.resolve("client"), flexo.url());
            pacman.sync();
            pacman.install(Packages.FEW);

            for (int round = 0; round < 3; round++) {
                arch.update();
                pacman.run("-Syu").succeeded();
                pacman.run("-Fy").succeeded();
                pacman.assertIntact();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void mirrorThatIsBehindDoesNotTakeClientsBack(PacmanRelease release) {
        release.program();
        ArchMirror arch = ArchMirror.copy(folder.resolve("arch"));
        arch.update();
        try (MirrorServer mirror = MirrorServer.serve(arch.folder(), 2, folder.resolve("mirror.log"));
                FlexoServer flexo = server(mirror).start()) {
            mirror.rules(1, "{\"path\": " + DATABASES + ", \"snapshot\": 0}");
            Pacman pacman = Pacman.client(release, arch, folder.resolve("client"), flexo.url());
            pacman.sync();
            mirror.refuse(0);

            pacman.run("-Syy").succeeded();

            assertThat(database(pacman, "core")).hasSameBinaryContentAs(arch.file("core/os/x86_64/core.db"));
            assertThat(database(pacman, "extra")).hasSameBinaryContentAs(arch.file("extra/os/x86_64/extra.db"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void wrongBytesOfOneMirrorReachNobody(PacmanRelease release) throws IOException {
        release.program();
        ArchMirror arch = ArchMirror.pristine();
        try (MirrorServer mirror = MirrorServer.serve(arch.folder(), 3, folder.resolve("mirror.log"));
                FlexoServer flexo = server(mirror).start()) {
            mirror.rules(
                    0, "[{\"path\": \"*.zst\", \"flip\": -100}, {\"path\": " + DATABASES + ", \"captive\": true}]");
            mirror.rules(1, "{\"path\": \"*.zst\", \"truncate\": 0.9}");
            Pacman pacman = Pacman.client(release, arch, folder.resolve("client"), flexo.url());

            pacman.sync();
            pacman.install(Packages.FEW);

            pacman.assertIntact();
            try (Stream<Path> files = Files.walk(flexo.cache())) {
                assertThat(files.filter(file -> file.toString().endsWith(".zst")))
                        .isNotEmpty()
                        .allSatisfy(file -> assertThat(file)
                                .hasSameBinaryContentAs(
                                        arch.file(flexo.cache().relativize(file).toString())));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void clientsThatSyncTogetherMakeOneRequestForEachDatabase(PacmanRelease release) {
        release.program();
        ArchMirror arch = ArchMirror.pristine();
        try (MirrorServer mirror = MirrorServer.serve(arch.folder(), 1, folder.resolve("mirror.log"));
                FlexoServer flexo = server(mirror)
                        .with("FLEXO_DATABASE_CHECK_INTERVAL", "1 h")
                        .start()) {
            List<Pacman> clients = new ArrayList<>();
            for (int number = 0; number < 5; number++) {
                clients.add(Pacman.client(release, arch, folder.resolve("client" + number), flexo.url()));
            }

            List<RunningCommand> syncs =
                    clients.stream().map(client -> client.start("-Sy")).toList();
            syncs.forEach(sync -> sync.await(Duration.ofMinutes(1)).succeeded());

            // Some seconds after the start the head of core.db is asked for, to check the mirror's address.
            assertThat(mirror.requests())
                    .filteredOn(request -> request.method().equals("GET"))
                    .map(MirrorRequest::path)
                    .containsExactlyInAnyOrder(
                            "/core/os/x86_64/core.db",
                            "/core/os/x86_64/core.db.sig",
                            "/extra/os/x86_64/extra.db",
                            "/extra/os/x86_64/extra.db.sig");
        }
    }

    /** Checks databases at each request, since mirrors change from one second to the next here. */
    private FlexoServer server(MirrorServer mirror) {
        return FlexoServer.alone(folder.resolve("flexo"), mirror.urls()).with("FLEXO_DATABASE_CHECK_INTERVAL", "0 s");
    }

    private static Path database(Pacman pacman, String repository) {
        return pacman.databases().resolve("sync").resolve(repository + ".db");
    }
}
