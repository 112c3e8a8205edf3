package flexo.cache;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Optional;

/** A {@link CacheEntry} opened by one reader; a file that is removed or replaced meanwhile stays readable. */
final class StoredContent implements Content {
    private final CacheEntry entry;
    private final FileChannel channel;

    StoredContent(CacheEntry entry, FileChannel channel) {
        this.entry = entry;
        this.channel = channel;
    }

    @Override
    public ContentHead head() {
        return entry.head();
    }

    @Override
    public Optional<Path> wholeFile() {
        return Optional.of(entry.file());
    }

    @Override
    public String source() {
        return "cache";
    }

    @Override
    public int read(long position, ByteBuffer target, Runnable onMore) throws IOException {
        int count = channel.read(target, position);
        if (count <= 0) {
            throw new EOFException(entry.file() + " was cut short at byte " + position + " while it was served");
        }
        return count;
    }

    @Override
    public void forget(Runnable onMore) {
        // Everything is there from the start, so nobody is ever registered.
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
