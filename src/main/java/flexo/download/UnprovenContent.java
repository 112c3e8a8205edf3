package flexo.download;

import flexo.cache.Content;
import flexo.cache.ContentHead;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * A cached file that is served while it is being verified: its last byte is held back until then, so that a wrong one
 * never looks complete.
 *
 * <p>Guarded by its monitor; wake-ups run outside of it.
 */
final class UnprovenContent implements Content {
    private final Content content;
    /** The readers that wait for the last byte. */
    private final Set<Runnable> waiting = new LinkedHashSet<>();
    /** Null until the result is known. */
    private Boolean good;

    /**
     * A file that is being verified.
     *
     * @param proof completed with whether it is right
     */
    UnprovenContent(Content content, CompletionStage<Boolean> proof) {
        this.content = content;
        var unused = proof.whenComplete((verdict, failure) -> settle(failure == null && verdict));
    }

    private void settle(boolean verdict) {
        Set<Runnable> woken;
        synchronized (this) {
            good = verdict;
            woken = Set.copyOf(waiting);
            waiting.clear();
        }
        woken.forEach(Runnable::run);
    }

    @Override
    public ContentHead head() {
        return content.head();
    }

    /** Empty: the container would send the last byte, too. */
    @Override
    public synchronized Optional<Path> wholeFile() {
        return Boolean.TRUE.equals(good) ? content.wholeFile() : Optional.empty();
    }

    @Override
    public String source() {
        return content.source();
    }

    @Override
    public int read(long position, ByteBuffer target, Runnable onMore) throws IOException {
        long readable;
        synchronized (this) {
            if (Boolean.FALSE.equals(good)) {
                throw new IOException("the cached file was not the one that the database demands, and was removed");
            }
            readable = head().lengthBytes() - position - (good == null ? 1 : 0);
            if (readable <= 0) {
                waiting.add(onMore);
                return 0;
            }
        }
        int limit = target.limit();
        target.limit(target.position() + (int) Math.min(target.remaining(), readable));
        try {
            return content.read(position, target, onMore);
        } finally {
            target.limit(limit);
        }
    }

    @Override
    public void forget(Runnable onMore) {
        synchronized (this) {
            waiting.remove(onMore);
        }
        content.forget(onMore);
    }

    @Override
    public void close() {
        content.close();
    }
}
