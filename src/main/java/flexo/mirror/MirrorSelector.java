package flexo.mirror;

import flexo.alpm.RepositoryPath;
import java.util.Optional;
import java.util.Set;

/** The choice of the mirror that a download asks next. May be asked from any thread; never blocks. */
public interface MirrorSelector {

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

    /** A download had no time left to ask the mirrors that were left; some that it did ask have not answered. */
    default void ranOutOfTime() {}
}
