package flexo.config;

import java.util.List;
import java.util.Optional;

/**
 * The result of parsing one text.
 *
 * @param value present if there is no mistake
 * @param mistakes the mistakes
 * @param <T> the type of the value
 */
record Parsed<T>(Optional<T> value, List<Mistake> mistakes) {
    /** The part of a mistake that concerns the whole value. */
    static final String WHOLE = "";

    /**
     * One wrong part of a value.
     *
     * @param part {@link #WHOLE}, an element of a list such as {@code [2]}, a field of a table such as {@code [0].url}
     *     or one of its elements; counted from 0
     * @param found the text there; empty if there is none or it is secret
     * @param expected the expected form, or the mistake itself if no text is shown
     */
    record Mistake(String part, Optional<String> found, String expected) {
        Mistake(String part, String found, String expected) {
            this(part, Optional.of(found), expected);
        }
    }

    /** {@return the part that is an element of a list} */
    static String element(int number) {
        return "[" + number + "]";
    }

    static <T> Parsed<T> right(T value) {
        return new Parsed<>(Optional.of(value), List.of());
    }

    static <T> Parsed<T> wrong(String found, String expected) {
        return wrong(List.of(new Mistake(WHOLE, found, expected)));
    }

    static <T> Parsed<T> wrong(List<Mistake> mistakes) {
        return new Parsed<>(Optional.empty(), List.copyOf(mistakes));
    }
}
