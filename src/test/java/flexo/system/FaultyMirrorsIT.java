package flexo.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Mirrors that lack what they list, move on at the wrong moment, or send something else, as real pacmans see it. */
class FaultyMirrorsIT {
    @ScratchFolder
    Path folder;

    @ParameterizedTest
    @CsvSource({"INSTALLED, *.zst", "V7_0, *.zst.sig", "V7_1, *.db.sig", "V7_1, *.db"})
    void captivePortalInFrontOfOneMirrorIsInvisible(PacmanRelease release, String files) {
        release.program();
        ArchMirror arch = ArchMirror.pristine();
        try (MirrorServer mirror = MirrorServer.serve(arch.folder(), 2, folder.resolve("mirror.log"));
                FlexoServer flexo = server(mirror).start()) {
            mirror.rules(0, "{\"path\": \"" + files + "\", \"captive\": true}");
            Pacman pacman = Pacman.client(release, arch, folder.resolve("client"), flexo.url());

            pacman.sync();
            pacman.install(Packages.FEW);

            pacman.assertIntact();
            String ending = files.substring(1);
            assertThat(mirror.requests())
                    .as("what the mirror behind the portal was asked for")
                    .anyMatch(request -> request.port() == mirror.urls().get(0).getPort()
                            && request.path().endsWith(ending));
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatTwoMirrorsLackOrSpoilComesFromTheThird(PacmanRelease release) throws IOException {
        release.program();
        ArchMirror arch = ArchMirror.copy(folder.resolve("arch"));
        try (InputStream bomb =
                Objects.requireNonNull(FaultyMirrorsIT.class.getResourceAsStream("/flexo/repository/bomb-bzip2.db"))) {
            Files.copy(bomb, arch.file("bomb.db"));
        }
        try (MirrorServer mirror = MirrorServer.serve(arch.folder(), 3, folder.resolve("mirror.log"));
                FlexoServer flexo = server(mirror).start()) {
            mirror.rules(
                    0,
                    "[{\"path\": \"*.zst\", \"status\": 404},"
                            + " {\"path\": [\"core.db\", \"extra.db\"], \"truncate\": 0.9}]");
            mirror.rules(
                    1,
                    "[{\"path\": \"*.zst\", \"status\": 404},"
                            + " {\"path\": [\"core.db\", \"extra.db\"], \"wrong_path\": \"/bomb.db\"}]");
            Pacman pacman = Pacman.client(release, arch, folder.resolve("client"), flexo.url());

            pacman.sync();
            pacman.install(Packages.FEW);

            pacman.assertIntact();
            assertThat(flexo.log()).content().contains("is cut off", "times its size, as no database does");
        }
    }

    @ParameterizedTest
    @EnumSource
    void signedAndUnsignedRepositoriesAreSynchronisedSideBySide(PacmanRelease release) {
        release.program();
        ArchMirror arch = ArchMirror.copy(folder.resolve("arch"));
        try (MirrorServer mirror = MirrorServer.serve(arch.folder(), 1, folder.resolve("mirror.log"));
                FlexoServer flexo = server(mirror).start()) {
            mirror.rules(0, "{\"path\": \"extra.db.sig\", \"status\": 404}");
            Pacman pacman = Pacman.client(
                    release,
                    arch,
                    folder.resolve("client"),
                    "--server",
                    flexo.url().toString(),
                    "--siglevel",
                    "Required DatabaseOptional");

            pacman.sync();
            pacman.install(Packages.FEW);
            pacman.run("-Syy").succeeded();
            arch.update();
            pacman.run("-Syu").succeeded();

            pacman.assertIntact();
            assertThat(signature(pacman, "core")).exists();
            assertThat(signature(pacman, "extra")).doesNotExist();
            assertThat(mirror.requests())
                    .filteredOn(request -> request.path().endsWith("/extra.db.sig"))
                    .as("requests for a signature that is not there, one for each time its database is checked at most")
                    .hasSizeBetween(2, 3);
        }
    }

    @ParameterizedTest
    @EnumSource
    void pairFitsThoughTheMirrorMovesOnBetweenThePairsTwoRequests(PacmanRelease release) {
        release.program();
        ArchMirror arch = ArchMirror.copy(folder.resolve("arch"));
        AtomicBoolean moved = new AtomicBoolean();
        try (MirrorServer mirror = MirrorServer.serve(arch.folder(), 1, folder.resolve("mirror.log"));
                FlexoServer flexo = server(mirror).start()) {
            Pacman other = Pacman.client(release, arch, folder.resolve("other"), flexo.url());
            try (ReverseProxy proxy = new ReverseProxy(flexo.url(), path -> {
                if (path.endsWith(".db.sig")) {
                    moveOn(moved, arch, other);
                }
            })) {
                Pacman pacman = Pacman.client(release, arch, folder.resolve("client"), proxy.url());

                pacman.sync();
                assertThat(moved).as("whether the mirror has moved on").isTrue();
                assertThat(database(pacman, "core")).hasSameBinaryContentAs(folder.resolve("former.db"));

                pacman.run("-Sy").succeeded();
                assertThat(database(pacman, "core")).hasSameBinaryContentAs(arch.file("core/os/x86_64/core.db"));
            }
        }
    }

    /** Before the first signature: the mirror has a newer state, and another client has been given it. */
    private synchronized void moveOn(AtomicBoolean moved, ArchMirror arch, Pacman other) {
        if (!moved.getAndSet(true)) {
            try {
                Files.copy(arch.file("core/os/x86_64/core.db"), folder.resolve("former.db"));
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
            arch.update();
            other.sync();
        }
    }

    /** Checks databases at each request, since mirrors change from one second to the next here. */
    private FlexoServer server(MirrorServer mirror) {
        return FlexoServer.alone(folder.resolve("flexo"), mirror.urls()).with("FLEXO_DATABASE_CHECK_INTERVAL", "0 s");
    }

    private static Path database(Pacman pacman, String repository) {
        return pacman.databases().resolve("sync").resolve(repository + ".db");
    }

    private static Path signature(Pacman pacman, String repository) {
        return pacman.databases().resolve("sync").resolve(repository + ".db.sig");
    }
}
