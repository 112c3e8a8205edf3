package flexo.retention;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The retention rules of a repository.
 *
 * @param versionsToKeep the number of newest versions of each package to keep; 0 for all
 * @param purgeUnusedAfter the age at which an unused file is removed, positive; empty for never
 * @param sizeLimitBytes the size limit of the repository's files without databases; empty for the limit of the cache
 */
public record RetentionRules(int versionsToKeep, Optional<Duration> purgeUnusedAfter, OptionalLong sizeLimitBytes) {
    public RetentionRules {
        if (versionsToKeep < 0
                || purgeUnusedAfter.map(age -> age.isNegative() || age.isZero()).orElse(false)
                || sizeLimitBytes.orElse(0) < 0) {
            throw new IllegalArgumentException(
                    versionsToKeep + " versions, " + purgeUnusedAfter + ", " + sizeLimitBytes + " bytes");
        }
    }
}
