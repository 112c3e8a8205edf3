package flexo.database;

import flexo.alpm.RepositoryPath;
import java.time.Instant;
import java.util.Optional;

/**
 * One database as people see it, at one moment.
 *
 * @param modified when its repository made it, as mirrors tell
 * @param bytes its size
 * @param signed whether it has a signature
 * @param source the mirror that last sent or confirmed it; empty if none has since the start
 * @param confirmed when a mirror last confirmed it
 * @param stale whether that was tried since, and no mirror did
 * @param checking whether mirrors are being asked now
 */
public record DatabaseView(
        RepositoryPath path,
        Instant modified,
        long bytes,
        boolean signed,
        Optional<String> source,
        Instant confirmed,
        boolean stale,
        boolean checking) {}
