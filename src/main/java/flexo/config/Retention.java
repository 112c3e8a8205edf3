package flexo.config;

import java.time.Duration;
import java.util.Optional;

/**
 * The settings of how the cache keeps itself.
 *
 * @param numVersionsRetain versions of a package that are kept; 0 means all
 * @param purgeUnusedAfter how long a package is kept that no client uses, positive; empty means for ever
 * @param cacheSizeLimit what the cache may take; empty means all there is
 * @param cacheMinFree what is to stay free on the disk of the cache; empty means nothing
 */
public record Retention(
        int numVersionsRetain,
        Optional<Duration> purgeUnusedAfter,
        Optional<StorageSize> cacheSizeLimit,
        Optional<StorageSize> cacheMinFree) {}
