package flexo.retention;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The rules by which the files of a repository are kept.
 *
 * @param versionsToKeep of each package, the newest ones; 0 means all
 * @param purgeUnusedAfter how long an unused file stays, positive; empty means without a limit
 * @param sizeLimitBytes what all files of the repository may take together, without its databases; empty means as much as
 *     the cache
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
