package flexo.cache;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A {@link CacheEntry} for one reader.
 *
 * <p>It is opened lazily by the first read, which never happens if the container sends the file by itself; from then on
 * the file stays readable even if it is removed or replaced. Guarded by its own monitor.
 */
final class StoredContent implements Content {
    private static final Logger LOG = Logger.getLogger(StoredContent.class.getName());

    private final CacheEntry entry;
    /** Null until the first read. */
    private FileChannel channel;

    StoredContent(CacheEntry entry) {
        this.entry = entry;
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
    public synchronized int read(long position, ByteBuffer target, Runnable onMore) throws IOException {
        if (channel == null) {
            channel = FileChannel.open(entry.file(), StandardOpenOption.READ);
        }
        int count = channel.read(target, position);
        if (count <= 0) {
            throw new EOFException(entry.file() + " was cut short at byte " + position + " while it was served");
        }
        return count;
    }

    @Override
    public synchronized void close() {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            // It was only read, so nothing is lost.
            LOG.log(Level.WARNING, entry.file() + " could not be closed", e);
        }
    }
}
