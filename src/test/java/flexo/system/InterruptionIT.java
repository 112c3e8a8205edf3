package flexo.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Downloads that are broken off, by the client or by us, and taken up again. */
class InterruptionIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final long ENOUGH_BYTES = 3 << 20;

    /** Four seconds for the large package: long enough to be broken off half-way. */
    private static final String SLOWLY = "{\"path\": \"big-game-data*.zst\", \"rate\": 5000000}";

    @ScratchFolder
    Path folder;

    @ParameterizedTest
    @EnumSource
    void clientThatWasInterruptedContinues(PacmanRelease release) {
        release.program();
        ArchMirror arch = ArchMirror.pristine();
        try (MirrorServer mirror = MirrorServer.serve(arch.folder(), 1, folder.resolve("mirror.log"));
                FlexoServer flexo = FlexoServer.started(folder.resolve("flexo"), mirror.urls())) {
            Pacman pacman = Pacman.client(release, arch, folder.resolve("client"), flexo.url());
            pacman.sync();
            mirror.rules(0, SLOWLY);

            try (RunningCommand run = pacman.start("-S", Packages.LARGE)) {
                awaitBytes("the client", pacman::partBytes);
                run.interrupt();
                run.await(PATIENCE).failed();
            }
            // pacman 7.0 throws away what it has when it is interrupted; the others ask for the rest with a Range.
            if (release != PacmanRelease.V7_0) {
                assertThat(pacman.partBytes()).isGreaterThanOrEqualTo(ENOUGH_BYTES);
            }
            pacman.install(List.of(Packages.LARGE));

            pacman.assertIntact();
            assertThat(largeRequests(mirror))
                    .as("our download outlives its client, who joins it again")
                    .hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void downloadContinuesAfterFlexoWasKilled(PacmanRelease release) {
        release.program();
        ArchMirror arch = ArchMirror.pristine();
        try (MirrorServer mirror = MirrorServer.serve(arch.folder(), 1, folder.resolve("mirror.log"));
                FlexoServer flexo = FlexoServer.started(folder.resolve("flexo"), mirror.urls())) {
            Pacman pacman = Pacman.client(release, arch, folder.resolve("client"), flexo.url());
            pacman.sync();
            mirror.rules(0, SLOWLY);

            try (RunningCommand run = pacman.start("-S", Packages.LARGE)) {
                awaitBytes("the client", pacman::partBytes);
                flexo.kill();
                run.await(PATIENCE).failed();
            }
            flexo.start();
            pacman.install(List.of(Packages.LARGE));

            pacman.assertIntact();
            List<MirrorRequest> requests = largeRequests(mirror);
            assertThat(requests).as("one before, one after the kill").hasSize(2);
            assertThat(requests.get(1).rangeStart())
                    .as("where the second one begins")
                    .hasValueSatisfying(start -> assertThat(start).isGreaterThan(ENOUGH_BYTES / 2));
        }
    }

    @ParameterizedTest
    @EnumSource
    void downloadContinuesAfterFlexoWasStopped(PacmanRelease release) {
        release.program();
        ArchMirror arch = ArchMirror.pristine();
        try (MirrorServer mirror = MirrorServer.serve(arch.folder(), 1, folder.resolve("mirror.log"));
                FlexoServer flexo = FlexoServer.alone(folder.resolve("flexo"), mirror.urls())
                        .with("JAVA_TOOL_OPTIONS", "-Dtomcat.gracefulStopAwaitMillis=500")
                        .start()) {
            Pacman pacman = Pacman.client(release, arch, folder.resolve("client"), flexo.url());
            pacman.sync();
            mirror.rules(0, SLOWLY);

            try (RunningCommand run = pacman.start("-S", Packages.LARGE)) {
                awaitBytes("the client", pacman::partBytes);
                flexo.stop();
                run.await(PATIENCE).failed();
            }
            flexo.start();
            pacman.install(List.of(Packages.LARGE));

            pacman.assertIntact();
            assertThat(largeRequests(mirror))
                    .extracting(MirrorRequest::rangeStart)
                    .satisfiesExactly(
                            first -> assertThat(first).isEmpty(),
                            second -> assertThat(second)
                                    .hasValueSatisfying(
                                            start -> assertThat(start).isGreaterThan(ENOUGH_BYTES / 2)));
        }
    }

    private static void awaitBytes(String where, java.util.function.LongSupplier bytes) {
        Awaitility.await("some megabytes at " + where)
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> bytes.getAsLong() >= ENOUGH_BYTES);
    }

    private static List<MirrorRequest> largeRequests(MirrorServer mirror) {
        return mirror.requests().stream()
                .filter(request -> request.path().startsWith(Packages.LARGE_PATH))
                .filter(request -> request.path().endsWith(".zst"))
                .toList();
    }
}
