package flexo.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlTable;

/** The code, the defaults, the annotated reference and the documentation name the same settings and the same defaults. */
class AllKeysTest {
    private static final Pattern DOCUMENTED = Pattern.compile("^\\| `([a-z0-9_.]+)` \\| (–|`([^`]*)`) \\|.*");
    private static final Pattern TABLE = Pattern.compile("^# \\[\\[([a-z_]+)]]$");
    private static final Pattern COMMENTED_OUT = Pattern.compile("^# ([a-z_0-9]+) = (.*?)( +# .*)?$");

    private final Map<String, String> defaults = Keys.ALL.stream()
            .filter(key -> key.defaultText().isPresent())
            .collect(Collectors.toMap(Key::name, key -> key.defaultText().orElseThrow()));
    private final Set<String> keys = Keys.ALL.stream().map(Key::name).collect(Collectors.toCollection(TreeSet::new));
    private final Set<String> fields =
            Keys.fieldsOfTables().stream().map(Key::name).collect(Collectors.toCollection(TreeSet::new));

    @Test
    void everyNameIsThatOfOneSetting() {
        assertThat(keys).hasSameSizeAs(Keys.ALL);
    }

    @Test
    void propertiesOfMicroProfileConfigAreTheDefaults() throws Exception {
        Properties properties = new Properties();
        try (Reader reader =
                Files.newBufferedReader(Path.of("src/main/resources/META-INF/microprofile-config.properties"))) {
            properties.load(reader);
        }
        assertThat(withoutPrefix(properties)).isEqualTo(defaults);
    }

    @Test
    void everyDefaultIsRight() {
        for (Key<?> key : Keys.ALL) {
            key.defaultText()
                    .ifPresent(value -> assertThat(key.parser().parse(value).mistakes())
                            .as(key.name())
                            .isEmpty());
        }
    }

    @Test
    void everySettingHasAVariableOfItsOwn() {
        assertThat(keys.stream().map(SourceKind.ENVIRONMENT::spell)).doesNotHaveDuplicates();
    }

    @Test
    void theDocumentationListsAllSettingsWithTheirDefaults() throws Exception {
        Map<String, String> documented = new TreeMap<>();
        Map<String, String> withDefault = new TreeMap<>();
        for (String line : Files.readAllLines(Path.of("docs/settings.md"))) {
            Matcher row = DOCUMENTED.matcher(line);
            if (row.matches()) {
                assertThat(documented.put(row.group(1), line)).as(row.group(1)).isNull();
                if (row.group(3) != null) {
                    withDefault.put(row.group(1), row.group(3));
                }
            }
        }

        Set<String> known = new TreeSet<>(keys);
        known.addAll(fields);
        assertThat(documented.keySet()).isEqualTo(known);
        assertThat(withDefault).isEqualTo(defaults);
    }

    @Test
    void theReferenceHoldsAllSettingsWithTheirDefaults(@TempDir Path folder) throws Exception {
        Path reference = reference(folder);

        Map<String, String> values = TomlFile.read(reference).values();
        assertThat(values.keySet()).isEqualTo(defaults.keySet());
        for (Key<?> key : Keys.ALL) {
            if (values.containsKey(key.name())) {
                assertThat(key.parser().parse(values.get(key.name())))
                        .as(key.name())
                        .isEqualTo(key.parser().parse(defaults.get(key.name())));
            }
        }
        Set<String> expected = new TreeSet<>(keys);
        expected.removeAll(defaults.keySet());
        expected.addAll(fields);
        assertThat(commentedOut(reference).keySet()).isEqualTo(expected);
    }

    @Test
    void everyExampleInTheReferenceIsRight(@TempDir Path folder) throws Exception {
        Map<String, Key<?>> byName = Stream.concat(Keys.ALL.stream(), Keys.fieldsOfTables().stream())
                .collect(Collectors.toMap(Key::name, key -> key));

        commentedOut(withFilesThatExist(reference(folder), folder))
                .forEach((name, example) -> assertThat(
                                example.isEmpty()
                                        ? null
                                        : byName.get(name).parser().parse(asText(name, example)))
                        .as(name + " = " + example)
                        .satisfies(parsed -> assertThat(
                                        parsed == null || parsed.mistakes().isEmpty())
                                .isTrue()));
    }

    @Test
    void theReferenceMeansTheSameAsNoFileAtAll(@TempDir Path folder) throws Exception {
        FlexoConfig config = FlexoConfig.load(Sources.file(reference(folder)));

        assertThat(config)
                .usingRecursiveComparison()
                .ignoringFields("configFile", "listening.notFollowed")
                .isEqualTo(FlexoConfig.load(Sources.nothing()));
    }

    @Test
    void theExamplesInTheReferenceAreRight(@TempDir Path folder) throws Exception {
        String uncommented = Pattern.compile("^# (?!config_file)(\\[\\[[a-z_]+]]|[a-z_]+ = .*)$", Pattern.MULTILINE)
                .matcher(Files.readString(withFilesThatExist(reference(folder), folder)))
                .replaceAll("$1");
        Path file = Files.writeString(
                folder.resolve("uncommented.toml"),
                uncommented
                        .lines()
                        .filter(line -> !line.contains("# in place of"))
                        .collect(Collectors.joining("\n")));

        FlexoConfig config = FlexoConfig.load(Sources.file(file));

        assertThat(config.cacheDirectory()).contains(Path.of("/var/cache/flexo/pkg"));
        assertThat(config.limits().lowSpeed().bytesPerSecond()).isEqualTo(250_000);
        assertThat(config.limits().maxBytesPerSecond()).hasValue(10L * 1024 * 1024);
        assertThat(config.customRepositories()).hasSize(1);
        assertThat(config.outbound().rules().upstreams())
                .anyMatch(upstream -> upstream.credential().isPresent());
        assertThat(config.retention().rules().own()).containsOnlyKeys("core", "custom_repo/archzfs");
    }

    /** The settings and fields that are commented out, with their examples; a table has none of its own. */
    private static Map<String, String> commentedOut(Path reference) throws Exception {
        Map<String, String> examples = new TreeMap<>();
        String table = "";
        for (String line : Files.readAllLines(reference)) {
            Matcher begun = TABLE.matcher(line);
            Matcher commented = COMMENTED_OUT.matcher(line);
            if (begun.matches()) {
                table = begun.group(1) + ".";
                examples.put(begun.group(1), "");
            } else if (line.isBlank()) {
                table = "";
            } else if (commented.matches()) {
                examples.put(table + commented.group(1), commented.group(2));
            }
        }
        return examples;
    }

    /** What a reader of TOML would make of an example: the file's own reader, which knows arrays and strings. */
    private static String asText(String name, String example) {
        TomlParseResult parsed = Toml.parse("example = " + example);
        assertThat(parsed.errors()).as(name).isEmpty();
        return parsed.get("example") instanceof TomlTable table
                ? table.toToml()
                : parsed.get("example") instanceof TomlArray array
                        ? array.toToml()
                        : parsed.get("example").toString();
    }

    /** The reference, with a file that exists in place of those that will be somewhere else. */
    private static Path withFilesThatExist(Path reference, Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("existing"), "secret\n");
        return Files.writeString(
                folder.resolve("with-files.toml"),
                Files.readString(reference).replaceAll("= \"/(run|etc)/[^\"]*\"", "= \"" + file + "\""));
    }

    private static Path reference(Path folder) throws Exception {
        try (InputStream resource = AllKeysTest.class.getResourceAsStream("/flexo/flexo-reference.toml")) {
            return Files.writeString(
                    folder.resolve("reference.toml"), new String(resource.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    private static Map<String, String> withoutPrefix(Properties properties) {
        return properties.stringPropertyNames().stream()
                .collect(Collectors.toMap(name -> name.substring(Keys.PREFIX.length()), properties::getProperty));
    }
}
