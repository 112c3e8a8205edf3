package flexo.retention;

import flexo.alpm.RepositoryPath;
import java.util.Collection;

/** Knows which files must be left alone for now: a download of them runs, or a response has begun that reads them. */
public interface FilesInUse {
    /**
     * Asked by the sweep's thread for every package and part file, so it must be quick.
     *
     * @return whether the file, and what lies beside it, must stay
     */
    boolean inUse(RepositoryPath path);

    /**
     * Claims files that are to be removed, so that nobody finds one that is gone when it is opened.
     *
     * @return true if none of them is in use; who comes to use one then waits until they are {@linkplain #release
     *     released}. False if one is, and then they must stay
     */
    boolean claim(Collection<RepositoryPath> paths);

    /** Ends a claim. */
    void release(Collection<RepositoryPath> paths);
}
