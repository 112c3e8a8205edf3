package flexo.database;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.database.LastCheck.Result;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LastCheckTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    @ParameterizedTest
    @EnumSource
    void onlyWhatAMirrorHasConfirmedIsNotInDoubt(Result result) {
        assertThat(new LastCheck(result, true, 0).failed()).isEqualTo(result != Result.CONFIRMED);
    }

    @Test
    void isRecentForLessThanTheInterval() {
        LastCheck check = new LastCheck(Result.CONFIRMED, true, 5);

        assertThat(check.isWithin(SECOND, 5 + SECOND.toNanos() - 1)).isTrue();
        assertThat(check.isWithin(SECOND, 5 + SECOND.toNanos())).isFalse();
        assertThat(check.isWithin(Duration.ZERO, 5))
                .as("every request is to ask")
                .isFalse();
    }

    @Test
    void timeMayWrapAround() {
        LastCheck check = new LastCheck(Result.FAILED, true, Long.MAX_VALUE);

        assertThat(check.isWithin(SECOND, Long.MIN_VALUE)).isTrue();
        assertThat(check.isWithin(SECOND, Long.MIN_VALUE + SECOND.toNanos())).isFalse();
    }
}
