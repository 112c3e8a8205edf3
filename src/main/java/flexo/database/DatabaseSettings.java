package flexo.database;

import flexo.alpm.RepositoryPath;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * How up to date databases are kept. All of it is asked for whenever it matters, and must not block.
 *
 * @param checkInterval mirrors are asked for changes of a database at most once in this time, however many clients ask;
 *     not negative
 * @param maxStale how long a database is handed out after a mirror last confirmed it, if none answers
 * @param neverChanges whether a database that is there is the only one there will ever be, so that nobody is asked again
 */
public record DatabaseSettings(
        Function<RepositoryPath, Duration> checkInterval,
        Supplier<Duration> maxStale,
        Predicate<RepositoryPath> neverChanges) {}
