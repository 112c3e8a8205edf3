package flexo.database;

import flexo.alpm.RepositoryPath;
import flexo.cache.ByDirectory;
import java.time.Duration;

/**
 * The settings of database freshness.
 *
 * @param checkIntervals the shortest time between two revalidations of a database, however many clients request it; 0
 *     for each request
 * @param refreshInterval the interval of background checks of databases in use; 0 for never
 * @param maxStale the time for which a database is served after its last confirmation, while no mirror answers
 */
public record DatabaseSettings(ByDirectory<Duration> checkIntervals, Duration refreshInterval, Duration maxStale) {
    Duration checkInterval(RepositoryPath database) {
        return checkIntervals.of(database.directory());
    }
}
