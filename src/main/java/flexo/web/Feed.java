package flexo.web;

import flexo.cache.Content;
import flexo.cache.ContentHead;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The endless body for one listener: one text after another. A slow listener misses texts and gets a full one instead,
 * so that at most two are kept for it. Thread-safe.
 */
final class Feed implements Content {
    private static final byte[] NOTHING = {};

    private final ContentHead head = new ContentHead(Long.MAX_VALUE, Instant.EPOCH);
    private final Runnable whenClosed;
    private final AtomicBoolean closed = new AtomicBoolean();

    // Guarded by the monitor:

    /** The text being read. */
    private byte[] current = NOTHING;

    private int read;
    /** The next text; null if there is none yet. */
    private byte[] next;
    /** Called when there is more; null if nobody waits. */
    private Runnable onMore;

    Feed(Runnable whenClosed) {
        this.whenClosed = whenClosed;
    }

    /**
     * Adds a text.
     *
     * @param full replaces this one and all that were missed
     */
    void tell(byte[] text, byte[] full) {
        Runnable woken;
        synchronized (this) {
            next = next == null ? text : full;
            woken = onMore;
            onMore = null;
        }
        if (woken != null) {
            woken.run();
        }
    }

    @Override
    public synchronized int read(long position, ByteBuffer target, Runnable whenMore) {
        if (read == current.length && next != null) {
            current = next;
            next = null;
            read = 0;
        }
        int count = Math.min(target.remaining(), current.length - read);
        target.put(current, read, count);
        read += count;
        if (count == 0) {
            onMore = whenMore;
        }
        return count;
    }

    @Override
    public synchronized void forget(Runnable forgotten) {
        onMore = null;
    }

    @Override
    public ContentHead head() {
        return head;
    }

    @Override
    public Optional<Path> wholeFile() {
        return Optional.empty();
    }

    @Override
    public String source() {
        return "events";
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            whenClosed.run();
        }
    }
}
