package flexo.download;

import flexo.alpm.RepositoryPath;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * The files that are on their way into the cache or read from it at this moment, each as often as that is the case: what
 * housekeeping must leave alone. Safe for threads; nothing blocks.
 *
 * <p>Housekeeping claims a file before it removes it, which it may only while nobody uses it. Who begins to use it
 * meanwhile waits until it is {@link #free}, and then finds that it is gone. So a file never vanishes between the moment
 * when it is found for a client and the moment when it is opened.
 */
public final class OpenFiles {
    private static final CompletableFuture<Void> FREE = CompletableFuture.completedFuture(null);

    private final ConcurrentMap<RepositoryPath, Use> uses = new ConcurrentHashMap<>();

    /**
     * What is done with a file; never of one with which nothing is.
     *
     * @param count how many use it
     * @param free completed when nobody is removing it
     */
    private record Use(int count, CompletableFuture<Void> free) {
        /** Null instead of a use that is none. */
        private static Use of(int count, CompletableFuture<Void> free) {
            return count == 0 && free.isDone() ? null : new Use(count, free);
        }
    }

    /** None yet. */
    public OpenFiles() {}

    void begin(RepositoryPath path) {
        uses.compute(path, (any, use) -> use == null ? new Use(1, FREE) : new Use(use.count() + 1, use.free()));
    }

    /** Ends one use that has begun. */
    void end(RepositoryPath path) {
        uses.computeIfPresent(path, (any, use) -> Use.of(use.count() - 1, use.free()));
    }

    /**
     * When a file, whose use has begun, may be looked for.
     *
     * @return completed unless it is just being removed; then by whoever removes it
     */
    CompletionStage<Void> free(RepositoryPath path) {
        Use use = uses.get(path);
        return use == null ? FREE : use.free();
    }

    /** Whether it is in use. */
    public boolean contains(RepositoryPath path) {
        Use use = uses.get(path);
        return use != null && use.count() > 0;
    }

    /**
     * Claims files in order to remove them.
     *
     * @return whether that may be done; if so, {@link #release} must follow soon, since clients may be waiting. False if
     *     one of them is in use or claimed already
     */
    public boolean claim(Collection<RepositoryPath> paths) {
        List<RepositoryPath> claimed = new ArrayList<>(paths.size());
        for (RepositoryPath path : paths) {
            if (uses.putIfAbsent(path, new Use(0, new CompletableFuture<>())) != null) {
                release(claimed);
                return false;
            }
            claimed.add(path);
        }
        return true;
    }

    /** Ends a claim; who has begun to use one of the files goes on. */
    public void release(Collection<RepositoryPath> paths) {
        for (RepositoryPath path : paths) {
            CompletableFuture<Void> free = uses.get(path).free();
            uses.computeIfPresent(path, (any, use) -> Use.of(use.count(), FREE));
            // Outside of the map's lock, since it runs what waits for it.
            free.complete(null);
        }
    }
}
