package flexo.database;

import flexo.alpm.RepositoryPath;
import flexo.cache.DatabaseList;
import flexo.repository.KnownPackages;
import flexo.repository.RepositoryDatabase;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * The known databases and their contents.
 *
 * @param useTime the timeline of their uses, which ignores clock changes
 */
record ListedPackages(DatabaseList list, KnownPackages packages, InstantSource useTime) {
    private static final Predicate<String> LISTS_PACKAGES =
            Pattern.compile(".+\\.db(\\.tar(\\..+)?)?").asMatchPredicate();

    /** File lists have the same packages, but may be of another generation. */
    static boolean listsPackages(RepositoryPath database) {
        return LISTS_PACKAGES.test(database.fileName());
    }

    /** Notes that a newer state was published. */
    void published(RepositoryPath database, Optional<RepositoryDatabase> contents) {
        list.add(database, useTime.instant()).forEach(packages::forget);
        if (listsPackages(database)) {
            contents.ifPresent(known -> packages.put(database, known));
        }
        list.store();
    }
}
