package flexo.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.SteppedTimer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class SharedSpeedLimitTest {
    private final SteppedTimer timer = new SteppedTimer();
    private final List<String> granted = new ArrayList<>();

    @Test
    void firstPortionIsGrantedAtOnceAndTheNextWhenItsTimeHasPassed() {
        SpeedLimit limit = portionsEachSecond(1);
        ask(limit, "a", 2);

        assertThat(granted).containsExactly("a");
        timer.advance(Duration.ofMillis(999));
        assertThat(granted).hasSize(1);
        timer.advance(Duration.ofMillis(1));
        assertThat(granted).hasSize(2);
    }

    @Test
    void overTimeExactlyTheLimitIsGranted() {
        SpeedLimit limit = portionsEachSecond(50);
        askForEver(limit, "a");

        timer.advance(Duration.ofSeconds(20));

        assertThat(granted).hasSizeBetween(1000, 1002);
    }

    @Test
    void thoseWhoAskInParallelGetTheSame() {
        SpeedLimit limit = portionsEachSecond(30);
        for (String who : List.of("a", "b", "c")) {
            askForEver(limit, who);
        }

        timer.advance(Duration.ofSeconds(10));

        for (String who : List.of("a", "b", "c")) {
            assertThat(granted.stream().filter(who::equals)).hasSizeBetween(99, 101);
        }
    }

    @Test
    void newcomerWaitsForOneRoundOnly() {
        SpeedLimit limit = portionsEachSecond(10);
        askForEver(limit, "a");
        askForEver(limit, "b");
        timer.advance(Duration.ofSeconds(5));
        granted.clear();

        ask(limit, "new", 1);
        timer.advance(Duration.ofMillis(300));

        assertThat(granted).contains("new");
    }

    @Test
    void timeInWhichNobodyAskedIsNotSavedUp() {
        SpeedLimit limit = portionsEachSecond(10);
        timer.advance(Duration.ofMinutes(10));

        ask(limit, "a", 100);

        // One for the moment and one that was due.
        assertThat(granted).hasSizeLessThanOrEqualTo(2);
        timer.advance(Duration.ofSeconds(1));
        assertThat(granted).hasSizeBetween(10, 12);
    }

    @Test
    void nothingIsScheduledWhenNobodyWaits() {
        SpeedLimit limit = portionsEachSecond(10);
        ask(limit, "a", 3);

        timer.advance(Duration.ofSeconds(1));

        assertThat(granted).hasSize(3);
        assertThat(timer.delays()).isEmpty();
    }

    @Test
    void grantThatAsksAgainAtOnceDoesNotExhaustTheStack() {
        SpeedLimit limit = new SharedSpeedLimit(OptionalLong.of(Long.MAX_VALUE / 2), timer, timer::nanoTime);
        Runnable again = new Runnable() {
            private int times;

            @Override
            public void run() {
                if (++times < 1_000) {
                    limit.ask(this);
                }
            }
        };
        limit.ask(again);

        timer.advance(Duration.ofMillis(1));

        assertThat(timer.delays()).isEmpty();
    }

    @Test
    void lowestLimitStillComesToAnEnd() {
        SpeedLimit limit = new SharedSpeedLimit(OptionalLong.of(1), timer, timer::nanoTime);
        ask(limit, "a", 2);

        timer.advance(Duration.ofSeconds(limit.portionBytes()));

        assertThat(granted).hasSize(2);
    }

    @Test
    void withoutALimitEverythingIsGrantedAtOnce() {
        ask(SpeedLimit.none(), "a", 100);

        assertThat(granted).hasSize(100);
        assertThat(SpeedLimit.none().portionBytes()).isEqualTo(SpeedLimit.UNLIMITED_PORTION_BYTES);
    }

    @Test
    void whoWaitsForALowLimitGoesOnWhenItIsRaised() {
        SharedSpeedLimit limit = new SharedSpeedLimit(OptionalLong.of(1), timer, timer::nanoTime);
        ask(limit, "a", 11);
        assertThat(granted).hasSize(1);

        limit.change(OptionalLong.of(1 << 20));
        timer.advance(Duration.ofSeconds(1));

        assertThat(granted).hasSize(11);
        assertThat(timer.delays()).isEmpty();
    }

    @Test
    void whoWaitsGoesOnAtOnceWhenTheLimitIsLifted() {
        SharedSpeedLimit limit = new SharedSpeedLimit(OptionalLong.of(1), timer, timer::nanoTime);
        ask(limit, "a", 100);

        limit.change(OptionalLong.empty());

        assertThat(granted).hasSize(100);
        assertThat(timer.delays()).isEmpty();
    }

    @Test
    void aLimitThatIsSetCountsFromTheNextPortionOn() {
        SharedSpeedLimit limit = new SharedSpeedLimit(OptionalLong.empty(), timer, timer::nanoTime);
        ask(limit, "a", 1000);
        assertThat(granted).hasSize(1000);

        limit.change(OptionalLong.of(1));
        ask(limit, "b", 3);
        timer.advance(Duration.ofSeconds(1));

        assertThat(granted).hasSize(1001);
    }

    private SpeedLimit portionsEachSecond(int portions) {
        int portionBytes = limit(1 << 20).portionBytes();
        return limit((long) portions * portionBytes);
    }

    private SharedSpeedLimit limit(long bytesPerSecond) {
        return new SharedSpeedLimit(OptionalLong.of(bytesPerSecond), timer, timer::nanoTime);
    }

    private void ask(SpeedLimit limit, String who, int times) {
        for (int i = 0; i < times; i++) {
            limit.ask(() -> granted.add(who));
        }
    }

    private void askForEver(SpeedLimit limit, String who) {
        limit.ask(() -> {
            granted.add(who);
            askForEver(limit, who);
        });
    }
}
