package flexo.mirror;

import static flexo.mirror.TestPaths.path;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.alpm.RepositoryPath;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class MirrorHealthTest {

    private static final RepositoryPath FILE = path("extra/os/x86_64/vim-1-1-x86_64.pkg.tar.zst");
    private static final Mirror A = Mirror.of("https://a.example/");
    private static final Mirror B = Mirror.of("https://b.example/");
    private static final Mirror C = Mirror.of("https://c.example/");
    private static final long MIB = 1 << 20;

    private final TestClock clock = new TestClock();
    private final MirrorHealth health = new MirrorHealth(clock);

    MirrorHealthTest() {
        health.watch(this, Set.of(A, B, C));
    }

    @Test
    void speedIsLearnedFromTransfersAndLargeOnesTeachMore() {
        health.delivered(A, 4 * MIB, Duration.ofSeconds(1));
        assertThat(health.use(A).bytesPerSecond()).isEqualTo(4 * MIB);

        health.delivered(A, MIB / 2, Duration.ofSeconds(1));
        assertThat(health.use(A).bytesPerSecond()).isBetween(3 * MIB, 4 * MIB);

        health.delivered(A, 100 * MIB, Duration.ofSeconds(100));
        assertThat(health.use(A).bytesPerSecond()).isBetween(2 * MIB, 3 * MIB);
    }

    @Test
    void nothingIsKeptOfMirrorsThatAreNotThereAnyMoreAndWereNeverUsed() {
        health.remember(A, MIB);
        health.use(B);
        boolean unused = health.leased(FILE, C);

        health.watch(this, Set.of(B));

        assertThat(health.size()).isEqualTo(2);
        assertThat(health.metrics()).isNotNull();
        assertThat(health.use(A).bytesPerSecond()).isZero();
    }

    @Test
    void tinyTransfersSayNothingAboutSpeed() {
        health.delivered(A, 600, Duration.ofNanos(1));
        health.delivered(A, 10 * MIB, Duration.ZERO);

        assertThat(health.use(A).bytesPerSecond()).isZero();
    }

    @Test
    void latencyIsLearnedFromFirstBytes() {
        health.firstByte(A, Duration.ofMillis(100));
        health.firstByte(A, Duration.ofMillis(200));

        assertThat(health.use(A).latency()).isEqualTo(Duration.ofMillis(130));
        assertThat(health.use(B).latency()).isNull();
    }

    @ParameterizedTest
    @EnumSource(
            names = {
                "NOT_FOUND",
                "NOT_CACHED",
                "OUTDATED",
                "WRONG_LENGTH",
                "RANGE_IGNORED",
                "PROXY_FAILED",
                "WANTS_REST"
            },
            mode = Mode.EXCLUDE)
    void aMirrorThatFailedByItsOwnFaultIsLeftAlone(MirrorFailure failure) {
        health.failed(FILE, A, failure);

        assertThat(health.use(A).standing()).isEqualTo(Standing.LEFT_ALONE);
        assertThat(health.use(A).failures()).isEqualTo(Map.of(failure, 1L));
        assertThat(health.use(B).standing()).isEqualTo(Standing.HEALTHY);
    }

    @ParameterizedTest
    @EnumSource(
            names = {
                "NOT_FOUND",
                "NOT_CACHED",
                "OUTDATED",
                "WRONG_LENGTH",
                "RANGE_IGNORED",
                "PROXY_FAILED",
                "WANTS_REST"
            })
    void whatIsNobodysFaultBlamesNobody(MirrorFailure failure) {
        health.failed(FILE, A, failure);

        assertThat(health.use(A).standing()).isEqualTo(Standing.HEALTHY);
        assertThat(health.use(A).failures()).isEmpty();
    }

    @Test
    void notFoundIsRememberedForThatFileAndMirrorForSecondsOrUntilANewDatabaseCame() {
        health.failed(FILE, A, MirrorFailure.NOT_FOUND);

        assertThat(health.lacks(FILE, A)).isTrue();
        assertThat(health.lacks(FILE, B)).isFalse();
        clock.advance(MissingFiles.REMEMBERED);
        assertThat(health.lacks(FILE, A)).isFalse();

        health.failed(FILE, A, MirrorFailure.NOT_FOUND);
        health.forgetMissing();
        assertThat(health.lacks(FILE, A)).isFalse();
    }

    @Test
    void whenEveryMirrorFailedNoneIsToBlame() {
        assertThat(health.failed(FILE, A, MirrorFailure.UNREACHABLE)).isFalse();
        assertThat(health.failed(FILE, B, MirrorFailure.STALLED)).isFalse();

        assertThat(health.failed(FILE, C, MirrorFailure.UNREACHABLE)).isTrue();

        for (Mirror mirror : Set.of(A, B, C)) {
            assertThat(health.use(mirror).standing()).isEqualTo(Standing.HEALTHY);
            assertThat(health.use(mirror).failures()).isEmpty();
        }
    }

    @Test
    void whatTheProxyDidWrongSaysNothingForTheLine() {
        health.failed(FILE, A, MirrorFailure.UNREACHABLE);
        health.failed(FILE, B, MirrorFailure.PROXY_FAILED);
        health.failed(FILE, B, MirrorFailure.UNREACHABLE);

        assertThat(health.failed(FILE, C, MirrorFailure.UNREACHABLE))
                .as("all failed, and none worked in between")
                .isTrue();
    }

    @Test
    void failuresFromBeforeTheLineWentDownAreNotTakenBack() {
        health.failed(FILE, A, MirrorFailure.STALLED);
        health.delivered(B, MIB, Duration.ofSeconds(1));

        health.failed(FILE, B, MirrorFailure.UNREACHABLE);
        assertThat(health.failed(FILE, C, MirrorFailure.UNREACHABLE)).isFalse();
        assertThat(health.failed(FILE, A, MirrorFailure.UNREACHABLE)).isTrue();

        assertThat(health.use(A).failures()).isEqualTo(Map.of(MirrorFailure.STALLED, 1L));
        assertThat(health.use(B).failures()).isEmpty();
    }

    @Test
    void anAnswerThatTheFileIsMissingShowsThatTheLineWorks() {
        health.failed(FILE, A, MirrorFailure.UNREACHABLE);
        health.failed(FILE, B, MirrorFailure.NOT_FOUND);

        assertThat(health.failed(FILE, C, MirrorFailure.UNREACHABLE)).isFalse();
        assertThat(health.failed(FILE, B, MirrorFailure.UNREACHABLE)).isFalse();
        assertThat(health.use(A).standing()).isEqualTo(Standing.LEFT_ALONE);
    }

    @Test
    void theOnlyMirrorIsNeverLeftAlone() {
        health.watch(this, Set.of(A));

        health.failed(FILE, A, MirrorFailure.UNREACHABLE);

        assertThat(health.use(A).standing()).isEqualTo(Standing.HEALTHY);
    }

    @Test
    void leasesAreCountedWhileTheyLast() {
        health.leased(FILE, A);
        health.leased(FILE, A);
        health.returned(FILE, A, false);

        assertThat(health.use(A).inUse()).isEqualTo(1);
    }

    @Test
    void signaturesDoNotOccupyAMirror() {
        health.leased(FILE.signature(), A);
        assertThat(health.use(A).inUse()).isZero();

        health.leased(FILE, A);
        health.returned(FILE.signature(), A, false);

        assertThat(health.use(A).inUse()).isEqualTo(1);
    }

    @Test
    void aSpeedFromBeforeTheLastStartCountsUntilThereIsNewerKnowledge() {
        health.delivered(A, 4 * MIB, Duration.ofSeconds(1));

        health.remember(A, 7);
        health.remember(B, 7);

        assertThat(health.use(A).bytesPerSecond()).isEqualTo(4 * MIB);
        assertThat(health.use(B).bytesPerSecond()).isEqualTo(7);
    }

    @Test
    void usesAndFailuresAreCountedAndTheCountsCanBeReset() {
        health.leased(FILE, A);
        health.leased(FILE, A);
        health.leased(FILE, B);
        health.failed(FILE, A, MirrorFailure.STALLED);

        assertThat(health.metrics())
                .isEqualTo(new MirrorMetrics(
                        Map.of(A, new MirrorMetrics.Counts(2, 1), B, new MirrorMetrics.Counts(1, 0))));

        health.resetMetrics();

        assertThat(health.metrics().counts()).isEmpty();
        assertThat(health.use(A).standing()).isEqualTo(Standing.LEFT_ALONE);
        assertThat(health.use(A).inUse()).isEqualTo(2);
    }
}
