package flexo.config;

import java.util.List;

/**
 * One setting. Its default, if it has one, lies in META-INF/microprofile-config.properties.
 *
 * @param name as in the TOML file, nested keys with a dot
 * @param parser of its value
 * @param otherNames under which it is accepted too; they count only in a source that does not have the name itself
 * @param <T> the type of its value
 */
record Key<T>(String name, ValueParser<T> parser, List<String> otherNames) {
    Key(String name, ValueParser<T> parser) {
        this(name, parser, List.of());
    }

    /** {@return its name as MicroProfile Config knows it} */
    String property() {
        return Keys.PREFIX + name;
    }
}
