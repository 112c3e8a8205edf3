package flexo.download;

import flexo.alpm.RepositoryPath;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * How up to date databases are kept. Both are asked for whenever they matter, and must not block.
 *
 * @param checkInterval mirrors are asked for changes of a database at most once in this time, however many clients ask;
 *     not negative
 * @param maxStale how long a database is handed out after a mirror last confirmed it, if none answers
 */
public record DatabaseSettings(Function<RepositoryPath, Duration> checkInterval, Supplier<Duration> maxStale) {}
