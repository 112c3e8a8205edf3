package flexo.config;

import java.util.Optional;
import java.util.function.Function;

/**
 * Makes a typed value of a setting's text.
 *
 * @param <T> the type of the value
 */
@FunctionalInterface
interface ValueParser<T> {

    /** {@return the value, or all that is wrong with the text} */
    Parsed<T> parse(String text);

    /** {@return a parser of single values} The function gets the text without surrounding space, and returns empty if it is wrong. */
    static <T> ValueParser<T> of(String expected, Function<String, Optional<T>> reading) {
        return text -> reading.apply(text.strip()).map(Parsed::right).orElseGet(() -> Parsed.wrong(text, expected));
    }

    /** {@return a parser of the same texts, whose values are turned into others} */
    default <U> ValueParser<U> map(Function<T, U> turning) {
        return text -> {
            Parsed<T> parsed = parse(text);
            return new Parsed<>(parsed.value().map(turning), parsed.mistakes());
        };
    }
}
