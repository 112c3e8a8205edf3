package flexo.prefetch;

import flexo.alpm.PackageFileName;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Decides which packages are prefetched. Pure.
 *
 * <p>Only use by clients counts. A prefetched package inherits the last use of the version before it, so that a package
 * no client uses any more is prefetched no longer after a while, however many versions have come since.
 *
 * @param now the present; a later last use, left by a wrong clock, counts as now
 * @param unusedAfter the age of the last use beyond which a package is left out
 * @param sizeLimitBytes the size beyond which a package is left out; empty for none
 */
record PrefetchPolicy(Instant now, Duration unusedAfter, OptionalLong sizeLimitBytes) {
    /** The decision on a package file that a database lists. */
    enum Choice {
        /** Fetch it. */
        FETCH,
        /** No client has recently used a cached version of the package. */
        NOT_USED,
        /** The same or a newer version is cached. */
        NOT_NEWER,
        /** It exceeds the size limit, and is left to clients. */
        TOO_LARGE
    }

    /**
     * Judges a package file that the current database lists.
     *
     * @param listed its name
     * @param sizeBytes its size; negative if the database has none
     * @param cached the cached packages of this name in its directory, one for each architecture
     */
    Choice judge(PackageFileName listed, long sizeBytes, Collection<CachedPackage> cached) {
        Optional<CachedPackage> same =
                cached.stream().filter(it -> it.isSamePackageAs(listed)).reduce(CachedPackage::and);
        if (same.flatMap(CachedPackage::used).filter(this::isLately).isEmpty()) {
            return Choice.NOT_USED;
        }
        if (same.get().newest().compareTo(listed.version()) >= 0) {
            return Choice.NOT_NEWER;
        }
        return isTooLarge(sizeBytes) ? Choice.TOO_LARGE : Choice.FETCH;
    }

    /** Whether a package of this size is left to clients; one of unknown size is not. */
    boolean isTooLarge(long sizeBytes) {
        return sizeLimitBytes.isPresent() && sizeBytes > sizeLimitBytes.getAsLong();
    }

    private boolean isLately(Instant used) {
        return Duration.between(used, now).compareTo(unusedAfter) <= 0;
    }
}
