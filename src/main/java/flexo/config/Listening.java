package flexo.config;

import java.util.List;

/**
 * Where clients find the server. The container's connector is there before the application; the executable WAR has it follow these.
 *
 * @param address an IP address or a host name
 * @param port from 1 to 65535
 * @param notFollowed what was set in places that the connector does not know, as {@code key = value (source)}
 */
public record Listening(String address, int port, List<String> notFollowed) {
    /** Copies the list. */
    public Listening {
        notFollowed = List.copyOf(notFollowed);
    }
}
