package flexo.cache;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A file as its clients read it: complete on disk, or still growing.
 *
 * <p>Any number of threads may read one content concurrently, each at its own position.
 */
public interface Content extends AutoCloseable {
    /** The size and time of the whole file. */
    ContentHead head();

    /** The complete file on disk, once it is complete; the container may then send it by itself. */
    Optional<Path> wholeFile();

    /** The source of the bytes, for people: a mirror, or the cache. */
    String source();

    /**
     * Reads the available bytes at a position; never blocks.
     *
     * @param position from 0 to below the length
     * @param target takes at most its remaining bytes
     * @param onMore called once, by an arbitrary thread that must not be held up, when there may be more; registered
     *     only if 0 is returned, and at most once however often it is handed in
     * @return how many bytes were read; 0 if none is there yet; -1 if a file of unknown length has ended
     * @throws IOException if the bytes will never come, or cannot be read
     */
    int read(long position, ByteBuffer target, Runnable onMore) throws IOException;

    /**
     * Cancels a registration of {@link #read}; a call in progress is not prevented. A complete content never registers
     * anything, so there is nothing to do.
     */
    default void forget(Runnable onMore) {}

    /** Ends this reader's use; it must not read afterwards. */
    @Override
    void close();
}
