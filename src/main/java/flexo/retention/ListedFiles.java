package flexo.retention;

import flexo.alpm.RepositoryPath;

/** Knows what the current databases of the repositories list. */
@FunctionalInterface
public interface ListedFiles {
    /** No database is known, so nothing is listed. */
    ListedFiles UNKNOWN = path -> false;

    /**
     * Asked by the sweep's thread for every package file, so it must be quick.
     *
     * @return whether the current database of its repository lists the package file; false if the database is unknown
     */
    boolean lists(RepositoryPath path);
}
