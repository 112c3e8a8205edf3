package flexo.config;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The overrides for one directory of the cache; empty means the general setting.
 *
 * @param databaseCheckInterval as the setting {@code database_check_interval}
 * @param numVersionsRetain as {@code num_versions_retain}
 * @param purgeUnusedAfter as {@code purge_unused_after}
 * @param cacheSizeLimitBytes the size limit of its packages, positive
 */
public record RepositoryOverrides(
        Optional<Duration> databaseCheckInterval,
        OptionalInt numVersionsRetain,
        Optional<Duration> purgeUnusedAfter,
        OptionalLong cacheSizeLimitBytes) {
    /** No overrides. */
    public static final RepositoryOverrides NONE =
            new RepositoryOverrides(Optional.empty(), OptionalInt.empty(), Optional.empty(), OptionalLong.empty());
}
