package flexo.prefetch;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Asks settings of prefetching what the application asks of them. */
public final class PrefetchInUse {
    private PrefetchInUse() {}

    /** {@return what they say at a moment} */
    public static List<Object> use(PrefetchSettings settings, Instant now) {
        Optional<Instant> next = settings.schedule().first(now).flatMap(settings.schedule()::next);
        return List.of(
                next,
                settings.quietHours().contain(now),
                settings.quietHours().untilTheyBegin(now),
                now.minus(settings.unusedAfter()));
    }
}
