package flexo.config;

import java.util.Optional;
import java.util.function.Function;

/**
 * Converts a setting's text to a typed value.
 *
 * @param <T> the type of the value
 */
@FunctionalInterface
interface ValueParser<T> {

    /** {@return the value, or all mistakes in the text} */
    Parsed<T> parse(String text);

    /** {@return a parser of single values} The function gets the trimmed text, and returns empty if it is invalid. */
    static <T> ValueParser<T> of(String expected, Function<String, Optional<T>> reading) {
        return text -> reading.apply(text.strip()).map(Parsed::right).orElseGet(() -> Parsed.wrong(text, expected));
    }

    /** {@return a parser of the same texts that converts the values} */
    default <U> ValueParser<U> map(Function<T, U> turning) {
        return text -> {
            Parsed<T> parsed = parse(text);
            return new Parsed<>(parsed.value().map(turning), parsed.mistakes());
        };
    }
}
