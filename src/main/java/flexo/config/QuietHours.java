package flexo.config;

import java.time.LocalTime;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A part of the day, local time; over midnight if it begins later than it ends.
 *
 * @param from its first moment
 * @param until the first moment after it, another one than {@code from}
 */
public record QuietHours(LocalTime from, LocalTime until) {
    private static final Pattern FORM =
            Pattern.compile("([01]?\\d|2[0-3]):([0-5]\\d)\\s*-\\s*([01]?\\d|2[0-3]):([0-5]\\d)");

    /** {@return the part of the day in a text such as {@code 22:00-06:00}} */
    static Optional<QuietHours> parse(String text) {
        Matcher form = FORM.matcher(text);
        return form.matches()
                ? Optional.of(new QuietHours(time(form, 1), time(form, 3)))
                        .filter(hours -> !hours.from().equals(hours.until()))
                : Optional.empty();
    }

    private static LocalTime time(Matcher form, int group) {
        return LocalTime.of(Integer.parseInt(form.group(group)), Integer.parseInt(form.group(group + 1)));
    }
}
