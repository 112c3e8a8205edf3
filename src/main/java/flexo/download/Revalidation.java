package flexo.download;

import flexo.alpm.RepositoryPath;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * How up to date cached files are kept that may change.
 *
 * @param interval mirrors are asked for changes of a file at most once in this time; 0 for each request
 * @param maxStale how long a file is handed out after a mirror last confirmed it, if none answers
 */
public record Revalidation(Function<RepositoryPath, Duration> interval, Supplier<Duration> maxStale) {}
