package flexo.config;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Parses durations: {@code 350 ms}, {@code 8 days}, {@code 1h 30min}, or a plain number in the setting's own unit. */
final class Durations {
    private static final Pattern PART = Pattern.compile("[\\d.]+\\s*[a-zA-Z]+\\s*");

    private static final Duration DAY = Duration.ofDays(1);
    private static final Map<String, Duration> UNITS = Map.ofEntries(
            Map.entry("ms", Duration.ofMillis(1)),
            Map.entry("msec", Duration.ofMillis(1)),
            Map.entry("millis", Duration.ofMillis(1)),
            Map.entry("millisecond", Duration.ofMillis(1)),
            Map.entry("milliseconds", Duration.ofMillis(1)),
            Map.entry("s", Duration.ofSeconds(1)),
            Map.entry("sec", Duration.ofSeconds(1)),
            Map.entry("secs", Duration.ofSeconds(1)),
            Map.entry("second", Duration.ofSeconds(1)),
            Map.entry("seconds", Duration.ofSeconds(1)),
            Map.entry("m", Duration.ofMinutes(1)),
            Map.entry("min", Duration.ofMinutes(1)),
            Map.entry("mins", Duration.ofMinutes(1)),
            Map.entry("minute", Duration.ofMinutes(1)),
            Map.entry("minutes", Duration.ofMinutes(1)),
            Map.entry("h", Duration.ofHours(1)),
            Map.entry("hr", Duration.ofHours(1)),
            Map.entry("hrs", Duration.ofHours(1)),
            Map.entry("hour", Duration.ofHours(1)),
            Map.entry("hours", Duration.ofHours(1)),
            Map.entry("d", DAY),
            Map.entry("day", DAY),
            Map.entry("days", DAY),
            Map.entry("w", DAY.multipliedBy(7)),
            Map.entry("week", DAY.multipliedBy(7)),
            Map.entry("weeks", DAY.multipliedBy(7)),
            // As in the original Flexo, so that its files keep their meaning.
            Map.entry("month", Duration.ofSeconds(2_630_016)),
            Map.entry("months", Duration.ofSeconds(2_630_016)),
            Map.entry("year", Duration.ofSeconds(31_557_600)),
            Map.entry("years", Duration.ofSeconds(31_557_600)));

    private Durations() {}

    /**
     * {@return a parser of durations in a range}
     *
     * @param plainUnit the unit of a plain number; {@link Duration#ZERO} if a unit is required
     * @param shortest the least value accepted
     * @param longest the largest value accepted
     */
    static ValueParser<Duration> between(Duration shortest, Duration longest, Duration plainUnit, String expected) {
        return ValueParser.of(
                expected,
                text -> parse(text, plainUnit)
                        .filter(duration -> duration.compareTo(shortest) >= 0 && duration.compareTo(longest) <= 0));
    }

    static Optional<Duration> parse(String text, Duration plainUnit) {
        Optional<Quantity> plain =
                Quantity.parse(text).filter(quantity -> quantity.unit().isEmpty());
        if (plain.isPresent()) {
            return plain.filter(quantity -> !plainUnit.isZero()).map(quantity -> times(plainUnit, quantity.number()));
        }
        Duration sum = Duration.ZERO;
        Matcher parts = PART.matcher(text);
        int end = 0;
        while (end < text.length()) {
            if (!parts.find(end) || parts.start() != end) {
                return Optional.empty();
            }
            end = parts.end();
            Optional<Duration> part = Quantity.parse(parts.group().strip())
                    .filter(quantity -> UNITS.containsKey(quantity.unit()))
                    .map(quantity -> times(UNITS.get(quantity.unit()), quantity.number()));
            if (part.isEmpty()) {
                return Optional.empty();
            }
            sum = sum.plus(part.get());
        }
        return text.isEmpty() ? Optional.empty() : Optional.of(sum);
    }

    /** Rounds to whole milliseconds. Cannot overflow: eighteen digits of years are capped at the longest duration. */
    private static Duration times(Duration unit, BigDecimal number) {
        BigDecimal millis = number.multiply(BigDecimal.valueOf(unit.toMillis())).setScale(0, RoundingMode.HALF_UP);
        return Duration.ofMillis(millis.min(BigDecimal.valueOf(Long.MAX_VALUE)).longValueExact());
    }
}
