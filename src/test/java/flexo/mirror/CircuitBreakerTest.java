package flexo.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class CircuitBreakerTest {

    private static final Instant START = Instant.parse("2025-03-01T12:00:00Z");
    private static final Duration JUST_BEFORE = Duration.ofMillis(1);

    private final CircuitBreaker breaker = new CircuitBreaker();
    private Instant now = START;

    @Test
    void aMirrorIsHealthyUntilItFails() {
        assertThat(breaker.standing(now)).isEqualTo(Standing.HEALTHY);
        assertThat(breaker.asked(now)).isFalse();

        breaker.failed(now);

        assertThat(breaker.standing(now)).isEqualTo(Standing.LEFT_ALONE);
    }

    @Test
    void afterItsRestOneRequestFindsOutAndTheOthersStayAway() {
        breaker.failed(now);
        pass(CircuitBreaker.FIRST_REST.minus(JUST_BEFORE));
        assertThat(breaker.standing(now)).isEqualTo(Standing.LEFT_ALONE);
        pass(JUST_BEFORE);
        assertThat(breaker.standing(now)).isEqualTo(Standing.ON_TRIAL);

        assertThat(breaker.asked(now)).isTrue();

        assertThat(breaker.standing(now)).isEqualTo(Standing.LEFT_ALONE);
        assertThat(breaker.asked(now)).isFalse();
    }

    @Test
    void aTrialThatSucceedsMakesTheMirrorHealthy() {
        breaker.failed(now);
        pass(CircuitBreaker.FIRST_REST);
        breaker.asked(now);

        breaker.worked();

        assertThat(breaker.standing(now)).isEqualTo(Standing.HEALTHY);
    }

    @Test
    void aTrialThatIsGivenUpLeavesTheNextOneToAnother() {
        breaker.failed(now);
        pass(CircuitBreaker.FIRST_REST);
        breaker.asked(now);

        breaker.trialEnded();

        assertThat(breaker.standing(now)).isEqualTo(Standing.ON_TRIAL);
    }

    @Test
    void theTimeAloneDoublesWithEveryFailedTrialUpToABound() {
        breaker.failed(now);
        Duration rest = CircuitBreaker.FIRST_REST;
        for (int trial = 0; trial < 20; trial++) {
            pass(rest.minus(JUST_BEFORE));
            assertThat(breaker.standing(now)).isEqualTo(Standing.LEFT_ALONE);
            pass(JUST_BEFORE);
            assertThat(breaker.asked(now)).isTrue();
            breaker.failed(now);
            rest = rest.multipliedBy(2);
            if (rest.compareTo(CircuitBreaker.LONGEST_REST) > 0) {
                rest = CircuitBreaker.LONGEST_REST;
            }
        }
    }

    @Test
    void downloadsThatFailTogetherCountOnce() {
        for (int download = 0; download < 5; download++) {
            breaker.failed(now);
        }

        pass(CircuitBreaker.FIRST_REST);

        assertThat(breaker.standing(now)).isEqualTo(Standing.ON_TRIAL);
    }

    @Test
    void afterASuccessTheTimeAloneStartsShortAgain() {
        breaker.failed(now);
        pass(CircuitBreaker.FIRST_REST);
        breaker.asked(now);
        breaker.failed(now);
        breaker.worked();

        breaker.failed(now);
        pass(CircuitBreaker.FIRST_REST);

        assertThat(breaker.standing(now)).isEqualTo(Standing.ON_TRIAL);
    }

    private void pass(Duration time) {
        now = now.plus(time);
    }
}
