package flexo.database;

import flexo.alpm.RepositoryPath;
import java.time.Instant;
import java.util.Optional;

/**
 * A snapshot of one database for people.
 *
 * @param modified the mirrors' time of it
 * @param bytes its size
 * @param signed whether it is signed
 * @param source the mirror that last sent or confirmed it; empty if none has since the start
 * @param confirmed the last confirmation by a mirror
 * @param stale whether a later check failed
 * @param checking whether a check is running
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
