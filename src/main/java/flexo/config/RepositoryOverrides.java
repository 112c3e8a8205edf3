package flexo.config;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What is different in one directory of the cache; what is empty is as everywhere.
 *
 * @param databaseCheckInterval as the setting {@code database_check_interval}
 * @param numVersionsRetain as {@code num_versions_retain}
 * @param purgeUnusedAfter as {@code purge_unused_after}
 * @param cacheSizeLimitBytes what its packages may take together, positive
 */
public record RepositoryOverrides(
        Optional<Duration> databaseCheckInterval,
        OptionalInt numVersionsRetain,
        Optional<Duration> purgeUnusedAfter,
        OptionalLong cacheSizeLimitBytes) {
    /** Nothing is different. */
    public static final RepositoryOverrides NONE =
            new RepositoryOverrides(Optional.empty(), OptionalInt.empty(), Optional.empty(), OptionalLong.empty());
}
