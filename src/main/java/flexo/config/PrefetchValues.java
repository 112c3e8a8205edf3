package flexo.config;

import flexo.prefetch.QuietHours;
import flexo.prefetch.Schedule;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Parses the values of prefetching. */
final class PrefetchValues {
    private static final Pattern QUIET_HOURS =
            Pattern.compile("([01]?\\d|2[0-3]):([0-5]\\d)\\s*-\\s*([01]?\\d|2[0-3]):([0-5]\\d)");

    private static final Duration SHORTEST = Duration.ofMinutes(1);
    private static final Duration LONGEST = Duration.ofDays(30);

    private PrefetchValues() {}

    /** {@return a schedule: a word for none, an interval, or a cron expression in local time} */
    static Optional<Schedule> schedule(String text) {
        if (text.equalsIgnoreCase("off") || text.equalsIgnoreCase("false")) {
            return Optional.of(Schedule.never());
        }
        Optional<Duration> interval = Durations.parse(text, Duration.ZERO);
        return interval.isPresent()
                ? interval.filter(it -> it.compareTo(SHORTEST) >= 0 && it.compareTo(LONGEST) <= 0)
                        .map(Schedule::every)
                : Schedule.cron(text, ZoneId.systemDefault());
    }

    /** {@return hours of the day such as {@code 22:00-06:00}, local time} */
    static Optional<QuietHours> quietHours(String text) {
        Matcher form = QUIET_HOURS.matcher(text);
        return form.matches()
                ? Optional.of(new QuietHours(time(form, 1), time(form, 3), ZoneId.systemDefault()))
                        .filter(hours -> !hours.from().equals(hours.until()))
                : Optional.empty();
    }

    private static LocalTime time(Matcher form, int group) {
        return LocalTime.of(Integer.parseInt(form.group(group)), Integer.parseInt(form.group(group + 1)));
    }
}
