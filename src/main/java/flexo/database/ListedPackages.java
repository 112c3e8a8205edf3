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
 * Which databases there are, and what they list.
 *
 * @param useTime the time in which their uses are noted, which nobody sets
 */
record ListedPackages(DatabaseList list, KnownPackages packages, InstantSource useTime) {
    private static final Predicate<String> LISTS_PACKAGES =
            Pattern.compile(".+\\.db(\\.tar(\\..+)?)?").asMatchPredicate();

    /** File lists say the same of packages, but may be of another generation. */
    static boolean listsPackages(RepositoryPath database) {
        return LISTS_PACKAGES.test(database.fileName());
    }

    /** A newer state is there. */
    void published(RepositoryPath database, Optional<RepositoryDatabase> contents) {
        list.add(database, useTime.instant()).forEach(packages::forget);
        if (listsPackages(database)) {
            contents.ifPresent(known -> packages.put(database, known));
        }
        list.store();
    }
}
