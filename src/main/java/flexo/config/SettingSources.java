package flexo.config;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The sources of settings except the built-in defaults, strongest first.
 *
 * @param systemProperties names like {@code flexo.connect_timeout}
 * @param environment names like {@code FLEXO_CONNECT_TIMEOUT}
 * @param contextParameters the web application's, names like {@code flexo.connect_timeout}; other names are ignored
 * @param defaultFile the TOML file to read, if it exists, when {@code config_file} is not set
 */
public record SettingSources(
        Map<String, String> systemProperties,
        Map<String, String> environment,
        Map<String, String> contextParameters,
        Path defaultFile) {

    /** The file of the original Flexo. */
    public static final Path FLEXO_TOML = Path.of("/etc/flexo/flexo.toml");

    /** The system property by which the executable WAR declares that the connector follows these settings. */
    private static final String LAUNCHED = "flexo.launched";

    public SettingSources {
        systemProperties = Map.copyOf(systemProperties);
        environment = Map.copyOf(environment);
        contextParameters = Map.copyOf(contextParameters);
    }

    /** {@return the TOML file to read; empty if the setting that names it is invalid} */
    public Optional<Path> file() {
        return namedFile()
                .map(named -> Keys.CONFIG_FILE.parser().parse(named).value())
                .orElse(Optional.of(defaultFile));
    }

    private Optional<String> namedFile() {
        return strongerThanFile().stream()
                .map(source -> source.getValue(Keys.CONFIG_FILE.property()))
                .filter(Objects::nonNull)
                .findFirst();
    }

    /** {@return whether a file is expected: it exists, its directory cannot be searched, or it was named explicitly} */
    boolean fileIsExpected() {
        return namedFile().isPresent() || !Files.notExists(defaultFile, LinkOption.NOFOLLOW_LINKS);
    }

    /** {@return the other sources, strongest first} */
    List<SettingSource> strongerThanFile() {
        return List.of(
                SettingSource.of(SourceKind.SYSTEM_PROPERTIES, systemProperties),
                SettingSource.of(SourceKind.ENVIRONMENT, environment),
                SettingSource.of(SourceKind.CONTEXT_PARAMETERS, contextParameters));
    }

    /** {@return whether the container's connector follows the settings for listening} */
    boolean launched() {
        return systemProperties.containsKey(LAUNCHED);
    }

    /** {@return these sources with another file} */
    public SettingSources reading(Path file) {
        Map<String, String> properties = new HashMap<>(systemProperties);
        properties.put(Keys.CONFIG_FILE.property(), file.toAbsolutePath().toString());
        return new SettingSources(properties, environment, contextParameters, defaultFile);
    }

    /** {@return the places of the settings, for people: the file, and the names of those set elsewhere; no values} */
    public String summary() {
        List<String> found = new ArrayList<>();
        file().map(file -> Files.notExists(file) ? file + " (does not exist)" : file.toString())
                .ifPresent(found::add);
        for (SettingSource source : strongerThanFile()) {
            List<String> names = source.names();
            if (!names.isEmpty()) {
                found.add(source.kind().plural() + " " + String.join(", ", names));
            }
        }
        return String.join("; ", found);
    }

    /**
     * The sources of this process.
     *
     * @param contextParameters the web application's
     * @return a copy of what is set now
     */
    public static SettingSources ofThisProcess(Map<String, String> contextParameters) {
        Map<String, String> properties = new TreeMap<>();
        for (String name : System.getProperties().stringPropertyNames()) {
            // One by one: another thread may have removed it meanwhile.
            String value = System.getProperty(name);
            if (value != null) {
                properties.put(name, value);
            }
        }
        return new SettingSources(properties, System.getenv(), contextParameters, FLEXO_TOML);
    }
}
