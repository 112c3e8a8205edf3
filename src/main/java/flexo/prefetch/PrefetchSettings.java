package flexo.prefetch;

import java.time.Duration;
import java.util.OptionalLong;

/**
 * The settings of prefetching.
 *
 * @param schedule when runs are due
 * @param unusedAfter a package that clients have not used for longer is left out
 * @param quietHours when packages may be fetched
 * @param slowly whether they may come slowly as long as no client waits for them
 * @param sizeLimitBytes packages that are larger are left out; empty for none
 */
public record PrefetchSettings(
        Schedule schedule, Duration unusedAfter, QuietHours quietHours, boolean slowly, OptionalLong sizeLimitBytes) {}
