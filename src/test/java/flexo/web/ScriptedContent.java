package flexo.web;

import flexo.cache.Content;
import flexo.cache.ContentHead;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A growing file whose growth and failure a test decides. Byte {@code n} of it is always the same. */
final class ScriptedContent implements Content {
    private final long lengthBytes;
    private final Set<Runnable> waiters = new LinkedHashSet<>();
    private long available;
    private IOException failure;
    private Optional<Path> wholeFile = Optional.empty();
    private int closed;

    ScriptedContent(long lengthBytes, long available) {
        this.lengthBytes = lengthBytes;
        this.available = available;
    }

    /** It is a whole file, at this place. */
    ScriptedContent liesAt(Path file) {
        wholeFile = Optional.of(file);
        return this;
    }

    static byte[] expected(long start, long end) {
        byte[] bytes = new byte[Math.toIntExact(end - start)];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = byteAt(start + i);
        }
        return bytes;
    }

    private static byte byteAt(long position) {
        return (byte) (position ^ (position >> 8) ^ (position >> 16));
    }

    /** The file has grown; those who wait are told. */
    void growTo(long bytes) {
        available = bytes;
        wakeAll();
    }

    /** No more bytes will come; those who wait are told. */
    void fail(String message) {
        failure = new IOException(message);
        wakeAll();
    }

    private void wakeAll() {
        List<Runnable> awake = new ArrayList<>(waiters);
        waiters.clear();
        awake.forEach(Runnable::run);
    }

    Set<Runnable> waiters() {
        return waiters;
    }

    int timesClosed() {
        return closed;
    }

    @Override
    public ContentHead head() {
        return new ContentHead(lengthBytes, Instant.EPOCH);
    }

    @Override
    public Optional<Path> wholeFile() {
        return wholeFile;
    }

    @Override
    public String source() {
        return "a script";
    }

    @Override
    public int read(long position, ByteBuffer target, Runnable onMore) throws IOException {
        if (closed > 0) {
            throw new IllegalStateException("read after it was closed");
        }
        if (position < 0 || position >= lengthBytes) {
            throw new IllegalArgumentException("read at " + position);
        }
        if (position >= available) {
            if (failure != null) {
                throw failure;
            }
            waiters.add(onMore);
            return 0;
        }
        int count = (int) Math.min(target.remaining(), available - position);
        for (int i = 0; i < count; i++) {
            target.put(byteAt(position + i));
        }
        return count;
    }

    @Override
    public void forget(Runnable onMore) {
        waiters.remove(onMore);
    }

    @Override
    public void close() {
        closed++;
    }
}
