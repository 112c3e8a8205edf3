package flexo.mirror;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Keeps requests away from a mirror that fails, for a time that doubles with each failed try, and then lets a single one
 * through. Not thread-safe.
 */
final class CircuitBreaker {

    /** How long a mirror is left alone after its first failure; longer than one {@code pacman -Syu} needs to start. */
    static final Duration FIRST_REST = Duration.ofSeconds(30);

    /** The longest time it is left alone. */
    static final Duration LONGEST_REST = Duration.ofMinutes(15);

    /** Until when the mirror is left alone; null while it is healthy. */
    private Instant restsUntil;

    private Duration rest = FIRST_REST;
    private boolean trialRunning;

    Standing standing(Instant now) {
        if (restsUntil == null) {
            return Standing.HEALTHY;
        }
        return now.isBefore(restsUntil) || trialRunning ? Standing.LEFT_ALONE : Standing.ON_TRIAL;
    }

    /** Until when it is left alone; empty while it is healthy. */
    Optional<Instant> restsUntil() {
        return Optional.ofNullable(restsUntil);
    }

    /** Notes that the mirror is asked; tells whether this request is the one that finds out whether it is back. */
    boolean asked(Instant now) {
        boolean trial = standing(now) == Standing.ON_TRIAL;
        trialRunning |= trial;
        return trial;
    }

    /** Notes that the request which was to find out has ended, whether it found out anything or not. */
    void trialEnded() {
        trialRunning = false;
    }

    /** Notes that the mirror works; all is forgotten. */
    void worked() {
        restsUntil = null;
        rest = FIRST_REST;
        trialRunning = false;
    }

    void failed(Instant now) {
        boolean news = standing(now) != Standing.LEFT_ALONE || trialRunning;
        trialRunning = false;
        // Five downloads that fail together are one failure, not five doublings.
        if (news) {
            rest = restsUntil == null ? FIRST_REST : min(rest.multipliedBy(2), LONGEST_REST);
            restsUntil = now.plus(rest);
        }
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
