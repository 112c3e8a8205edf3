package flexo.prefetch;

import flexo.alpm.PackageFileName;
import flexo.alpm.RepositoryPath;
import java.time.Instant;
import java.util.Optional;

/**
 * A package file to be fetched.
 *
 * @param path its path on mirrors
 * @param sizeBytes its size; negative if the database has none
 * @param why the reason, for people
 * @param used the last use of the version before it; empty if it was requested by name
 */
record Wanted(RepositoryPath path, long sizeBytes, String why, Optional<Instant> used) {
    /** Whether it was requested by name. */
    boolean isNamed() {
        return used.isEmpty();
    }

    /** The package's name; empty if the file's name is not that of a package. */
    Optional<String> name() {
        return PackageFileName.parse(path.fileName()).map(PackageFileName::name);
    }
}
