package flexo.mirror;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A snapshot of one mirror for people.
 *
 * @param rank its place in the configured or measured list, from 1
 * @param latency the time to the first byte; empty if unknown
 * @param bytesPerSecond its speed; 0 if unknown
 * @param behind whether its databases are much older than those of others
 * @param state whether it is asked
 * @param until the end of that state; empty if it has none
 * @param inUse its running transfers without signatures
 * @param transfers its transfers
 * @param failures its transfers that failed by its own fault, by kind
 * @param pinned whether an administrator made it the first choice
 * @param next whether it is asked first for the next package
 */
public record MirrorView(
        Mirror mirror,
        int rank,
        Optional<Duration> latency,
        long bytesPerSecond,
        boolean behind,
        State state,
        Optional<Instant> until,
        int inUse,
        long transfers,
        Map<MirrorFailure, Long> failures,
        boolean pinned,
        boolean next) {
    /** Whether a mirror is asked. */
    public enum State {
        /** It works. */
        USED,
        /** It failed, and the next request is a trial. */
        ON_TRIAL,
        /** It failed, and rests for a while. */
        LEFT_ALONE,
        /** It asked for a rest. */
        WANTS_REST,
        /** An administrator put it to rest for a while. */
        RESTED,
        /** An administrator banned it. */
        BANNED
    }
}
