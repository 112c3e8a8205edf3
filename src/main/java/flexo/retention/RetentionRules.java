package flexo.retention;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What is kept of the packages of a repository.
 *
 * @param versionsToKeep of each package, the newest ones; 0 means all
 * @param purgeUnusedAfter how long a package stays that no client uses, positive; empty means for ever
 * @param sizeLimitBytes what all packages of the repository may take together, their signatures included; empty means
 *     as much as the cache
 */
public record RetentionRules(int versionsToKeep, Optional<Duration> purgeUnusedAfter, OptionalLong sizeLimitBytes) {
    /** Checks the ranges. */
    public RetentionRules {
        if (versionsToKeep < 0
                || purgeUnusedAfter.map(age -> age.isNegative() || age.isZero()).orElse(false)
                || sizeLimitBytes.orElse(0) < 0) {
            throw new IllegalArgumentException(
                    versionsToKeep + " versions, " + purgeUnusedAfter + ", " + sizeLimitBytes + " bytes");
        }
    }
}
