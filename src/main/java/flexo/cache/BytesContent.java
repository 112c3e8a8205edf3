package flexo.cache;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/** A small file in memory. */
public final class BytesContent implements Content {
    private final byte[] bytes;
    private final ContentHead head;
    private final String source;

    /**
     * A file with these bytes.
     *
     * @param bytes at least one; must not be modified afterwards
     */
    public BytesContent(byte[] bytes, Instant lastModified) {
        this(bytes, lastModified, "cache");
    }

    /** A file with these bytes and their source. */
    public BytesContent(byte[] bytes, Instant lastModified, String source) {
        this.source = source;
        this.bytes = bytes;
        this.head = new ContentHead(bytes.length, lastModified);
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
        return source;
    }

    @Override
    public int read(long position, ByteBuffer target, Runnable onMore) {
        int from = Math.toIntExact(position);
        int count = Math.min(target.remaining(), bytes.length - from);
        target.put(bytes, from, count);
        return count;
    }

    @Override
    public void close() {
        // Nothing to close.
    }
}
