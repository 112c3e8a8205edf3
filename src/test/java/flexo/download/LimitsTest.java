package flexo.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@link Deadlines} and {@link LowSpeedLimit}: what adds up and what is refused. */
class LimitsTest {
    @Test
    void standardDeadlinesLeaveAMirrorATurnAfterTwoDeadOnesBeforePacmanGivesUp() {
        Deadlines standard = Deadlines.standard();

        assertThat(standard.firstByte()).isEqualTo(Duration.ofMillis(2500));
        assertThat(standard.patience()).isEqualTo(Duration.ofMillis(8500));
        assertThat(standard.patience().minus(standard.firstByte().multipliedBy(2)))
                .isGreaterThanOrEqualTo(Deadlines.LAST_MIRROR);
        assertThat(standard.patience()).isLessThan(Deadlines.PACMAN_GIVES_UP);
    }

    @ParameterizedTest
    @CsvSource({"1, 3000", "3750, 8500", "2500, 6000"})
    void deadlinesThatAddUpAreTaken(long firstByteMillis, long patienceMillis) {
        Deadlines deadlines = new Deadlines(Duration.ofMillis(firstByteMillis), Duration.ofMillis(patienceMillis));

        assertThat(deadlines.patience()).hasMillis(patienceMillis);
    }

    @ParameterizedTest
    @CsvSource({"2500, 5999", "4000, 8500"})
    void deadlinesThatLeaveNothingForAMirrorAfterTwoDeadOnesAreRefused(long firstByteMillis, long patienceMillis) {
        assertThatThrownBy(() -> new Deadlines(Duration.ofMillis(firstByteMillis), Duration.ofMillis(patienceMillis)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2 dead mirrors");
    }

    @ParameterizedTest
    @CsvSource({"2500, 8501", "2500, 10000"})
    void deadlinesBeyondPacmansPatienceAreRefused(long firstByteMillis, long patienceMillis) {
        assertThatThrownBy(() -> new Deadlines(Duration.ofMillis(firstByteMillis), Duration.ofMillis(patienceMillis)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("pacman's PT10S");
    }

    @ParameterizedTest
    @CsvSource({"0", "-1"})
    void firstByteDeadlineThatNoMirrorCanMeetIsRefused(long firstByteMillis) {
        assertThatThrownBy(() -> new Deadlines(Duration.ofMillis(firstByteMillis), Duration.ofMillis(8500)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({"0, 5000", "-1, 5000", "1, 0", "1, -1"})
    void lowSpeedLimitThatNothingOrEverythingMeetsIsRefused(long bytesPerSecond, long millis) {
        assertThatThrownBy(() -> new LowSpeedLimit(bytesPerSecond, Duration.ofMillis(millis)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void standstillIsOneBytePerSecondOverTheSameTime() {
        assertThat(new LowSpeedLimit(9999, Duration.ofSeconds(5)).standstill())
                .isEqualTo(new LowSpeedLimit(1, Duration.ofSeconds(5)));
    }
}
