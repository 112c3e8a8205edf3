package flexo.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.SteppedTimer;
import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A portion of the slow limit is worth a second, one of the other a tenth of it. */
class SpeedLimitTest {
    private static final int PORTION_BYTES = 32 * 1024;

    private final SteppedTimer timer = new SteppedTimer();
    private final SpeedLimit slow = perSecond(PORTION_BYTES);
    private final SpeedLimit ofAll = perSecond(10 * PORTION_BYTES);
    private final SpeedLimit limit = slow.and(ofAll);
    private int granted;

    @BeforeEach
    void useUpWhatIsSavedUp() {
        slow.ask(() -> {});
        ofAll.ask(() -> {});
        slow.ask(() -> {});
        ofAll.ask(() -> {});
        timer.advance(Duration.ofSeconds(1));
    }

    private SpeedLimit perSecond(long bytes) {
        return new SharedSpeedLimit(OptionalLong.of(bytes), timer, timer::nanoTime);
    }

    /** As a body's consumer does: asks again when it was granted a portion. */
    private void readOn() {
        limit.ask(() -> {
            granted++;
            readOn();
        });
    }

    @Test
    void slowerOfTwoLimitsHolds() {
        readOn();
        int atFirst = granted;

        timer.advance(Duration.ofSeconds(5));

        assertThat(granted - atFirst).isEqualTo(5);
    }

    @Test
    void smallerPortionOfTwoLimitsIsGranted() {
        SpeedLimit all = perSecond(PORTION_BYTES / 2);
        SpeedLimit both = SpeedLimit.none().and(all);
        int[] bytes = new int[1];
        Runnable[] grant = new Runnable[1];
        grant[0] = () -> {
            bytes[0] += both.portionBytes();
            both.ask(grant[0]);
        };
        both.ask(grant[0]);
        int atFirst = bytes[0];

        timer.advance(Duration.ofSeconds(6));

        assertThat(bytes[0] - atFirst).isEqualTo(3 * PORTION_BYTES);
    }
}
