package flexo.config;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Parses bandwidths as bytes per second: {@code 2 MBit/s} (a million bits each), {@code 250 KiB/s} (1024 bytes each).
 *
 * <p>Case is ignored, as in the original Flexo: {@code mb/s} are megabytes, only {@code bit} means bits.
 */
final class Bandwidth {
    /** A terabyte per second; a larger number is a mistake. */
    static final long MOST_BYTES_PER_SECOND = 1_000_000_000_000L;

    private static final Pattern UNIT = Pattern.compile("(|k|m|g|ki|mi|gi)(bits?|bytes?|b)/(?:s|sec|second)");
    private static final Map<String, Long> FACTORS = Map.of(
            "", 1L, "k", 1000L, "m", 1000_000L, "g", 1000_000_000L, "ki", 1L << 10, "mi", 1L << 20, "gi", 1L << 30);

    private Bandwidth() {}

    /** {@return bytes per second of a quantity with a unit} Fractions of a byte are dropped. */
    static Optional<Long> parse(String text) {
        return Quantity.parse(text).flatMap(quantity -> {
            Matcher unit = UNIT.matcher(quantity.unit());
            if (!unit.matches()) {
                return Optional.empty();
            }
            BigDecimal scaled = quantity.number().multiply(BigDecimal.valueOf(FACTORS.get(unit.group(1))));
            BigDecimal bytes = unit.group(2).startsWith("bit") ? scaled.divide(BigDecimal.valueOf(8)) : scaled;
            return bytes.compareTo(BigDecimal.valueOf(MOST_BYTES_PER_SECOND)) > 0
                    ? Optional.empty()
                    : Optional.of(bytes.setScale(0, RoundingMode.DOWN).longValueExact());
        });
    }

    /** {@return bytes per second of a quantity with a unit, or of a plain whole number} */
    static Optional<Long> parseOrPlain(String text) {
        return parse(text).or(() -> PlainValues.wholeNumber(text, 0, MOST_BYTES_PER_SECOND));
    }
}
