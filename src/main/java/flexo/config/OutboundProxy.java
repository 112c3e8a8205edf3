package flexo.config;

import java.util.Optional;

/**
 * An HTTP proxy on the way to upstreams, spoken to in plain HTTP.
 *
 * @param host name or address
 * @param port from 1 to 65535
 * @param login what the proxy is told about us; empty if it does not ask
 */
public record OutboundProxy(String host, int port, Optional<Credentials.Login> login) {

    /** {@return its address, without the login} */
    @Override
    public String toString() {
        return "http://" + host + ":" + port;
    }
}
