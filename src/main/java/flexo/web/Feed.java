package flexo.web;

import flexo.cache.Content;
import flexo.cache.ContentHead;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What one listener is told, as a body that has no end: one text after the other. A listener that is slow misses texts and gets a full
 * one instead, so that no more than two are kept for him. Safe for threads.
 */
final class Feed implements Content {
    private static final byte[] NOTHING = {};

    private final ContentHead head = new ContentHead(Long.MAX_VALUE, Instant.EPOCH);
    private final Runnable whenClosed;
    private final AtomicBoolean closed = new AtomicBoolean();

    // Guarded by the monitor:

    /** The text that is being read. */
    private byte[] current = NOTHING;

    private int read;
    /** The text that follows; null if none is there yet. */
    private byte[] next;
    /** To be woken when there is more; null if nobody waits. */
    private Runnable onMore;

    Feed(Runnable whenClosed) {
        this.whenClosed = whenClosed;
    }

    /**
     * One more text.
     *
     * @param full in the place of this one and of all that were missed
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
