package flexo.prefetch;

import java.time.Instant;

/** Asks settings of prefetching what the application asks of them. */
public final class PrefetchInUse {
    private PrefetchInUse() {}

    /** Asks at a moment. */
    public static void use(PrefetchSettings settings, Instant now) {
        settings.schedule().first(now).flatMap(settings.schedule()::next);
        if (!settings.quietHours().contain(now)) {
            now.plus(settings.quietHours().untilTheyBegin(now));
        }
        now.minus(settings.unusedAfter());
    }
}
