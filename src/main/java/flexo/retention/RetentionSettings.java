package flexo.retention;

import flexo.cache.ByDirectory;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * The settings of retention.
 *
 * @param rules by which files are kept
 * @param cacheSizeLimit what all files in the cache directory may take together; empty means any size
 * @param minFree what is to stay free on the file system; empty means nothing
 */
public record RetentionSettings(
        ByDirectory<RetentionRules> rules, Optional<StorageSize> cacheSizeLimit, Optional<StorageSize> minFree) {
    /** The rules of a directory of the cache. */
    public RetentionRules rulesOf(String directory) {
        return rules.of(directory);
    }

    /** The shortest time after which unused files go anywhere; empty if they stay. */
    Optional<Duration> shortestPurgeUnusedAfter() {
        return Stream.concat(Stream.of(rules.usual()), rules.own().values().stream())
                .flatMap(each -> each.purgeUnusedAfter().stream())
                .min(Comparator.naturalOrder());
    }

    /** The key of the rules by which a directory of the cache has a limit of its own; {@link Occupied#ALL} if it has none. */
    String limitKey(String directory) {
        return rules.key(directory)
                .filter(key -> rulesOf(key).sizeLimitBytes().isPresent())
                .orElse(Occupied.ALL);
    }

    /** The limit of the cache on a file system. */
    OptionalLong cacheSizeLimit(DiskSpace.Space space) {
        return on(cacheSizeLimit, space);
    }

    /** What is to stay free on a file system. */
    OptionalLong minFree(DiskSpace.Space space) {
        return on(minFree, space);
    }

    private static OptionalLong on(Optional<StorageSize> amount, DiskSpace.Space space) {
        return amount.map(size -> OptionalLong.of(size.of(space.totalBytes()))).orElseGet(OptionalLong::empty);
    }
}
