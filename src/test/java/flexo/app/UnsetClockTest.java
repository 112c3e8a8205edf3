package flexo.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class UnsetClockTest {
    @Test
    void itShowsWhatHasPassedSinceTheStartAndNothingElse() {
        Instant start = Instant.parse("1970-01-01T00:00:05Z");
        AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 10);
        Clock clock = UnsetClock.from(start, nanos::get);
        assertThat(clock.instant()).isEqualTo(start);

        nanos.addAndGet(Duration.ofDays(400).toNanos());

        assertThat(clock.instant()).isEqualTo(start.plus(Duration.ofDays(400)));
    }

    @Test
    void oneOfTheMachineBeginsWithThePresent() {
        Instant before = Instant.now();
        Clock clock = UnsetClock.ofMachine();

        assertThat(clock.instant()).isBetween(before, Instant.now().plusSeconds(1));
    }
}
