package flexo.mirror;

import java.util.Map;

/**
 * How often each mirror was used and how often it failed, since the start or the last reset.
 *
 * @param counts mirrors that were used at least once
 */
public record MirrorMetrics(Map<Mirror, Counts> counts) {

    /**
     * The counts of one mirror.
     *
     * @param usages transfers it was asked for
     * @param failures those of them that failed by its own fault
     */
    public record Counts(long usages, long failures) {}

    /** Copies the map. */
    public MirrorMetrics {
        counts = Map.copyOf(counts);
    }
}
