package flexo.download;

import flexo.alpm.RepositoryPath;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The freshness of mutable cached files.
 *
 * @param interval the shortest time between two revalidations of a file; 0 for each request
 * @param maxStale the time for which a file is served after its last confirmation, while no mirror answers
 */
public record Revalidation(Function<RepositoryPath, Duration> interval, Supplier<Duration> maxStale) {}
