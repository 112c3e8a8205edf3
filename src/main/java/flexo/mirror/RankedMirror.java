package flexo.mirror;

import java.time.Duration;

/**
 * One mirror as it stands when a file is wanted.
 *
 * @param mirror the mirror
 * @param rank its place in the list that was given or measured, from 0
 * @param stale whether its database was much older than the newest when it was tested, or was found to be since
 * @param latency time to answer; null if unknown
 * @param bytesPerSecond its speed; 0 if unknown
 * @param standing whether it may be asked
 * @param inUse how many transfers use it now, those of signatures not counted
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

    /** Tells whether asking it makes sense. */
    boolean promising() {
        return !leftAlone() && !lacksFile;
    }
}
