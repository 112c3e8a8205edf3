package flexo.download;

import flexo.alpm.RepositoryPath;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * The files that are on their way into the cache or read from it at this moment, each as often as that is the case: what
 * housekeeping must leave alone. Safe for threads; nothing blocks.
 */
public final class OpenFiles {
    private final ConcurrentMap<RepositoryPath, Integer> uses = new ConcurrentHashMap<>();

    /** None yet. */
    public OpenFiles() {}

    void begin(RepositoryPath path) {
        uses.merge(path, 1, Integer::sum);
    }

    /** Ends one use that has begun. */
    void end(RepositoryPath path) {
        uses.computeIfPresent(path, (any, count) -> count == 1 ? null : count - 1);
    }

    /** Whether it is in use. */
    public boolean contains(RepositoryPath path) {
        return uses.containsKey(path);
    }
}
