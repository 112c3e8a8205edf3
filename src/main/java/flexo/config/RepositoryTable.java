package flexo.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The tables {@code [[repository]]}: the overrides for one directory of the cache. */
final class RepositoryTable {
    private static final String TABLE = "repository";

    static final Key<String> NAME = new Key<>(
            TABLE + ".name",
            ValueParser.of(
                    "a directory of the cache, such as \"core\", \"custom_repo/arm\" or \"core/os/x86_64\"",
                    PlainValues::cacheFolder));

    static final OverridesFields OVERRIDES = OverridesFields.of(TABLE);

    static final List<Key<?>> FIELDS = fields();

    private RepositoryTable() {}

    /** {@return the overrides by directory} */
    static Parsed<Map<String, RepositoryOverrides>> parse(String text) {
        Map<String, RepositoryOverrides> read = new LinkedHashMap<>();
        return TableReading.tables("tables [[repository]] with name", FIELDS, table -> put(table, read))
                .map(unused -> Map.copyOf(read))
                .parse(text);
    }

    private static List<Key<?>> fields() {
        List<Key<?>> fields = new ArrayList<>(List.of(NAME));
        fields.addAll(OVERRIDES.all());
        return List.copyOf(fields);
    }

    private static Optional<String> put(TableReading table, Map<String, RepositoryOverrides> read) {
        Optional<String> name = table.required(NAME);
        RepositoryOverrides overrides = OVERRIDES.in(table);
        name.filter(directory -> read.put(directory, overrides) != null)
                .ifPresent(directory -> table.wrong(NAME, "\"" + directory + "\" has a table already"));
        return name;
    }
}
