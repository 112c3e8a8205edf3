package flexo.mirror;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A circuit breaker: keeps requests away from a failing mirror for a time that doubles with each failed trial, and then
 * lets a single trial through. Not thread-safe.
 */
final class CircuitBreaker {

    /** The rest after the first failure; longer than the start of a {@code pacman -Syu}. */
    static final Duration FIRST_REST = Duration.ofSeconds(30);

    /** The longest rest. */
    static final Duration LONGEST_REST = Duration.ofMinutes(15);

    /** The end of the rest; null while the mirror is healthy. */
    private Instant restsUntil;

    private Duration rest = FIRST_REST;
    private boolean trialRunning;

    Standing standing(Instant now) {
        if (restsUntil == null) {
            return Standing.HEALTHY;
        }
        return now.isBefore(restsUntil) || trialRunning ? Standing.LEFT_ALONE : Standing.ON_TRIAL;
    }

    /** The end of the rest; empty while the mirror is healthy. */
    Optional<Instant> restsUntil() {
        return Optional.ofNullable(restsUntil);
    }

    /** Notes a request; returns whether it is the trial. */
    boolean asked(Instant now) {
        boolean trial = standing(now) == Standing.ON_TRIAL;
        trialRunning |= trial;
        return trial;
    }

    /** Notes the end of the trial, whatever its outcome. */
    void trialEnded() {
        trialRunning = false;
    }

    /** Notes a success, which resets everything. */
    void worked() {
        restsUntil = null;
        rest = FIRST_REST;
        trialRunning = false;
    }

    void failed(Instant now) {
        boolean news = standing(now) != Standing.LEFT_ALONE || trialRunning;
        trialRunning = false;
        // Five downloads that fail together are one failure, and double the rest once.
        if (news) {
            rest = restsUntil == null ? FIRST_REST : min(rest.multipliedBy(2), LONGEST_REST);
            restsUntil = now.plus(rest);
        }
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
