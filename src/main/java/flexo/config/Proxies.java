package flexo.config;

import java.util.List;
import java.util.Optional;

/**
 * The proxies on the way out, from our settings, and where these say nothing from the process's own variables.
 *
 * @param http for http addresses; empty for the direct way
 * @param https for https addresses; empty for the direct way
 * @param noProxy hosts that are reached directly: a name with all below it, an address, a network such as {@code
 *     10.0.0.0/8}, each possibly with {@code :port}; {@code *} means all; in lower case, without a leading dot
 */
public record Proxies(Optional<OutboundProxy> http, Optional<OutboundProxy> https, List<String> noProxy) {
    /** Copies the list. */
    public Proxies {
        noProxy = List.copyOf(noProxy);
    }
}
