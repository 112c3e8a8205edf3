package flexo.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class MovingAverageTest {

    private static final Instant NOW = Instant.parse("2025-03-01T12:00:00Z");

    private final MovingAverage average = new MovingAverage();

    @Test
    void nothingIsKnownAtFirst() {
        assertThat(average.value(NOW)).isZero();
    }

    @Test
    void newSamplesMoveItByTheirWeight() {
        average.add(100, 0.5, NOW);
        average.add(200, 0.25, NOW);

        assertThat(average.value(NOW)).isEqualTo(125);
    }

    @Test
    void whatIsTooOldIsForgotten() {
        average.add(100, 0.5, NOW);
        Instant later = NOW.plus(MovingAverage.REMEMBERED);

        assertThat(average.value(later.minusSeconds(1))).isEqualTo(100);
        assertThat(average.value(later)).isZero();
        average.add(300, 0.5, later);
        assertThat(average.value(later)).isEqualTo(300);
    }
}
