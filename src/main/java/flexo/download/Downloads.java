package flexo.download;

import flexo.alpm.RepositoryPath;
import flexo.cache.CacheEntry;
import flexo.cache.Content;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * All downloads that are running: a request finds its file in the cache, or joins the download of it, or starts one.
 *
 * <p>Between the three nothing is lost: a download puts its file into the cache before it leaves, and who starts one
 * looks into the cache once more, while nobody else can start the same.
 */
public final class Downloads implements FileSource, AutoCloseable {
    private final DownloadContext context;
    /** By what is asked of a mirror: {@code GET} or {@code HEAD}, and the path. */
    private final ConcurrentMap<String, Running> running = new ConcurrentHashMap<>();

    private volatile boolean closed;

    private record Running(Download download, Failover failover) {}

    /** No downloads yet. */
    public Downloads(DownloadContext context) {
        this.context = context;
    }

    @Override
    public CompletionStage<Opened> open(RepositoryPath path) throws IOException {
        return open(path, false);
    }

    @Override
    public CompletionStage<Opened> openHead(RepositoryPath path) throws IOException {
        Running body = running.get(key(path, false));
        if (body != null && body.download().join()) {
            return opened(body.download(), Opened.Origin.JOINED);
        }
        return open(path, true);
    }

    /** How many files are on their way. */
    public int count() {
        return running.size();
    }

    private CompletionStage<Opened> open(RepositoryPath path, boolean headOnly) throws IOException {
        Optional<Content> stored = openStored(path);
        if (stored.isPresent()) {
            return hit(stored.get());
        }
        if (closed) {
            return CompletableFuture.failedFuture(new DownloadFailedException(stopping(path)));
        }
        // What compute finds out: one of the two.
        class Found {
            Content content;
            boolean joined;
        }
        Found found = new Found();
        Running download;
        try {
            download = running.compute(key(path, headOnly), (k, present) -> {
                if (present != null && present.download().join()) {
                    found.joined = true;
                    return present;
                }
                // It may have been put into the cache since the first look, before its download left.
                found.content = openStoredUnchecked(path).orElse(null);
                return found.content != null ? null : create(path, headOnly);
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        if (found.content != null) {
            return hit(found.content);
        }
        if (found.joined) {
            // Whole but for its move into the cache, it is read from disk as any other hit.
            boolean hit = download.download().isWhole() && !path.kind().mutable();
            return opened(download.download(), hit ? Opened.Origin.HIT : Opened.Origin.JOINED);
        }
        CompletionStage<Opened> opened = opened(download.download(), Opened.Origin.MISS);
        download.failover().start();
        if (closed) {
            // It may have come too late for close() to see it.
            download.failover().cancel(stopping(path));
        }
        return opened;
    }

    private static String key(RepositoryPath path, boolean headOnly) {
        return (headOnly ? "HEAD " : "GET ") + path;
    }

    private Running create(RepositoryPath path, boolean headOnly) {
        // Each refers to the other: the download tells its producer when the last reader has left.
        Failover[] failover = new Failover[1];
        Download download = new Download(path, () -> failover[0].cancel(unused(path)));
        failover[0] = new Failover(
                context,
                download,
                headOnly,
                () -> running.computeIfPresent(
                        key(path, headOnly), (k, present) -> present.download() == download ? null : present));
        return new Running(download, failover[0]);
    }

    private Optional<Content> openStored(RepositoryPath path) throws IOException {
        if (path.kind().mutable()) {
            return Optional.empty();
        }
        return context.cache().find(path).map(CacheEntry::open);
    }

    private Optional<Content> openStoredUnchecked(RepositoryPath path) {
        try {
            return openStored(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static CompletionStage<Opened> hit(Content content) {
        return CompletableFuture.completedFuture(new Opened(content, Opened.Origin.HIT));
    }

    private static CompletionStage<Opened> opened(Download download, Opened.Origin origin) {
        return download.started().thenApply(content -> new Opened(content, origin));
    }

    private static DownloadFailure unused(RepositoryPath path) {
        return new DownloadFailure(DownloadFailure.Reason.ABANDONED, path + ": nobody reads it any more");
    }

    private static DownloadFailure stopping(RepositoryPath path) {
        return new DownloadFailure(DownloadFailure.Reason.ABANDONED, path + ": the application is being stopped");
    }

    /** Ends all downloads; what was fetched of files that are kept stays for later. */
    @Override
    public void close() {
        closed = true;
        running.forEach((key, present) ->
                present.failover().cancel(stopping(present.download().path())));
    }
}
