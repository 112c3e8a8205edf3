package flexo.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Mirrors that fail while pacman is at it, and another that has the files: pacman never learns of it. */
class FailoverIT {
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    /** All that pacman says to its user when a download went wrong. */
    private static final List<String> COMPLAINTS = List.of("error", "warning", "failed", "too slow", "corrupted");

    @ScratchFolder
    Path folder;

    @ParameterizedTest
    @EnumSource
    void mirrorKilledWithinAnInstallation(PacmanRelease release) {
        release.program();
        ArchMirror arch = ArchMirror.pristine();
        try (MirrorServer mirrors = MirrorServer.serve(arch.folder(), 2, folder.resolve("mirror.log"));
                FlexoServer flexo = FlexoServer.started(folder.resolve("flexo"), mirrors.urls())) {
            Pacman pacman = Pacman.client(release, arch, folder.resolve("client"), flexo.url());
            pacman.sync();
            mirrors.rules(0, "{\"rate\": 4000000}");

            CommandResult result;
            try (RunningCommand run = pacman.start(Pacman.installing(Packages.THIRTY))) {
                Awaitility.await("the first mirror is amid the large files")
                        .atMost(Duration.ofSeconds(30))
                        .pollInterval(Duration.ofMillis(20))
                        .until(() -> mirrors.sentBytes(0) > 12 << 20);
                mirrors.refuse(0);
                result = run.await(PATIENCE).succeeded();
            }

            assertUnaware(result);
            pacman.assertIntact();
            assertThat(mirrors.requests())
                    .as("the second mirror continues where the first one ended")
                    .anySatisfy(request -> {
                        assertThat(request.port())
                                .isEqualTo(mirrors.urls().get(1).getPort());
                        assertThat(request.path()).startsWith(Packages.LARGE_PATH);
                        assertThat(request.status()).isEqualTo(206);
                        assertThat(request.rangeStart())
                                .hasValueSatisfying(start -> assertThat(start).isPositive());
                    });
        }
    }

    @ParameterizedTest
    @EnumSource
    void firstMirrorIsSilentBeforeEveryAnswer(PacmanRelease release) {
        installsThough("{\"stall_before_header\": true}", release);
    }

    @ParameterizedTest
    @EnumSource
    void firstMirrorFallsSilentHalfWayThroughEveryPackage(PacmanRelease release) {
        installsThough("{\"path\": \"*.pkg.tar.*\", \"stall_after\": 0.5}", release);
    }

    @ParameterizedTest
    @EnumSource
    void firstMirrorCutsEveryPackage(PacmanRelease release) {
        installsThough("{\"path\": \"*.pkg.tar.*\", \"reset_after\": 0.5}", release);
    }

    @ParameterizedTest
    @EnumSource
    void firstMirrorHasNoPackages(PacmanRelease release) {
        installsThough("{\"path\": \"*.pkg.tar.*\", \"status\": 404}", release);
    }

    private void installsThough(String fault, PacmanRelease release) {
        release.program();
        ArchMirror arch = ArchMirror.pristine();
        try (MirrorServer mirrors = MirrorServer.serve(arch.folder(), 2, folder.resolve("mirror.log"));
                FlexoServer flexo = FlexoServer.alone(folder.resolve("flexo"), mirrors.urls())
                        .with("FLEXO_LOW_SPEED_TIME_SECS", "1")
                        .start()) {
            mirrors.rules(0, fault);
            Pacman pacman = Pacman.client(release, arch, folder.resolve("client"), flexo.url());

            pacman.sync();
            CommandResult result = pacman.install(Packages.FEW);

            assertUnaware(result);
            pacman.assertIntact();
        }
    }

    private static void assertUnaware(CommandResult result) {
        assertThat(result.output().lines())
                .noneMatch(line -> COMPLAINTS.stream().anyMatch(line::startsWith));
    }
}
