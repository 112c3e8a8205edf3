package flexo.prefetch;

import flexo.alpm.PackageFileName;
import flexo.alpm.RepositoryPath;
import java.time.Instant;
import java.util.Optional;

/**
 * A package file that is to be fetched.
 *
 * @param path where it is on mirrors
 * @param sizeBytes its size; negative if the database does not say
 * @param why the reason, for people
 * @param used when a client used the version before it; empty if it was asked for by name
 */
record Wanted(RepositoryPath path, long sizeBytes, String why, Optional<Instant> used) {
    /** Whether it was asked for by name. */
    boolean isNamed() {
        return used.isEmpty();
    }

    /** The package's name; empty if the file's name is not that of a package. */
    Optional<String> name() {
        return PackageFileName.parse(path.fileName()).map(PackageFileName::name);
    }
}
