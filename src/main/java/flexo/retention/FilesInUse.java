package flexo.retention;

import flexo.alpm.RepositoryPath;

/** Knows which files must be left alone for now: a download of them runs, or a response has begun that reads them. */
@FunctionalInterface
public interface FilesInUse {
    /**
     * Asked by the sweep's thread for every package and part file, so it must be quick.
     *
     * @return whether the file, and what lies beside it, must stay
     */
    boolean inUse(RepositoryPath path);
}
