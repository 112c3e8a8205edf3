package flexo.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.SteppedTimer;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A portion of the slow limit is worth a second, one of the other a tenth of it. */
class SlowUntilTest {
    private static final int PORTION_BYTES = 32 * 1024;

    private final SteppedTimer timer = new SteppedTimer();
    private final CompletableFuture<Void> wanted = new CompletableFuture<>();
    private final SpeedLimit slow = perSecond(PORTION_BYTES);
    private final SpeedLimit ofAll = perSecond(10 * PORTION_BYTES);
    private final SlowUntil limit = new SlowUntil(slow, ofAll, wanted);
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
    void nobodyWaitsSoItComesSlowly() {
        readOn();
        int atFirst = granted;

        timer.advance(Duration.ofSeconds(5));

        assertThat(granted - atFirst).isEqualTo(5);
    }

    @Test
    void whenSomebodyWaitsTheNextPortionComesAtOnceAndTheRestAtFullSpeed() {
        readOn();
        int before = granted;

        wanted.complete(null);

        assertThat(granted).isGreaterThan(before);
        int atOnce = granted;
        timer.advance(Duration.ofSeconds(5));
        assertThat(granted - atOnce).isEqualTo(50);
    }

    @Test
    void portionThatCameAtOnceIsNotGrantedAgainWhenTheSlowLimitComesToIt() {
        int[] grants = new int[1];
        readOn();
        CompletableFuture<Void> later = new CompletableFuture<>();
        new SlowUntil(slow, SpeedLimit.none(), later).ask(() -> grants[0]++);

        later.complete(null);
        timer.advance(Duration.ofSeconds(10));

        assertThat(grants[0]).isEqualTo(1);
    }

    @Test
    void limitOfAllHoldsForThoseThatMayComeSlowlyToo() {
        SpeedLimit all = perSecond(PORTION_BYTES / 2);
        SlowUntil both = new SlowUntil(SpeedLimit.none(), all, new CompletableFuture<>());
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
