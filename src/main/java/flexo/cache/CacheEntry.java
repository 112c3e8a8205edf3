package flexo.cache;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A whole file in the package cache.
 *
 * @param file where it lies
 * @param head its size and the time the mirror gave it
 */
public record CacheEntry(Path file, ContentHead head) {
    /**
     * Opens it for one reader.
     *
     * @throws IOException if it was removed in the meantime, or cannot be read
     */
    public Content open() throws IOException {
        return new StoredContent(this, FileChannel.open(file, StandardOpenOption.READ));
    }
}
