package flexo.upstream;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import org.apache.hc.core5.http.HttpHost;

/**
 * An HTTP proxy through which requests leave: http addresses by asking it for them whole, https addresses by a tunnel
 * (CONNECT).
 *
 * @param host its name or address
 * @param port its port
 * @param credential who we are to it, if it wants to know
 */
public record OutboundProxy(String host, int port, Optional<Credential> credential) {
    /** As curl takes it where an address names none. */
    private static final int USUAL_PORT = 1080;

    /**
     * The proxy at an address as people write it: {@code http://user:password@host:port/}, of which all but the host may
     * be left out.
     *
     * @throws IllegalArgumentException with a sentence for people that holds no password
     */
    public static OutboundProxy of(String address) {
        String text = address.strip();
        try {
            URI uri = new URI(text.contains("://") ? text : "http://" + text);
            if (!uri.getScheme().toLowerCase(Locale.ROOT).equals("http")) {
                throw unusable("only proxies that are spoken to in plain HTTP (http://host:port) can be used");
            }
            if (uri.getHost() == null) {
                throw unusable("it names no host");
            }
            return new OutboundProxy(
                    uri.getHost(),
                    uri.getPort() < 0 ? USUAL_PORT : uri.getPort(),
                    Optional.ofNullable(uri.getUserInfo()).map(Credential::ofUserInfo));
        } catch (URISyntaxException e) {
            // Its message quotes the address, which may hold a password.
            throw unusable("it is not a well-formed URL");
        }
    }

    private static IllegalArgumentException unusable(String reason) {
        return new IllegalArgumentException("not the address of a proxy: " + reason);
    }

    /** The same proxy with a credential; that of its address counts no more. */
    public OutboundProxy with(Credential other) {
        return new OutboundProxy(host, port, Optional.of(other));
    }

    HttpHost httpHost() {
        return new HttpHost("http", host.replaceAll("[\\[\\]]", ""), port);
    }

    /** Its address for people, without credentials. */
    @Override
    public String toString() {
        return "http://" + host + ":" + port;
    }
}
