package flexo.cache;

import java.nio.file.Path;

/**
 * A complete file in the package cache.
 *
 * @param file its path on disk
 * @param head its size and the mirror's modification time
 */
public record CacheEntry(Path file, ContentHead head) {
    /** Opens the file for one reader. */
    public Content open() {
        return new StoredContent(this);
    }
}
