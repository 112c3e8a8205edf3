package flexo.cache;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A file that is read while it is being written. */
public interface GrowingFile extends Closeable {
    /**
     * Reads bytes that were written.
     *
     * @return the number of bytes, at least one
     * @throws IOException if they cannot be read
     */
    int read(ByteBuffer target, long position) throws IOException;

    /** Whether its bytes are on disk, rather than in memory. */
    boolean isOnDisk();
}
