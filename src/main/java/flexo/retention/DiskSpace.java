package flexo.retention;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/** Tells how full the file system is that the cache lies on. */
@FunctionalInterface
public interface DiskSpace {
    /**
     * How full it is at one moment.
     *
     * @param totalBytes its size
     * @param usableBytes what may still be written
     */
    record Space(long totalBytes, long usableBytes) {}

    /**
     * Looks.
     *
     * @throws IOException if it cannot be told
     */
    Space space() throws IOException;

    /** Of the file system that holds a directory. */
    static DiskSpace of(Path directory) {
        return () -> {
            FileStore store = Files.getFileStore(directory);
            return new Space(store.getTotalSpace(), store.getUsableSpace());
        };
    }
}
