package flexo.download;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SpeedWatchTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    /** Rounding of the account, far below anything a timer can tell. */
    private static final long TOLERATED = 1000;

    private static SpeedWatch watch(long bytesPerSecond, long startNanos) {
        return new SpeedWatch(new LowSpeedLimit(bytesPerSecond, Duration.ofSeconds(5)), startNanos);
    }

    private static void assertNanosLeft(SpeedWatch watch, long nowNanos, long expected) {
        assertThat(watch.nanosLeft(nowNanos)).isBetween(expected - TOLERATED, expected + TOLERATED);
    }

    @Test
    void silenceIsTooSlowAfterExactlyTheLimitsTime() {
        SpeedWatch watch = watch(1, 0);

        assertNanosLeft(watch, 0, 5 * SECOND);
        assertNanosLeft(watch, 4 * SECOND, SECOND);
        assertThat(watch.nanosLeft(5 * SECOND)).isZero();
        assertThat(watch.nanosLeft(6 * SECOND)).isZero();
    }

    @Test
    void silenceAfterMuchIsNoticedJustAsSoon() {
        SpeedWatch watch = watch(1000, 0);
        watch.arrived(1_000_000_000, SECOND);

        assertNanosLeft(watch, SECOND, 5 * SECOND);
    }

    @Test
    void transferAtTheLimitNeverEnds() {
        SpeedWatch watch = watch(1000, 0);
        for (int second = 1; second <= 3600; second++) {
            assertThat(watch.nanosLeft(second * SECOND)).isPositive();
            watch.arrived(1000, second * SECOND);
        }
        assertNanosLeft(watch, 3600 * SECOND, 5 * SECOND);
    }

    @Test
    void transferAtHalfTheLimitEndsAfterTwiceItsTime() {
        SpeedWatch watch = watch(1000, 0);
        int second = 1;
        while (watch.nanosLeft(second * SECOND) > 0 && second < 100) {
            watch.arrived(500, second * SECOND);
            second++;
        }

        assertThat(second).isBetween(9, 10);
    }

    @Test
    void bytesThatComeTooLateCountFromThen() {
        SpeedWatch watch = watch(1, 0);
        watch.arrived(2, 60 * SECOND);

        assertNanosLeft(watch, 60 * SECOND, 2 * SECOND);
    }

    @Test
    void restartForgetsThePast() {
        SpeedWatch watch = watch(1, 0);
        assertThat(watch.nanosLeft(7 * SECOND)).isZero();

        watch.restart(7 * SECOND);

        assertNanosLeft(watch, 7 * SECOND, 5 * SECOND);
    }

    @Test
    void timeMayWrapAround() {
        SpeedWatch watch = watch(1, Long.MAX_VALUE - SECOND);

        assertNanosLeft(watch, Long.MIN_VALUE + 3 * SECOND, SECOND);
    }
}
