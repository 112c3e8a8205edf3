package flexo.retention;

import flexo.alpm.PackageFileName;
import flexo.alpm.RepositoryPath;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A cached file with all inputs of the retention policy.
 *
 * @param path its path for clients
 * @param packageName the package's name; empty for an image or any other file without versions
 * @param names its own name, its signature and its notes, in the order of deletion; a sweep cleans up after a crash in
 *     between
 * @param bytes the space that removing all of them frees; 0 for a symbolic link
 * @param used the last use by a client; empty if unknown
 * @param put its ctime: when it was put there, moved, or changed owner
 * @param inUse whether it, or its signature, is being fetched or served right now
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
    /** The removal of this file. */
    Removal because(RemovalReason reason) {
        return new Removal(path, reason, bytes, names);
    }
}
