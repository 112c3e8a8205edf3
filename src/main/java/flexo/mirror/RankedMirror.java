package flexo.mirror;

import java.time.Duration;

/**
 * A snapshot of one mirror for the choice.
 *
 * @param mirror the mirror
 * @param rank its place in the configured or measured list, from 0
 * @param stale whether its database was much older than the newest when it was tested, or found to be so since
 * @param latency its response time; null if unknown
 * @param bytesPerSecond its speed; 0 if unknown
 * @param standing whether it may be asked
 * @param inUse its running transfers without signatures
 * @param lacksFile whether it said a moment ago that it does not have the file
 */
record RankedMirror(
        Mirror mirror,
        int rank,
        boolean stale,
        Duration latency,
        long bytesPerSecond,
        Standing standing,
        int inUse,
        boolean lacksFile) {

    boolean leftAlone() {
        return standing == Standing.LEFT_ALONE;
    }

    /** Whether it is likely to deliver the file. */
    boolean promising() {
        return !leftAlone() && !lacksFile;
    }
}
