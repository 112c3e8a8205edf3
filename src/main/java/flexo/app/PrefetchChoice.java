package flexo.app;

import flexo.config.FlexoConfig;
import flexo.config.Prefetch;
import flexo.config.PrefetchSchedule;
import flexo.prefetch.PrefetchSettings;
import flexo.prefetch.QuietHours;
import flexo.prefetch.Schedule;
import java.time.ZoneId;

/** The settings of prefetching in the words of its package. */
final class PrefetchChoice {
    private PrefetchChoice() {}

    static PrefetchSettings settings(FlexoConfig config) {
        Prefetch settings = config.prefetch();
        ZoneId zone = ZoneId.systemDefault();
        return new PrefetchSettings(
                schedule(settings.schedule(), zone),
                settings.unusedAfter(),
                settings.quietHours()
                        .map(hours -> new QuietHours(hours.from(), hours.until(), zone))
                        .orElseGet(() -> QuietHours.always(zone)),
                settings.bytesPerSecond().isPresent(),
                settings.sizeLimitBytes());
    }

    private static Schedule schedule(PrefetchSchedule schedule, ZoneId zone) {
        if (schedule instanceof PrefetchSchedule.Every every) {
            return Schedule.every(every.interval());
        }
        return schedule instanceof PrefetchSchedule.At at ? Schedule.cron(at.expression(), zone) : Schedule.never();
    }
}
