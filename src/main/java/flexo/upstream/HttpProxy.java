package flexo.upstream;

import java.util.Optional;
import org.apache.hc.core5.http.HttpHost;

/**
 * An HTTP proxy: http URLs are requested from it in absolute form, https URLs through a tunnel (CONNECT).
 *
 * @param host its name or address, IPv6 in brackets
 * @param port its port
 * @param credential user and password, if it needs authentication
 */
public record HttpProxy(String host, int port, Optional<Credential> credential) {
    HttpHost httpHost() {
        return new HttpHost("http", host.replaceAll("[\\[\\]]", ""), port);
    }

    /** Its address for people, without credentials. */
    @Override
    public String toString() {
        return "http://" + host + ":" + port;
    }
}
