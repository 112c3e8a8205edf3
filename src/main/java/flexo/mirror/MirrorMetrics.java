package flexo.mirror;

import java.util.Map;

/**
 * The uses and failures of each mirror since the start or the last reset.
 *
 * @param counts mirrors that were used at least once
 */
public record MirrorMetrics(Map<Mirror, Counts> counts) {

    /**
     * The counts of one mirror.
     *
     * @param usages its transfers
     * @param failures those that failed by its own fault
     */
    public record Counts(long usages, long failures) {}

    public MirrorMetrics {
        counts = Map.copyOf(counts);
    }
}
