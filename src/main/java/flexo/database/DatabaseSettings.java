package flexo.database;

import flexo.alpm.RepositoryPath;
import flexo.cache.ByDirectory;
import java.time.Duration;

/**
 * How up to date databases are kept.
 *
 * @param checkIntervals mirrors are asked for changes of a database at most once in this time, however many clients ask;
 *     0 for each request
 * @param refreshInterval how often databases that are of use are checked without being asked for; 0 for never
 * @param maxStale how long a database is handed out after a mirror last confirmed it, if none answers
 */
public record DatabaseSettings(ByDirectory<Duration> checkIntervals, Duration refreshInterval, Duration maxStale) {
    Duration checkInterval(RepositoryPath database) {
        return checkIntervals.of(database.directory());
    }
}
