package flexo.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The code, the defaults, the annotated reference and the documentation name the same settings and the same defaults. */
class AllKeysTest {
    private static final Pattern DOCUMENTED = Pattern.compile("^\\| `([a-z0-9_.]+)` \\| (–|`([^`]*)`) \\|.*");
    private static final Pattern COMMENTED_OUT = Pattern.compile("^# (?:\\[\\[([a-z_]+)]]|([a-z_0-9]+) = .*)$");
    /** Inside the commented table of custom_repo. */
    private static final Set<String> INNER = Set.of("name", "url");

    private final Map<String, String> defaults = withoutPrefix(ConfigReading.defaults());
    private final Set<String> keys = Keys.ALL.stream().map(Key::name).collect(Collectors.toCollection(TreeSet::new));

    @Test
    void everyDefaultBelongsToASetting() {
        assertThat(keys).hasSameSizeAs(Keys.ALL).containsAll(defaults.keySet());
    }

    @Test
    void everyDefaultIsRight() {
        for (Key<?> key : Keys.ALL) {
            String value = defaults.get(key.name());
            if (value != null) {
                assertThat(key.parser().parse(value).mistakes()).as(key.name()).isEmpty();
            }
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

        assertThat(documented.keySet()).isEqualTo(keys);
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
        Set<String> withoutDefault = new TreeSet<>();
        for (String line : Files.readAllLines(reference)) {
            Matcher commented = COMMENTED_OUT.matcher(line);
            if (commented.matches()) {
                String name = commented.group(1) == null ? commented.group(2) : commented.group(1);
                if (!INNER.contains(name)) {
                    withoutDefault.add(name);
                }
            }
        }
        Set<String> expected = new TreeSet<>(keys);
        expected.removeAll(defaults.keySet());
        assertThat(withoutDefault).isEqualTo(expected);
    }

    @Test
    void theReferenceMeansTheSameAsNoFileAtAll(@TempDir Path folder) throws Exception {
        FlexoConfig config = FlexoConfig.load(Sources.file(reference(folder)));

        assertThat(config)
                .usingRecursiveComparison()
                .ignoringFields("configFile", "connectorSettings")
                .isEqualTo(FlexoConfig.load(Sources.nothing()));
    }

    @Test
    void theExamplesInTheReferenceAreRight(@TempDir Path folder) throws Exception {
        Path reference = reference(folder);
        String uncommented = Pattern.compile("^# (?!config_file)(\\[\\[[a-z_]+]]|[a-z_]+ = .*)$", Pattern.MULTILINE)
                .matcher(Files.readString(reference))
                .replaceAll("$1");
        Path file = Files.writeString(folder.resolve("uncommented.toml"), uncommented);

        FlexoConfig config = FlexoConfig.load(Sources.file(file));

        assertThat(config.cacheDirectory()).contains(Path.of("/var/cache/flexo/pkg"));
        assertThat(config.lowSpeedLimitBytesPerSecond()).isEqualTo(250_000);
        assertThat(config.customRepositories()).hasSize(1);
        assertThat(config.maxSpeedLimitBytesPerSecond()).hasValue(10L * 1024 * 1024);
    }

    private static Path reference(Path folder) throws Exception {
        try (InputStream resource = AllKeysTest.class.getResourceAsStream("/flexo/flexo-reference.toml")) {
            return Files.writeString(
                    folder.resolve("reference.toml"), new String(resource.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    private static Map<String, String> withoutPrefix(Map<String, String> properties) {
        Map<String, String> named = new TreeMap<>();
        properties.forEach((name, value) -> named.put(name.substring(Keys.PREFIX.length()), value));
        return named;
    }
}
