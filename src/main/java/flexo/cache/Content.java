package flexo.cache;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A file as its clients read it: whole on disk, or still growing.
 *
 * <p>Any number of threads may read one content at once, each at its own position.
 */
public interface Content extends AutoCloseable {
    /** Size and time of the whole file. */
    ContentHead head();

    /** The whole file on disk, if it is already whole; the container may then send it by itself. */
    Optional<Path> wholeFile();

    /** Where the bytes come from, for people: a mirror, or the cache. */
    String source();

    /**
     * Reads what is there at a position, never waiting.
     *
     * @param position where to read, from 0 to below the length
     * @param target takes at most its remaining bytes
     * @param onMore called once, by an arbitrary thread that must not be held up, when there may be more; registered
     *     only if 0 is returned, and at most once however often it is handed in
     * @return how many bytes were read; 0 if none is there yet; -1 if a file of unknown length has ended
     * @throws IOException if the bytes will never come, or cannot be read
     */
    int read(long position, ByteBuffer target, Runnable onMore) throws IOException;

    /**
     * Takes back a registration of {@link #read}; it may still be called once if it is just being called. Where everything is
     * there from the start nobody is ever registered, so that there is nothing to do.
     */
    default void forget(Runnable onMore) {}

    /** Ends this reader's interest; nothing may be read after it. */
    @Override
    void close();
}
