package flexo.prefetch;

import flexo.alpm.PackageFileName;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Which packages are fetched before clients ask for them. Pure.
 *
 * <p>Only a client's use counts. What was prefetched takes the last use of the version before it along, so a package that no
 * client uses any more is prefetched no longer once that is old, however many versions have come since.
 *
 * @param now the present; a last use after it, as a wrong clock leaves it, counts as now
 * @param unusedAfter a package that was not used for longer is left out
 * @param sizeLimitBytes larger packages are left out; empty for none
 */
record PrefetchPolicy(Instant now, Duration unusedAfter, OptionalLong sizeLimitBytes) {
    /** What is to be done with a package file that a database lists. */
    enum Verdict {
        /** It is to be fetched. */
        FETCH,
        /** Nothing of its package is cached that a client has used lately. */
        NOT_USED,
        /** It, or a newer version, is cached. */
        NOT_NEWER,
        /** It is to be left to clients. */
        TOO_LARGE
    }

    /**
     * Judges a package file that the current database lists.
     *
     * @param listed its name
     * @param sizeBytes its size; negative if the database does not say
     * @param cached what is cached in its directory of packages of its name, one for each architecture
     */
    Verdict judge(PackageFileName listed, long sizeBytes, Collection<CachedPackage> cached) {
        Optional<CachedPackage> same =
                cached.stream().filter(it -> it.isSamePackageAs(listed)).reduce(CachedPackage::and);
        if (same.flatMap(CachedPackage::used).filter(this::isLately).isEmpty()) {
            return Verdict.NOT_USED;
        }
        if (same.get().newest().compareTo(listed.version()) >= 0) {
            return Verdict.NOT_NEWER;
        }
        return isTooLarge(sizeBytes) ? Verdict.TOO_LARGE : Verdict.FETCH;
    }

    /** Whether a package of this size is left to clients; one of unknown size is not. */
    boolean isTooLarge(long sizeBytes) {
        return sizeLimitBytes.isPresent() && sizeBytes > sizeLimitBytes.getAsLong();
    }

    private boolean isLately(Instant used) {
        return Duration.between(used, now).compareTo(unusedAfter) <= 0;
    }
}
