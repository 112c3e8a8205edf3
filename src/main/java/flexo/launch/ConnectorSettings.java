package flexo.launch;

import org.apache.tomcat.util.IntrospectionUtils;

/**
 * Passes port and address from any source of settings to {@code server.xml}, under the names of their environment
 * variables, so that the same file works in a separate Tomcat, which knows only the environment.
 */
public final class ConnectorSettings implements IntrospectionUtils.PropertySource {
    public ConnectorSettings() {}

    @Override
    public String getProperty(String key) {
        return switch (key) {
            case "FLEXO_PORT" -> System.getProperty(ReadSettings.PORT);
            case "FLEXO_LISTEN_IP_ADDRESS" -> System.getProperty(ReadSettings.ADDRESS);
            default -> null;
        };
    }
}
