package flexo.config;

import java.util.List;

/**
 * The address of the server. The container opens its connector before the application starts; the executable WAR
 * applies these settings to it.
 *
 * @param address an IP address or a host name
 * @param port from 1 to 65535
 * @param notFollowed settings from sources that the connector does not know, as {@code key = value (source)}
 */
public record Listening(String address, int port, List<String> notFollowed) {
    public Listening {
        notFollowed = List.copyOf(notFollowed);
    }
}
