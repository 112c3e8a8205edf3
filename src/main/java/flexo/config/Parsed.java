package flexo.config;

import java.util.List;
import java.util.Optional;

/**
 * What became of one text.
 *
 * @param value present if nothing is wrong
 * @param mistakes what is wrong
 * @param <T> the type of the value
 */
record Parsed<T>(Optional<T> value, List<Mistake> mistakes) {
    /** The element number of a mistake that concerns the whole value. */
    static final int WHOLE = -1;

    /**
     * One wrong part of a value.
     *
     * @param element its number in a list, from 0, or {@link #WHOLE}
     * @param found what is written there
     * @param expected what was expected
     */
    record Mistake(int element, String found, String expected) {}

    static <T> Parsed<T> right(T value) {
        return new Parsed<>(Optional.of(value), List.of());
    }

    static <T> Parsed<T> wrong(int element, String found, String expected) {
        return wrong(List.of(new Mistake(element, found, expected)));
    }

    static <T> Parsed<T> wrong(List<Mistake> mistakes) {
        return new Parsed<>(Optional.empty(), List.copyOf(mistakes));
    }
}
