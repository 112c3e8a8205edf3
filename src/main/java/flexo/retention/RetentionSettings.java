package flexo.retention;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongUnaryOperator;
import java.util.function.Predicate;

/**
 * The settings of retention.
 *
 * @param usual the rules of all repositories that have none of their own
 * @param ofRepositories rules by directory of the cache: {@code core}, {@code custom_repo/archzfs} or
 *     {@code core/os/x86_64}; of several that contain a file, the deepest counts, and it counts alone; but
 *     size limits are those of the deepest that has one
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
    RetentionRules rulesOf(String directory) {
        return deepest(directory, ofRepositories::containsKey)
                .map(ofRepositories::get)
                .orElse(usual);
    }

    /**
     * The directory, this one or one above it, by whose size limit its packages are measured; empty if they are measured
     * by the cache's alone.
     */
    Optional<String> limitedDirectory(String directory) {
        return deepest(
                directory,
                key -> ofRepositories.containsKey(key)
                        && ofRepositories.get(key).sizeLimitBytes().isPresent());
    }

    private static Optional<String> deepest(String directory, Predicate<String> wanted) {
        String key = directory;
        while (!wanted.test(key)) {
            int slash = key.lastIndexOf('/');
            if (slash < 0) {
                return Optional.empty();
            }
            key = key.substring(0, slash);
        }
        return Optional.of(key);
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
