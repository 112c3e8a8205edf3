package flexo.config;

import flexo.config.Parsed.Mistake;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseResult;

/** Parses lists, written as TOML arrays ({@code ["a", "b"]}) or separated by commas ({@code a,b}). */
final class ValueList {
    private static final String HIDDEN = "(not shown, it may hold a password)";

    private ValueList() {}

    /**
     * {@return a parser of lists} Each invalid element is reported; duplicates count once.
     *
     * @param expected the form of an element
     * @param reading parses an element; empty if it is invalid
     */
    static <T> ValueParser<List<T>> of(String expected, Function<String, Optional<T>> reading) {
        return text -> {
            Optional<List<Object>> elements = elements(text);
            if (elements.isEmpty()) {
                return Parsed.wrong(text, "a TOML array such as [\"a\", \"b\"], or a list with commas, of " + expected);
            }
            boolean hidden = passwordMayBeSplit(elements.get());
            List<T> values = new ArrayList<>();
            List<Mistake> mistakes = new ArrayList<>();
            for (int i = 0; i < elements.get().size(); i++) {
                Object element = elements.get().get(i);
                Optional<T> value = element instanceof String string ? reading.apply(string.strip()) : Optional.empty();
                value.ifPresent(values::add);
                if (value.isEmpty()) {
                    mistakes.add(new Mistake(Parsed.element(i), hidden ? HIDDEN : String.valueOf(element), expected));
                }
            }
            return mistakes.isEmpty() ? Parsed.right(values.stream().distinct().toList()) : Parsed.wrong(mistakes);
        };
    }

    /** {@return the elements; empty for a broken TOML array} */
    private static Optional<List<Object>> elements(String text) {
        if (text.strip().startsWith("[")) {
            return tomlArray(text).map(TomlArray::toList);
        }
        return Optional.of(Arrays.stream(text.split(",", -1))
                .map(String::strip)
                .filter(element -> !element.isEmpty())
                .map(element -> (Object) element)
                .toList());
    }

    /** {@return the array in a text; empty if it is not one} */
    static Optional<TomlArray> tomlArray(String text) {
        TomlParseResult parsed;
        try {
            parsed = Toml.parse("list = " + text.strip());
        } catch (NullPointerException e) {
            // A bug of the parser, which fails at the end of the text where it expects a comma.
            return Optional.empty();
        }
        return parsed.hasErrors() || parsed.size() != 1 || !parsed.isArray("list")
                ? Optional.empty()
                : Optional.of(parsed.getArray("list"));
    }

    /** A password with a comma is torn apart in a list with commas: its second half has an @ but no scheme. */
    private static boolean passwordMayBeSplit(List<Object> elements) {
        return elements.stream()
                .anyMatch(element ->
                        element.toString().contains("@") && !element.toString().contains("//"));
    }
}
