package flexo.cache;

import flexo.alpm.RepositoryPath;
import flexo.cache.OpenFiles.Claim;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Removes corrupt and outdated files from the cache: bits rot on disks, and packages are rebuilt under the same name.
 * Each removal is logged in one line, and counted. Thread-safe.
 */
public final class WrongFiles {
    private static final Logger LOG = Logger.getLogger(WrongFiles.class.getName());
    /** By then a user that has found a file has opened it, or gets a broken connection: never a wrong file. */
    static final Duration PATIENCE = Duration.ofSeconds(3);

    private final PackageCache cache;
    private final OpenFiles openFiles;
    private final VerifiedFiles verified;
    private final ScheduledExecutorService timer;
    private final Executor storage;
    /** Files that could not be removed, as they were found; the disk may allow it by now. */
    private final ConcurrentMap<RepositoryPath, Stuck> stuck = new ConcurrentHashMap<>();

    private final LongAdder files = new LongAdder();
    private final LongAdder bytes = new LongAdder();

    /**
     * Nothing is removed yet.
     *
     * @param verified forgets the files, so that none is served if the disk refuses to remove it
     * @param timer ends the wait for users that have found a file and do not open it
     * @param storage removes files after a wait
     */
    public WrongFiles(
            PackageCache cache,
            OpenFiles openFiles,
            VerifiedFiles verified,
            ScheduledExecutorService timer,
            Executor storage) {
        this.cache = cache;
        this.openFiles = openFiles;
        this.verified = verified;
        this.timer = timer;
        this.storage = storage;
    }

    /**
     * A file whose removal failed, for itself or for its signature.
     *
     * @param signature the signature that remained; it does not belong to any file that comes beside it
     */
    private record Stuck(CacheEntry entry, Optional<CacheEntry> signature) {}

    /** The number of removed files; a package and its signature count as one. */
    public long files() {
        return files.sum();
    }

    /** The bytes of removed files. */
    public long bytes() {
        return bytes.sum();
    }

    /** Whether a file that was found is a wrong one that could not be removed. */
    public boolean isStuck(RepositoryPath path, CacheEntry entry) {
        Stuck present = stuck.get(path);
        return present != null && present.entry().equals(entry);
    }

    /** Whether the signature in the cache is one that could not be removed, and must not be served. */
    public boolean signatureIsStuck(RepositoryPath path) {
        Stuck present = stuck.get(path);
        return present != null
                && present.signature().isPresent()
                && present.signature().equals(cache.find(path.signature()));
    }

    /** Tries again to remove the rest of a file; completed like {@link #remove}. */
    public CompletionStage<Void> removeStuck(RepositoryPath path) {
        Stuck present = stuck.get(path);
        return present == null ? CompletableFuture.completedFuture(null) : remove(path, present.entry());
    }

    /**
     * Removes a file with its signature, at once if no user is about to open it. A user about to open it gets a moment
     * to do so, and may read it to its end; new users wait.
     *
     * @param entry the file as it was found; a replacement is left alone
     * @return completed when it is gone, or was to stay; never exceptionally
     */
    public CompletionStage<Void> remove(RepositoryPath path, CacheEntry entry) {
        verified.forget(path);
        CompletableFuture<Void> patience = new CompletableFuture<>();
        CompletableFuture<Claim> claimed = openFiles
                .claimWhenSettled(List.of(path, path.signature()), patience)
                .toCompletableFuture();
        if (claimed.isDone()) {
            remove(path, entry, claimed.join());
            return CompletableFuture.completedFuture(null);
        }
        Runnable patienceIsOver = () -> patience.complete(null);
        try {
            ScheduledFuture<?> timeout = timer.schedule(patienceIsOver, PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
            var unused = claimed.thenRun(() -> timeout.cancel(false));
        } catch (RejectedExecutionException e) {
            LOG.log(Level.FINE, "Shutting down, so no request will open " + path, e);
            patienceIsOver.run();
        }
        return claimed.thenAcceptAsync(claim -> remove(path, entry, claim), storage);
    }

    private void remove(RepositoryPath path, CacheEntry entry, Claim claim) {
        try (claim) {
            boolean removed = evict(path, entry, claim);
            stuck.remove(path);
            if (removed) {
                files.increment();
                bytes.add(entry.head().lengthBytes());
                LOG.log(
                        Level.WARNING,
                        "{0}: removed from the cache, it is not {1}; the next client gets it from a mirror",
                        new Object[] {path, demanded(path)});
            }
        } catch (IOException e) {
            Stuck former = stuck.put(path, new Stuck(entry, cache.find(path.signature())));
            boolean told = former != null && former.entry().equals(entry);
            LOG.log(
                    told ? Level.FINE : Level.WARNING,
                    "{0}: is not {1}, and cannot be removed from the cache with its signature by the user {2}: {3}. Clients get"
                            + " both from the mirrors",
                    new Object[] {path, demanded(path), System.getProperty("user.name"), DiskFailure.reason(e)});
        }
    }

    private static String demanded(RepositoryPath path) {
        return switch (path.kind()) {
            case PACKAGE -> "the file that the database demands";
            case SIGNATURE -> "the signature of the package that is here";
            default -> "such a file";
        };
    }

    /** The previous attempt may have removed the file but not its signature. */
    private boolean evict(RepositoryPath path, CacheEntry entry, Claim claim) throws IOException {
        boolean removed = cache.evict(claim, path, entry);
        Stuck present = stuck.get(path);
        if (present == null || present.signature().isEmpty()) {
            return removed;
        }
        return cache.evict(claim, path.signature(), present.signature().get()) || removed;
    }
}
