package flexo.retention;

import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongUnaryOperator;
import java.util.stream.Stream;

/**
 * The settings of retention.
 *
 * @param usual the rules of all repositories that have none of their own
 * @param ofRepositories rules by directory of the cache: {@code core}, {@code custom_repo/archzfs} or
 *     {@code core/os/x86_64}; of several that contain a file, the deepest counts, and it counts alone
 * @param cacheSizeLimit what all files in the cache directory may take together, in bytes, of a file system of so many
 *     bytes; empty means any size
 * @param minFree what is to stay free, in bytes, of a file system of so many bytes; empty means nothing
 */
public record RetentionSettings(
        RetentionRules usual,
        Map<String, RetentionRules> ofRepositories,
        Optional<LongUnaryOperator> cacheSizeLimit,
        Optional<LongUnaryOperator> minFree) {
    /** Copies the map. */
    public RetentionSettings {
        ofRepositories = Map.copyOf(ofRepositories);
    }

    /** The rules of a directory of the cache. */
    public RetentionRules rulesOf(String directory) {
        return ownRulesOf(directory).map(ofRepositories::get).orElse(usual);
    }

    /** The key of the rules that a directory of the cache does not share with all others; empty if it shares them. */
    Optional<String> ownRulesOf(String directory) {
        String key = directory;
        while (!ofRepositories.containsKey(key)) {
            int slash = key.lastIndexOf('/');
            if (slash < 0) {
                return Optional.empty();
            }
            key = key.substring(0, slash);
        }
        return Optional.of(key);
    }

    /** The shortest time after which unused files go anywhere; empty if they stay. */
    Optional<Duration> shortestPurgeUnusedAfter() {
        return Stream.concat(Stream.of(usual), ofRepositories.values().stream())
                .flatMap(rules -> rules.purgeUnusedAfter().stream())
                .min(Comparator.naturalOrder());
    }

    /** The key of the rules by which a directory of the cache has a limit of its own; {@link Occupied#ALL} if it has none. */
    String limitKey(String directory) {
        return ownRulesOf(directory)
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

    private static OptionalLong on(Optional<LongUnaryOperator> amount, DiskSpace.Space space) {
        return amount.map(of -> OptionalLong.of(of.applyAsLong(space.totalBytes())))
                .orElseGet(OptionalLong::empty);
    }
}
