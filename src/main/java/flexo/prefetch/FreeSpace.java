package flexo.prefetch;

import flexo.alpm.RepositoryPath;

/** Knows whether the cache can take more without anything being removed for it. */
@FunctionalInterface
public interface FreeSpace {
    /** Whether there is room for a file of so many bytes; does not block for long. */
    boolean hasRoomFor(RepositoryPath path, long bytes);
}
