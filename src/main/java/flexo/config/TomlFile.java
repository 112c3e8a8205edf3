package flexo.config;

import flexo.cache.DiskFailure;
import flexo.cache.SmallFile;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/**
 * The contents of a TOML file, flattened to text by key.
 *
 * @param path the file
 * @param values by key, tables joined with a dot, arrays in TOML syntax; empty if the file is broken
 * @param lines by key, and by key with the part of its value appended, see {@link Parsed.Mistake}; counted from 1
 * @param problems the reasons why the file cannot be read
 */
record TomlFile(Path path, Map<String, String> values, Map<String, Integer> lines, List<Problem> problems) {
    private static final Set<String> KNOWN = Keys.ALL.stream().map(Key::name).collect(Collectors.toUnmodifiableSet());
    /** Twenty times the annotated file; parsing takes a multiple of it in memory. */
    private static final int MOST_BYTES = 256 << 10;

    private static final String BYTE_ORDER_MARK = "\uFEFF";

    /** {@return the file's settings, or its problems} */
    static TomlFile read(Path path) {
        try {
            String text =
                    SmallFile.readText(path, MOST_BYTES).orElseThrow(() -> new NoSuchFileException(path.toString()));
            // Some editors write a byte order mark; TOML does not allow it.
            return parse(path, text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text);
        } catch (CharacterCodingException e) {
            return broken(path, List.of(Problem.broken(path.toString(), "is not UTF-8 text, as TOML must be")));
        } catch (NoSuchFileException e) {
            return broken(path, List.of(Problem.broken(path.toString(), "the configuration file does not exist")));
        } catch (IOException e) {
            return broken(
                    path,
                    List.of(Problem.broken(
                            path.toString(),
                            "the configuration file cannot be read ("
                                    + DiskFailure.reason(e) + "); it must be a file of at most " + MOST_BYTES
                                    + " bytes that the user " + System.getProperty("user.name")
                                    + " may read, in directories that this user may enter")));
        }
    }

    private static TomlFile parse(Path path, String text) {
        TomlParseResult parsed;
        try {
            parsed = Toml.parse(text);
        } catch (NullPointerException e) {
            // A bug of the parser, which fails at the end of the text where it expects a comma.
            return broken(path, List.of(Problem.broken(path.toString(), "not TOML: an inline table does not end")));
        }
        if (parsed.hasErrors()) {
            return broken(
                    path,
                    parsed.errors().stream()
                            .map(error -> Problem.broken(
                                    path + " line " + error.position().line() + ", column "
                                            + error.position().column(),
                                    "not TOML: " + withoutContent(error.getMessage())))
                            .toList());
        }
        TomlFile file = new TomlFile(path, new HashMap<>(), new HashMap<>(), List.of());
        file.flatten("", parsed);
        return file;
    }

    /** A misplaced text may be half of a password; single characters are informative enough. */
    private static String withoutContent(String message) {
        return MaskedText.of(message).replaceAll("'[^']{2,}'(?=, expected)", "text");
    }

    private static TomlFile broken(Path path, List<Problem> problems) {
        return new TomlFile(path, Map.of(), Map.of(), problems);
    }

    private void flatten(String prefix, TomlTable table) {
        for (Map.Entry<String, Object> entry : table.entrySet()) {
            String key = prefix + entry.getKey();
            if (entry.getValue() instanceof TomlTable inner && !KNOWN.contains(key)) {
                flatten(key + ".", inner);
                continue;
            }
            // A table in place of a value; its contents are not shown.
            values.put(
                    key,
                    entry.getValue() instanceof TomlArray array
                            ? array.toToml()
                            : entry.getValue() instanceof TomlTable ? "{…}" : String.valueOf(entry.getValue()));
            note(key, entry.getValue(), table.inputPositionOf(List.of(entry.getKey())));
        }
    }

    /** Notes the line of a value and of all its parts. */
    private void note(String place, Object value, TomlPosition position) {
        lines.put(place, position.line());
        if (value instanceof TomlArray array) {
            for (int i = 0; i < array.size(); i++) {
                note(place + Parsed.element(i), array.get(i), array.inputPositionOf(i));
            }
        } else if (value instanceof TomlTable table) {
            for (Map.Entry<String, Object> entry : table.entrySet()) {
                note(place + "." + entry.getKey(), entry.getValue(), table.inputPositionOf(List.of(entry.getKey())));
            }
        }
    }

    /** {@return the line of a part of a key's value, or of its nearest parent that has one} */
    String place(String key, String part) {
        String place = key + part;
        while (!lines.containsKey(place)) {
            place = place.substring(0, Math.max(place.lastIndexOf('.'), place.lastIndexOf('[')));
        }
        return path + " line " + lines.get(place);
    }
}
