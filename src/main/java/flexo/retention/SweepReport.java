package flexo.retention;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The result of one sweep or dry run.
 *
 * @param dry whether nothing was removed
 * @param began the time it began
 * @param took its duration; never negative, even if the clock is set
 * @param complete false if it was cut short by a shutdown
 * @param files the number of files in the cache afterwards
 * @param bytes their size
 * @param repositories the contents of the cache afterwards, by the directory of each repository
 * @param limitedBytes the size of files without databases, by the directory of each repository with a limit of its own
 * @param counts the removals, for every reason
 * @param removals the removals in order; only in a dry run, and then at most {@value #LISTED_MOST}
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
    /** Further ones are counted together: there can be thousands of archived days. */
    static final int REPOSITORIES_MOST = 200;
    /** The key of those; no directory has this name. */
    public static final String OTHERS = "…";

    /** Further ones are counted, but not listed. */
    public static final int LISTED_MOST = 10_000;

    /** Copies the collections; completes the reasons. */
    public SweepReport {
        repositories = Map.copyOf(repositories);
        limitedBytes = Map.copyOf(limitedBytes);
        counts = Map.copyOf(counts);
        removals = List.copyOf(removals);
    }

    /** The size of the cache afterwards. */
    Occupied occupied() {
        Map<String, Long> all = new HashMap<>(limitedBytes);
        all.put(Occupied.ALL, bytes);
        return new Occupied(all);
    }

    /** The sum over all reasons. */
    public RemovalCounts.Count sum() {
        return RemovalCounts.sum(counts);
    }
}
