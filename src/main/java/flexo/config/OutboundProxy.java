package flexo.config;

import java.util.Optional;

/**
 * An HTTP proxy on the way to upstreams.
 *
 * @param host name or address
 * @param port from 1 to 65535
 * @param tls whether the proxy itself is spoken to by TLS
 * @param login what the proxy is told about us; empty if it does not ask
 */
public record OutboundProxy(String host, int port, boolean tls, Optional<Credentials.Login> login) {

    /** {@return its address, without the login} */
    @Override
    public String toString() {
        return (tls ? "https://" : "http://") + host + ":" + port;
    }
}
