package flexo.config;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where settings are looked for, all but the built-in defaults; strongest first.
 *
 * @param systemProperties names like {@code flexo.connect_timeout}
 * @param environment names like {@code FLEXO_CONNECT_TIMEOUT}
 * @param contextParameters the web application's, names like {@code flexo.connect_timeout}; other names are not looked at
 * @param defaultFile the TOML file that is read, if it exists, when {@code config_file} is not set
 */
public record SettingSources(
        Map<String, String> systemProperties,
        Map<String, String> environment,
        Map<String, String> contextParameters,
        Path defaultFile) {

    /** The file Flexo has always read. */
    public static final Path FLEXO_TOML = Path.of("/etc/flexo/flexo.toml");

    /** Copies the maps. */
    public SettingSources {
        systemProperties = Map.copyOf(systemProperties);
        environment = Map.copyOf(environment);
        contextParameters = Map.copyOf(contextParameters);
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
            // Read one by one: another thread may have removed it meanwhile.
            String value = System.getProperty(name);
            if (value != null) {
                properties.put(name, value);
            }
        }
        return new SettingSources(properties, System.getenv(), contextParameters, FLEXO_TOML);
    }
}
