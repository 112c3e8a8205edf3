package flexo.download;

import flexo.alpm.RepositoryPath;
import flexo.cache.CacheEntry;
import flexo.cache.Content;
import flexo.cache.OpenFiles;
import flexo.cache.PackageCache;
import flexo.cache.PinnedContent;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Looks up cached files for clients: an unverified file is read first, and a wrong one is removed. Thread-safe.
 */
final class CachedFiles {
    private static final Logger LOG = Logger.getLogger(CachedFiles.class.getName());

    private final PackageCache cache;
    private final Verification verification;
    private final Confirmations confirmations;
    private final Executor storage;

    CachedFiles(PackageCache cache, Verification verification, Confirmations confirmations, Executor storage) {
        this.cache = cache;
        this.verification = verification;
        this.confirmations = confirmations;
        this.storage = storage;
    }

    /**
     * Looks up a file.
     *
     * @param use a use that has just begun
     * @param miss the fallback if there is no file that may be served
     */
    CompletionStage<Opened> find(OpenFiles.Use use, Supplier<CompletionStage<Opened>> miss) {
        return whenFree(use, () -> findNow(use, miss));
    }

    private CompletionStage<Opened> findNow(OpenFiles.Use use, Supplier<CompletionStage<Opened>> miss) {
        Optional<CacheEntry> stored = cache.find(use.path());
        if (stored.isEmpty()) {
            return miss.get();
        }
        CacheEntry entry = stored.get();
        return switch (verification.standing(use.path(), entry)) {
            case TRUSTED -> hitIfRecent(use.path(), entry, miss);
            case UNREAD -> read(use, entry, miss);
            case WRONG -> {
                // This use will not open the file; its removal would otherwise wait for itself.
                use.settle();
                yield verification.remove(use.path(), entry).thenCompose(gone -> again(use, miss));
            }
        };
    }

    private CompletionStage<Opened> read(OpenFiles.Use use, CacheEntry entry, Supplier<CompletionStage<Opened>> miss) {
        CompletionStage<Boolean> proof = verification.read(use.path(), entry);
        if (verification.takesLong(use.path(), entry)) {
            return opened(entry, content -> new UnprovenContent(content, proof), miss);
        }
        use.settle();
        return proof.thenCompose(good -> again(use, good ? () -> findProven(use, entry, miss) : miss));
    }

    private CompletionStage<Opened> findProven(
            OpenFiles.Use use, CacheEntry entry, Supplier<CompletionStage<Opened>> miss) {
        return cache.find(use.path()).equals(Optional.of(entry))
                ? hitIfRecent(use.path(), entry, miss)
                : findNow(use, miss);
    }

    /** A mutable file is a miss until a mirror has confirmed it. */
    private CompletionStage<Opened> hitIfRecent(
            RepositoryPath path, CacheEntry entry, Supplier<CompletionStage<Opened>> miss) {
        return confirmations.isRecent(path, entry) ? hit(path, entry, miss) : miss.get();
    }

    private <T> CompletionStage<T> again(OpenFiles.Use use, Supplier<CompletionStage<T>> next) {
        use.look();
        return whenFree(use, next);
    }

    /** Continues at once, or on another thread when the file is no longer being removed. */
    <T> CompletionStage<T> whenFree(OpenFiles.Use use, Supplier<CompletionStage<T>> next) {
        CompletableFuture<Void> free = use.free().toCompletableFuture();
        return free.isDone() ? next.get() : free.thenComposeAsync(gone -> next.get(), storage);
    }

    /** Whether there is a file that may be served; reads it if necessary, and removes a wrong one. */
    CompletionStage<Boolean> proven(OpenFiles.Use use) {
        Optional<CacheEntry> stored = cache.find(use.path());
        if (stored.isEmpty()) {
            return CompletableFuture.completedFuture(false);
        }
        return switch (verification.standing(use.path(), stored.get())) {
            case TRUSTED -> CompletableFuture.completedFuture(confirmations.isRecent(use.path(), stored.get()));
            case UNREAD ->
                verification
                        .read(use.path(), stored.get())
                        .thenApply(good -> good && confirmations.isRecent(use.path(), stored.get()));
            case WRONG -> verification.remove(use.path(), stored.get()).thenApply(gone -> false);
        };
    }

    /** A file that may be served without reading or revalidation. */
    Optional<CacheEntry> trusted(RepositoryPath path) {
        return present(path).filter(entry -> confirmations.isRecent(path, entry));
    }

    /** A file that may be served if it has not changed. */
    Optional<CacheEntry> present(RepositoryPath path) {
        return cache.find(path).filter(entry -> verification.standing(path, entry) == Verification.Standing.TRUSTED);
    }

    /** A file that may be served although no mirror has confirmed it recently; empty if there is none. */
    Optional<CacheEntry> stale(RepositoryPath path) {
        return Confirmations.neverChanges(path)
                ? Optional.empty()
                : present(path).filter(entry -> confirmations.mayBeStale(path, entry));
    }

    /**
     * Serves a file that was found.
     *
     * @param miss the fallback if another instance has removed or replaced it since
     */
    CompletionStage<Opened> hit(RepositoryPath path, CacheEntry entry, Supplier<CompletionStage<Opened>> miss) {
        if (Confirmations.neverChanges(path)) {
            return opened(entry, content -> content, miss);
        }
        Optional<Duration> stale = confirmations.stale(path, entry);
        return stale.isPresent() ? staleHit(entry, stale.get(), miss) : pinned(entry, Opened.Origin.HIT, stale, miss);
    }

    /** The same for a file that no mirror has confirmed. */
    CompletionStage<Opened> staleHit(CacheEntry entry, Duration age, Supplier<CompletionStage<Opened>> miss) {
        return pinned(entry, Opened.Origin.STALE, Optional.of(age), miss);
    }

    /** Its name may be reused while it is read. */
    private static CompletionStage<Opened> pinned(
            CacheEntry entry, Opened.Origin origin, Optional<Duration> age, Supplier<CompletionStage<Opened>> miss) {
        try {
            return CompletableFuture.completedFuture(
                    new Opened(PinnedContent.open(entry.file(), "cache"), origin, age));
        } catch (IOException e) {
            LOG.log(Level.FINE, e, () -> entry.file() + " cannot be opened any more");
            return miss.get();
        }
    }

    private CompletionStage<Opened> opened(
            CacheEntry entry, UnaryOperator<Content> as, Supplier<CompletionStage<Opened>> miss) {
        return cache.open(entry)
                .<CompletionStage<Opened>>map(
                        content -> CompletableFuture.completedFuture(new Opened(as.apply(content), Opened.Origin.HIT)))
                .orElseGet(miss);
    }
}
