package flexo.mirror;

import flexo.alpm.RepositoryPath;
import java.net.URI;
import java.util.Optional;
import java.util.Set;

/**
 * The choice of the mirror that a download asks next. May be asked from any thread; never blocks, but for {@link
 * #prepare}.
 */
public interface MirrorSelector {

    /** Whether there are mirrors that files at such a path are asked of. */
    default boolean serves(RepositoryPath path) {
        return true;
    }

    /**
     * All mirrors that files at such a path are asked of, if the settings say which these are; else, and while a list is
     * still to be read, empty.
     */
    default Set<Mirror> named(RepositoryPath path) {
        return Set.of();
    }

    /**
     * Makes ready for the choice of mirrors for a file. May read a small file, so it is called once for a download, where
     * that may take its time.
     */
    default void prepare(RepositoryPath path) {}

    /**
     * The best mirror for this file that is not excluded, leased to the caller until closed; empty when none is left.
     *
     * @param path the file wanted
     * @param excluded the mirrors this download has tried already
     */
    Optional<MirrorLease> next(RepositoryPath path, Set<Mirror> excluded);

    /**
     * A certain mirror for this file, leased to the caller until closed; empty if it is not to be asked at present.
     *
     * @param path the file wanted
     * @param mirror the mirror that has just delivered what belongs to it
     */
    Optional<MirrorLease> lease(RepositoryPath path, Mirror mirror);

    /** A mirror that was chosen for this file, once more, whatever is known of it by now; empty if it is there no more. */
    default Optional<MirrorLease> again(RepositoryPath path, Mirror mirror) {
        return lease(path, mirror);
    }

    /**
     * Somebody who may have a file that every mirror has said it does not have, leased to the caller until closed; empty
     * if there is nobody.
     */
    default Optional<MirrorLease> lastResort(RepositoryPath path) {
        return Optional.empty();
    }

    /** The rest of the mirror for this file that is over first; empty if none rests. */
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
     * A download had no time left to ask the mirrors that were left; some that it did ask have not answered.
     *
     * @param path the file that it wanted
     */
    default void ranOutOfTime(RepositoryPath path) {}
}
