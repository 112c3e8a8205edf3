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
 * A cached file that is handed out while it is being read to see whether it is the right one: its last byte is kept back
 * until it has been, so that a wrong one never looks whole.
 *
 * <p>What is known of it is guarded by its monitor; nobody is woken inside it.
 */
final class UnprovenContent implements Content {
    private final Content content;
    /** Who waits for the last byte. */
    private final Set<Runnable> waiting = new LinkedHashSet<>();
    /** Null until it is known. */
    private Boolean good;

    /**
     * Of a file that is being read.
     *
     * @param proof completed with whether it is the right one
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

    /** The container would send the last byte, too. */
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
