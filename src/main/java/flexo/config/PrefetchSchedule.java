package flexo.config;

import java.time.Duration;
import java.util.Optional;

/** When packages are prefetched. */
public sealed interface PrefetchSchedule {
    /** Not at all. */
    record Off() implements PrefetchSchedule {}

    /**
     * Again and again.
     *
     * @param interval from 1 minute to 30 days
     */
    record Every(Duration interval) implements PrefetchSchedule {}

    /**
     * At times of the calendar, local time.
     *
     * @param expression five fields of cron: minute, hour, day of the month, month, day of the week
     */
    record At(String expression) implements PrefetchSchedule {}

    /** {@return the schedule in a text} */
    static Optional<PrefetchSchedule> parse(String text) {
        if (text.equalsIgnoreCase("off") || text.equalsIgnoreCase("false")) {
            return Optional.of(new Off());
        }
        return Durations.parse(text, Duration.ZERO)
                .map(interval -> Optional.<PrefetchSchedule>of(new Every(interval))
                        .filter(every -> interval.compareTo(Duration.ofMinutes(1)) >= 0
                                && interval.compareTo(Duration.ofDays(30)) <= 0))
                .orElseGet(() -> CronFields.valid(text) ? Optional.of(new At(text)) : Optional.empty());
    }
}
