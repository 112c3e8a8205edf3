package flexo.database;

import flexo.alpm.RepositoryPath;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/** The unused open databases, an LRU list with a limit. Thread-safe. */
final class IdleDatabases {
    /** More than a mirror of all of Arch's repositories has, each with its file list. */
    static final int MOST = 64;

    /** The least recently used first. */
    private final Set<RepositoryPath> databases = new LinkedHashSet<>();

    /**
     * Adds a database.
     *
     * @return the one to be closed for it
     */
    synchronized Optional<RepositoryPath> add(RepositoryPath database) {
        databases.remove(database);
        databases.add(database);
        if (databases.size() <= MOST) {
            return Optional.empty();
        }
        Iterator<RepositoryPath> oldest = databases.iterator();
        RepositoryPath first = oldest.next();
        oldest.remove();
        return Optional.of(first);
    }

    /** Removes a database that is used again. */
    synchronized void remove(RepositoryPath database) {
        databases.remove(database);
    }
}
