package flexo.config;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A number with its unit, such as {@code 2.5 MBit/s}.
 *
 * @param number not negative
 * @param unit in lower case; empty for a plain number
 */
record Quantity(BigDecimal number, String unit) {
    // Eighteen digits are more than any setting needs, and keep arithmetic on them cheap.
    private static final Pattern FORM = Pattern.compile("(\\d{1,18}(?:\\.\\d{1,9})?)\\s*([a-zA-Z/%]*)");

    static Optional<Quantity> parse(String text) {
        Matcher matcher = FORM.matcher(text);
        return matcher.matches()
                ? Optional.of(new Quantity(
                        new BigDecimal(matcher.group(1)), matcher.group(2).toLowerCase(Locale.ROOT)))
                : Optional.empty();
    }
}
