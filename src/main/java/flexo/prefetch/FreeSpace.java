package flexo.prefetch;

import flexo.alpm.RepositoryPath;

/** Decides whether the cache can grow without removing anything. */
@FunctionalInterface
public interface FreeSpace {
    /** Whether a file of this size fits; does not block for long. */
    boolean hasRoomFor(RepositoryPath path, long bytes);
}
