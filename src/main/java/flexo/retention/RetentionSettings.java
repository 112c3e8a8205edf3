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
 * @param rules the rules by repository
 * @param cacheSizeLimit the size limit of all files in the cache directory; empty for none
 * @param minFree the free space to keep on the file system; empty for none
 */
public record RetentionSettings(
        ByDirectory<RetentionRules> rules, Optional<StorageSize> cacheSizeLimit, Optional<StorageSize> minFree) {
    /** The rules of a directory of the cache. */
    public RetentionRules rulesOf(String directory) {
        return rules.of(directory);
    }

    /** The shortest age at which unused files are removed anywhere; empty if they stay. */
    Optional<Duration> shortestPurgeUnusedAfter() {
        return Stream.concat(Stream.of(rules.usual()), rules.own().values().stream())
                .flatMap(each -> each.purgeUnusedAfter().stream())
                .min(Comparator.naturalOrder());
    }

    /** The key of the rules that give a directory of the cache its own limit; {@link Occupied#ALL} if it has none. */
    String limitKey(String directory) {
        return rules.key(directory)
                .filter(key -> rulesOf(key).sizeLimitBytes().isPresent())
                .orElse(Occupied.ALL);
    }

    /** The cache's size limit on a file system. */
    OptionalLong cacheSizeLimit(DiskSpace.Space space) {
        return on(cacheSizeLimit, space);
    }

    /** The free space to keep on a file system. */
    OptionalLong minFree(DiskSpace.Space space) {
        return on(minFree, space);
    }

    private static OptionalLong on(Optional<StorageSize> amount, DiskSpace.Space space) {
        return amount.map(size -> OptionalLong.of(size.of(space.totalBytes()))).orElseGet(OptionalLong::empty);
    }
}
