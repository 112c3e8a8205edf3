package flexo.retention;

import java.util.List;
import java.util.Map;

/**
 * What one sweep of the whole cache found and did, or would do.
 *
 * @param dry whether nothing was removed
 * @param complete false if it was broken off, because the application stops
 * @param files how many files are in the cache, after the sweep
 * @param bytes what they take
 * @param counts what goes, by reason, with every reason
 * @param removals what goes, in the order of removal; only in a dry run, and then at most {@value #LISTED_MOST}
 */
public record SweepReport(
        boolean dry,
        boolean complete,
        long files,
        long bytes,
        Map<RemovalReason, RemovalCounts.Count> counts,
        List<Removal> removals) {
    /** More are counted, but not listed. */
    public static final int LISTED_MOST = 10_000;

    /** Copies the collections. */
    public SweepReport {
        counts = Map.copyOf(counts);
        removals = List.copyOf(removals);
    }
}
