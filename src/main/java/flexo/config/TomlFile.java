package flexo.config;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlTable;

/**
 * What a TOML file says, flattened to text by key.
 *
 * @param path of the file
 * @param values by key, tables joined with a dot, arrays as they are written in TOML; empty if the file is broken
 * @param lines by key: the line of the key, then those of the elements if it is an array; counted from 1
 * @param problems why the file cannot be read
 */
record TomlFile(Path path, Map<String, String> values, Map<String, List<Integer>> lines, List<Problem> problems) {
    private static final Set<String> KNOWN = Keys.ALL.stream().map(Key::name).collect(Collectors.toUnmodifiableSet());
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    /** {@return the file's settings, or what is wrong with it} */
    static TomlFile read(Path path) {
        try {
            String text = Files.readString(path);
            // Some editors begin a file so; TOML does not know it.
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
                                    + e.getClass().getSimpleName() + "); is it a file that this user may read?")));
        }
    }

    private static TomlFile parse(Path path, String text) {
        TomlParseResult parsed = Toml.parse(text);
        if (parsed.hasErrors()) {
            return broken(
                    path,
                    parsed.errors().stream()
                            .map(error -> Problem.broken(
                                    path + " line " + error.position().line() + ", column "
                                            + error.position().column(),
                                    "not TOML: " + Secrets.mask(error.getMessage())))
                            .toList());
        }
        TomlFile file = new TomlFile(path, new HashMap<>(), new HashMap<>(), List.of());
        file.flatten("", parsed);
        return file;
    }

    private static TomlFile broken(Path path, List<Problem> problems) {
        return new TomlFile(path, Map.of(), Map.of(), problems);
    }

    private void flatten(String prefix, TomlTable table) {
        for (Map.Entry<String, Object> entry : table.entrySet()) {
            String key = prefix + entry.getKey();
            int line = table.inputPositionOf(List.of(entry.getKey())).line();
            if (entry.getValue() instanceof TomlTable inner && !KNOWN.contains(key)) {
                flatten(key + ".", inner);
            } else if (entry.getValue() instanceof TomlArray array) {
                values.put(key, array.toToml());
                IntStream elements = IntStream.range(0, array.size())
                        .map(element -> array.inputPositionOf(element).line());
                lines.put(key, Stream.concat(Stream.of(line), elements.boxed()).toList());
            } else {
                // A table where a single value belongs is no value of any setting; its content is not shown.
                values.put(key, entry.getValue() instanceof TomlTable ? "{…}" : String.valueOf(entry.getValue()));
                lines.put(key, List.of(line));
            }
        }
    }

    /** {@return the line of a key, or of one element of its array} */
    String place(String key, int element) {
        List<Integer> known = lines.get(key);
        return path + " line " + known.get(element + 1 < known.size() ? element + 1 : 0);
    }
}
