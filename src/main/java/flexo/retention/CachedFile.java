package flexo.retention;

import flexo.alpm.PackageFileName;
import flexo.alpm.RepositoryPath;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A cached file, and everything that decides whether it stays.
 *
 * @param path where clients find it
 * @param packageName its name if it is a package; empty for an image or any other file, which has no versions
 * @param names its own name, its signature and its notes, in the order of deletion; a sweep clears away what a crash in
 *     between leaves
 * @param bytes what the removal of all of them frees; 0 for a symbolic link
 * @param used when a client used it last; empty if that is unknown
 * @param put when it was put there, or when its place or owner changed last
 * @param inUse whether it, or its signature, is being fetched or served at this moment
 * @param listed whether the current database of its repository lists it
 */
record CachedFile(
        RepositoryPath path,
        Optional<PackageFileName> packageName,
        List<String> names,
        long bytes,
        Optional<Instant> used,
        Instant put,
        boolean inUse,
        boolean listed) {
    /** It goes for this reason. */
    Removal because(RemovalReason reason) {
        return new Removal(path, reason, bytes, names);
    }
}
