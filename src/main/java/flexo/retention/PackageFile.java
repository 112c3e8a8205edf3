package flexo.retention;

import flexo.alpm.PackageFileName;
import java.time.Instant;
import java.util.Optional;

/**
 * A package file of one repository directory, with all that decides whether it stays.
 *
 * @param name its name
 * @param bytes what its removal frees, its signature included; 0 for a symbolic link
 * @param used when a client used it last; empty if that is not known
 * @param put when it was put there, or its place or owner was changed last
 * @param inUse whether it, or its signature, is being fetched or served at this moment
 * @param listed whether the current database of its repository lists it
 */
public record PackageFile(
        PackageFileName name, long bytes, Optional<Instant> used, Instant put, boolean inUse, boolean listed) {}
