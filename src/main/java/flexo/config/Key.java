package flexo.config;

import java.util.List;
import java.util.Optional;

/**
 * One setting.
 *
 * @param name as in the TOML file, nested keys with a dot
 * @param parser parses its value
 * @param otherNames its aliases; they count only in a source that does not have the name itself
 * @param defaultText the default; empty for none
 * @param <T> the type of its value
 */
record Key<T>(String name, ValueParser<T> parser, List<String> otherNames, Optional<String> defaultText) {
    Key(String name, ValueParser<T> parser) {
        this(name, parser, List.of(), Optional.empty());
    }

    Key<T> alsoCalled(String otherName) {
        return new Key<>(name, parser, List.of(otherName), defaultText);
    }

    Key<T> byDefault(String text) {
        return new Key<>(name, parser, otherNames, Optional.of(text));
    }

    /** {@return its name in MicroProfile Config} */
    String property() {
        return Keys.PREFIX + name;
    }
}
