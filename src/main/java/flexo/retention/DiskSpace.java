package flexo.retention;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/** Measures the file system of the cache. */
@FunctionalInterface
public interface DiskSpace {
    /**
     * The state of a file system at one moment.
     *
     * @param totalBytes its size
     * @param usableBytes the bytes that can still be written
     */
    record Space(long totalBytes, long usableBytes) {}

    /**
     * Measures it.
     *
     * @throws IOException if that fails
     */
    Space space() throws IOException;

    /** The file system that contains a directory. */
    static DiskSpace of(Path directory) {
        return () -> {
            FileStore store = Files.getFileStore(directory);
            return new Space(store.getTotalSpace(), store.getUsableSpace());
        };
    }
}
