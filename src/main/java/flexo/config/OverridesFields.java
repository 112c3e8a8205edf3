package flexo.config;

import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The fields of a table that override settings for one directory of the cache.
 *
 * @param databaseCheckInterval as the setting of that name
 * @param numVersionsRetain as the setting of that name
 * @param purgeUnusedAfter as the setting of that name
 * @param cacheSizeLimit as the setting of that name, but not as a share, which would be ambiguous
 */
record OverridesFields(
        Key<Duration> databaseCheckInterval,
        Key<Long> numVersionsRetain,
        Key<Duration> purgeUnusedAfter,
        Key<Long> cacheSizeLimit) {

    /** {@return the fields of the tables of a setting} */
    static OverridesFields of(String table) {
        return new OverridesFields(
                new Key<>(table + ".database_check_interval", Keys.DATABASE_CHECK_INTERVAL.parser()),
                new Key<>(table + ".num_versions_retain", Keys.NUM_VERSIONS_RETAIN.parser()),
                new Key<>(table + ".purge_unused_after", Keys.PURGE_UNUSED_AFTER.parser()),
                new Key<>(table + ".cache_size_limit", Keys.BYTES));
    }

    List<Key<?>> all() {
        return List.of(databaseCheckInterval, numVersionsRetain, purgeUnusedAfter, cacheSizeLimit);
    }

    RepositoryOverrides in(TableReading table) {
        return new RepositoryOverrides(
                table.value(databaseCheckInterval),
                table.value(numVersionsRetain)
                        .map(versions -> OptionalInt.of(versions.intValue()))
                        .orElseGet(OptionalInt::empty),
                table.value(purgeUnusedAfter),
                table.value(cacheSizeLimit).map(OptionalLong::of).orElseGet(OptionalLong::empty));
    }
}
