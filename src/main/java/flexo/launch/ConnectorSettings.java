package flexo.launch;

import org.apache.tomcat.util.IntrospectionUtils;

/**
 * Gives {@code server.xml} the port and the address of the settings, whatever source they are from, under the names of their environment
 * variables: the same file works in a Tomcat of one's own, which knows only the environment.
 */
public final class ConnectorSettings implements IntrospectionUtils.PropertySource {
    /** Made by Tomcat. */
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
