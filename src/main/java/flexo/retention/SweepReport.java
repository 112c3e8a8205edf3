package flexo.retention;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What one sweep found and did, or would do.
 *
 * @param dry whether nothing was removed
 * @param began when it began
 * @param took how long it took; never negative, whatever is done to the clock
 * @param complete false if it broke off because the application stops
 * @param files how many files are in the cache, after the sweep
 * @param bytes what they take
 * @param repositories what is in the cache after the sweep, by the directory of each repository
 * @param limitedBytes what files take, without databases, by the directory of each repository with a limit of its own
 * @param counts what goes, by reason, with every reason
 * @param removals what goes, in the order of removal; only in a dry run, and then at most {@value #LISTED_MOST}
 */
public record SweepReport(
        boolean dry,
        Instant began,
        Duration took,
        boolean complete,
        long files,
        long bytes,
        Map<String, RemovalCounts.Count> repositories,
        Map<String, Long> limitedBytes,
        Map<RemovalReason, RemovalCounts.Count> counts,
        List<Removal> removals) {
    /** More are counted together: days of the archive come to thousands. */
    static final int REPOSITORIES_MOST = 200;
    /** What those are counted as; no directory is called so. */
    public static final String OTHERS = "…";

    /** More are counted, but not listed. */
    public static final int LISTED_MOST = 10_000;

    /** Copies the collections; every reason has its count. */
    public SweepReport {
        repositories = Map.copyOf(repositories);
        limitedBytes = Map.copyOf(limitedBytes);
        counts = Map.copyOf(counts);
        removals = List.copyOf(removals);
    }

    /** What the cache takes after it. */
    Occupied occupied() {
        Map<String, Long> all = new HashMap<>(limitedBytes);
        all.put(Occupied.ALL, bytes);
        return new Occupied(all);
    }

    /** The sum over all reasons: what goes. */
    public RemovalCounts.Count sum() {
        return RemovalCounts.sum(counts);
    }
}
