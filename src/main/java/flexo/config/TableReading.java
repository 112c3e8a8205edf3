package flexo.config;

import flexo.config.Parsed.Mistake;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.tomlj.TomlArray;
import org.tomlj.TomlTable;

/** Reads one table of an array of tables, and collects its mistakes. */
final class TableReading {
    private final String place;
    private final TomlTable table;
    private final List<Mistake> mistakes = new ArrayList<>();

    private TableReading(String place, TomlTable table) {
        this.place = place;
        this.table = table;
    }

    /**
     * {@return a parser of arrays of tables}
     *
     * @param expected the form of the whole
     * @param fields all valid fields of a table
     * @param reading converts a table; its result is ignored if it notes a mistake
     */
    static <T> ValueParser<List<T>> tables(String expected, List<Key<?>> fields, Function<TableReading, T> reading) {
        return text -> {
            Optional<TomlArray> array = ValueList.tomlArray(text)
                    .filter(found -> found.toList().stream().allMatch(TomlTable.class::isInstance));
            if (array.isEmpty()) {
                // Not shown: it may contain a password.
                return Parsed.wrong(List.of(new Mistake(Parsed.WHOLE, Optional.empty(), "expected " + expected)));
            }
            List<T> values = new ArrayList<>();
            List<Mistake> mistakes = new ArrayList<>();
            for (int i = 0; i < array.get().size(); i++) {
                Parsed<T> value = table(i, array.get().getTable(i), fields, reading);
                value.value().ifPresent(values::add);
                mistakes.addAll(value.mistakes());
            }
            return mistakes.isEmpty() ? Parsed.right(List.copyOf(values)) : Parsed.wrong(mistakes);
        };
    }

    /** {@return the value of one table} The parameters are those of {@link #tables}. */
    static <T> Parsed<T> table(int number, TomlTable table, List<Key<?>> fields, Function<TableReading, T> reading) {
        TableReading one = new TableReading(Parsed.element(number), table);
        one.refuseUnknown(fields);
        T value = reading.apply(one);
        return one.mistakes.isEmpty() ? Parsed.right(value) : Parsed.wrong(one.mistakes);
    }

    private void refuseUnknown(List<Key<?>> fields) {
        List<String> names = fields.stream().map(TableReading::name).toList();
        for (String key : table.keySet()) {
            if (!names.contains(key)) {
                // Its value is not shown, since it may be a secret.
                mistakes.add(new Mistake(
                        place + "." + key,
                        Optional.empty(),
                        Problem.unknown(NearestName.to(key, names).orElse(""))));
            }
        }
    }

    /** {@return the name of a field inside its table} */
    private static String name(Key<?> field) {
        return field.name().substring(field.name().lastIndexOf('.') + 1);
    }

    boolean has(Key<?> field) {
        return table.contains(List.of(name(field)));
    }

    /** {@return the value of a field; empty if it is missing, or invalid, which is noted} */
    <T> Optional<T> value(Key<T> field) {
        Object found = table.get(List.of(name(field)));
        if (found == null) {
            return Optional.empty();
        }
        boolean inner = found instanceof TomlTable;
        String text = found instanceof TomlArray array
                ? array.toToml()
                : inner ? ((TomlTable) found).toToml() : String.valueOf(found);
        Parsed<T> parsed = field.parser().parse(text);
        parsed.mistakes()
                .forEach(mistake -> mistakes.add(new Mistake(
                        part(field) + mistake.part(),
                        mistake.found().map(shown -> inner ? "{…}" : shown),
                        mistake.expected())));
        return parsed.value();
    }

    /** {@return the value of a required field} A missing one is noted. */
    <T> Optional<T> required(Key<T> field) {
        if (!has(field)) {
            wrong(field, "must be set in each of these tables");
        }
        return value(field);
    }

    /** Notes a mistake if more than one of these fields is set. */
    void atMostOne(Key<?>... fields) {
        List<String> there = new ArrayList<>();
        Key<?> last = fields[0];
        for (Key<?> field : fields) {
            if (has(field)) {
                there.add(name(field));
                last = field;
            }
        }
        if (there.size() > 1) {
            wrong(last, "only one of " + String.join(", ", there) + " can be set");
        }
    }

    /** Notes a mistake of a field, without showing its value. */
    void wrong(Key<?> field, String what) {
        mistakes.add(new Mistake(part(field), Optional.empty(), what));
    }

    private String part(Key<?> field) {
        return place + "." + name(field);
    }
}
