package flexo.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.tomlj.TomlArray;
import org.tomlj.TomlTable;

/**
 * All settings as text, with the source of each: an equivalent TOML file with masked secrets.
 *
 * <p>The executable WAR creates one by reflection, and uses it as a {@link Supplier}.
 */
public final class PrintedSettings implements Supplier<String> {
    private static final String MASK = "***";
    private static final Pattern PLAIN = Pattern.compile("true|false|[+-]?(0|[1-9]\\d*)(\\.\\d+)?");
    private static final Pattern BARE_KEY = Pattern.compile("[A-Za-z0-9_-]+");

    private final SettingSources sources;

    /** The settings of this process. */
    public PrintedSettings() {
        this(SettingSources.ofThisProcess(Map.of()));
    }

    /** The settings in these sources. */
    public PrintedSettings(SettingSources sources) {
        this.sources = sources;
    }

    /**
     * One setting.
     *
     * @param value in TOML, secrets masked; empty if it is not set
     * @param source its source, for people; empty if it is not set
     */
    public record Line(String name, Optional<String> value, String source) {}

    /** All settings, each with its source. */
    public List<Line> lines() {
        SettingValues values = new SettingValues(sources);
        return Keys.ALL.stream().map(key -> line(key, values)).toList();
    }

    @Override
    public String get() {
        List<String> lines = new ArrayList<>();
        lines.add("# Read from " + sources.summary());
        lines().forEach(line -> lines.add(line.value()
                .map(value -> (line.name().equals(Keys.CONFIG_FILE.name()) ? "# " : "") + line.name() + " = " + value
                        + "  # " + line.source())
                .orElse("# " + line.name() + " is not set")));
        SettingsDraft draft = FlexoConfig.draft(sources);
        draft.problems().forEach(problem -> lines.add("# Mistake: " + problem));
        draft.settings().warnings().forEach(warning -> lines.add("# Warning: " + warning));
        return String.join("\n", lines) + "\n";
    }

    private static Line line(Key<?> key, SettingValues values) {
        Optional<String> text = values.text(key);
        if (text.isEmpty()) {
            return new Line(key.name(), Optional.empty(), "");
        }
        SettingSource source = values.source(key).orElseThrow();
        return new Line(
                key.name(),
                text.map(value -> masked(key, value)),
                source.kind() == SourceKind.DEFAULTS ? "built-in default" : source.place(key, Parsed.WHOLE));
    }

    private static String masked(Key<?> key, String text) {
        if (Keys.SECRETS.contains(key.name())) {
            return quoted(MASK);
        }
        if (text.strip().startsWith("[")) {
            // An invalid value is not shown, since it may contain a password.
            return ValueList.tomlArray(text)
                    .map(array -> masked(key.name(), array))
                    .orElse(quoted(MASK));
        }
        return PLAIN.matcher(text).matches() ? text : quoted(MaskedText.of(text));
    }

    private static String masked(String name, Object value) {
        boolean secret = Keys.SECRETS.contains(name);
        if (value instanceof TomlTable table) {
            // Of a secret table, too, the names are shown: without them it would be no table.
            return table.entrySet().stream()
                    .map(entry -> key(entry.getKey()) + " = "
                            + masked(secret ? name : name + "." + entry.getKey(), entry.getValue()))
                    .collect(Collectors.joining(", ", "{", "}"));
        }
        if (secret) {
            return quoted(MASK);
        }
        if (value instanceof TomlArray array) {
            return array.toList().stream()
                    .map(element -> masked(name, element))
                    .collect(Collectors.joining(", ", "[", "]"));
        }
        return value instanceof String text ? quoted(MaskedText.of(text)) : String.valueOf(value);
    }

    private static String key(String name) {
        return BARE_KEY.matcher(name).matches() ? name : quoted(name);
    }

    private static String quoted(String text) {
        return text.codePoints()
                .mapToObj(c -> switch (c) {
                    case '"' -> "\\\"";
                    case '\\' -> "\\\\";
                    default -> Character.isISOControl(c) ? String.format("\\u%04X", c) : Character.toString(c);
                })
                .collect(Collectors.joining("", "\"", "\""));
    }
}
