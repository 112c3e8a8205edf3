package flexo.cache;

import java.nio.file.Path;

/**
 * A whole file in the package cache.
 *
 * @param file where it lies
 * @param head its size and the time the mirror gave it
 */
public record CacheEntry(Path file, ContentHead head) {
    /** The file for one reader. */
    public Content open() {
        return new StoredContent(this);
    }
}
