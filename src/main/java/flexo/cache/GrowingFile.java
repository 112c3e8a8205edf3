package flexo.cache;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A file that its readers may read up to some byte while more is being written. */
public interface GrowingFile extends Closeable {
    /**
     * Reads bytes that were written.
     *
     * @return how many, at least one
     * @throws IOException if they cannot be read
     */
    int read(ByteBuffer target, long position) throws IOException;

    /** Whether its bytes lie on disk, rather than in memory. */
    boolean isOnDisk();
}
