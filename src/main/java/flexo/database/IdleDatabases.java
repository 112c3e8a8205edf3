package flexo.database;

import flexo.alpm.RepositoryPath;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/** The databases that are open though nobody deals with them at the moment; bounded. Safe for threads. */
final class IdleDatabases {
    /** More than a mirror has that carries all of Arch's repositories, each with its file list. */
    static final int MOST = 64;

    /** The longest idle first. */
    private final Set<RepositoryPath> databases = new LinkedHashSet<>();

    /**
     * Adds one.
     *
     * @return the one that is to be closed for it
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

    /** Somebody deals with one. */
    synchronized void remove(RepositoryPath database) {
        databases.remove(database);
    }
}
