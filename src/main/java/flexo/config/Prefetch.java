package flexo.config;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The settings of fetching new versions before clients ask for them.
 *
 * @param schedule when
 * @param unusedAfter a package that no client has used for so long is not prefetched, positive
 * @param quietHours the only part of the day when it is done; empty for the whole day
 * @param bytesPerSecond what all of it may take; empty for all there is
 * @param sizeLimitBytes packages that are larger are left out; empty for none
 */
public record Prefetch(
        PrefetchSchedule schedule,
        Duration unusedAfter,
        Optional<QuietHours> quietHours,
        OptionalLong bytesPerSecond,
        OptionalLong sizeLimitBytes) {}
