package flexo.mirror;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * One mirror as people see it, at one moment.
 *
 * @param rank its place in the list that was given or measured, from 1
 * @param latency time to the first byte; empty if unknown
 * @param bytesPerSecond its speed; 0 if unknown
 * @param behind whether its databases are much older than those of others
 * @param state whether it is asked
 * @param until when that ends by itself; empty if it does not
 * @param inUse how many transfers use it now, those of signatures not counted
 * @param transfers how many it was asked for
 * @param failures how many of those failed by its own fault, by kind
 * @param pinned whether it is asked before all others, by hand
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
        /** Nothing speaks against it. */
        USED,
        /** It has failed, and the next request finds out whether it is back. */
        ON_TRIAL,
        /** It has failed, and is left alone for a while. */
        LEFT_ALONE,
        /** It has asked not to be asked for a while. */
        WANTS_REST,
        /** Somebody has put it to rest for a while. */
        RESTED,
        /** Somebody has banned it. */
        BANNED
    }
}
