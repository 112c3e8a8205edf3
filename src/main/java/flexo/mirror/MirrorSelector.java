package flexo.mirror;

import flexo.alpm.RepositoryPath;
import java.net.URI;
import java.util.Optional;
import java.util.Set;

/**
 * Chooses the next mirror for a download. Thread-safe; never blocks, except for {@link #prepare}.
 */
public interface MirrorSelector {

    /** Whether any mirrors serve this path. */
    default boolean serves(RepositoryPath path) {
        return true;
    }

    /**
     * All mirrors that serve this path, if the settings name them; otherwise, and until a list is read, empty.
     */
    default Set<Mirror> named(RepositoryPath path) {
        return Set.of();
    }

    /**
     * Prepares the choice of mirrors for a file. May read a small file, so it is called once per download, where it may
     * block.
     */
    default void prepare(RepositoryPath path) {}

    /**
     * Leases the best mirror for this file that is not excluded; empty if none is left.
     *
     * @param path the requested file
     * @param excluded the mirrors this download has already tried
     */
    Optional<MirrorLease> next(RepositoryPath path, Set<Mirror> excluded);

    /**
     * Leases a specific mirror for this file; empty if it must not be asked at present.
     *
     * @param path the requested file
     * @param mirror the mirror that has just delivered a related file
     */
    Optional<MirrorLease> lease(RepositoryPath path, Mirror mirror);

    /**
     * A mirror for a part of a file that comes from several, leased to the caller until closed: one that is healthy and not in
     * use; empty if there is none, or if all files are to come from the first mirror.
     *
     * @param path the file wanted
     * @param excluded the mirrors that are not to be asked for it
     */
    default Optional<MirrorLease> idle(RepositoryPath path, Set<Mirror> excluded) {
        return Optional.empty();
    }

    /** Leases a mirror that was chosen for this file before, whatever happened since; empty if it is gone. */
    default Optional<MirrorLease> again(RepositoryPath path, Mirror mirror) {
        return lease(path, mirror);
    }

    /**
     * Leases a server that may have a file that no mirror has; empty if there is none.
     */
    default Optional<MirrorLease> lastResort(RepositoryPath path) {
        return Optional.empty();
    }

    /** The first rest to end among the mirrors for this file; empty if none rests. */
    default Optional<Rest> rest(RepositoryPath path) {
        return Optional.empty();
    }

    /** Whether a mirror is another node, which is asked for what it has in its cache and nothing else. */
    default boolean isSibling(Mirror mirror) {
        return false;
    }

    /** The address of a file on a mirror that was chosen for it. */
    default URI uri(RepositoryPath path, Mirror mirror) {
        return mirror.uri(path);
    }

    /**
     * Notes that a download ran out of time before it could ask the remaining mirrors, and that some did not answer.
     *
     * @param path the requested file
     */
    default void ranOutOfTime(RepositoryPath path) {}
}
