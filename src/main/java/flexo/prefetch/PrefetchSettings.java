package flexo.prefetch;

import java.time.Duration;
import java.util.OptionalLong;

/**
 * The settings of prefetching.
 *
 * @param schedule the schedule of runs
 * @param unusedAfter the age of the last use beyond which a package is left out
 * @param quietHours the hours in which packages may be fetched
 * @param slowly whether a slow mirror is acceptable while no client waits for the package
 * @param sizeLimitBytes the size beyond which a package is left out; empty for none
 */
public record PrefetchSettings(
        Schedule schedule, Duration unusedAfter, QuietHours quietHours, boolean slowly, OptionalLong sizeLimitBytes) {}
