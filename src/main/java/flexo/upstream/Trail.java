package flexo.upstream;

import java.net.InetAddress;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.apache.hc.core5.http.protocol.HttpContext;

/**
 * What one request has been through: where it began, and which way it goes at the moment. It lies in the context of the
 * request.
 *
 * <p>Its request is driven by one thread at a time, but not always the same one; hence the volatile fields.
 */
final class Trail {
    private static final String ATTRIBUTE = Trail.class.getName();

    private final URI first;
    private final Optional<Credential> credential;
    /** Of the hop at hand. */
    private volatile Optional<HttpProxy> proxy = Optional.empty();
    /** Whether the server of this hop, and not only the proxy before it, was sent the request. */
    private volatile boolean asked;
    /** Whether a server at a public address took part. */
    private volatile boolean publicSeen;
    /** The addresses of the server of this hop that were looked at; empty if it is looked up when it is connected. */
    private volatile List<InetAddress> addresses = List.of();

    /**
     * A request that is about to be sent.
     *
     * @param first its address, without user and password
     * @param credential the user and password of that address
     */
    Trail(URI first, Optional<Credential> credential) {
        this.first = first;
        this.credential = credential;
    }

    static Trail of(HttpContext context) {
        return (Trail) context.getAttribute(ATTRIBUTE);
    }

    void liesIn(HttpContext context) {
        context.setAttribute(ATTRIBUTE, this);
    }

    URI first() {
        return first;
    }

    /** The user and password of the first address, if this one is on the same server. */
    Optional<Credential> credentialFor(URI address) {
        return credential.filter(given -> Origin.of(first).equals(Origin.of(address)));
    }

    void hopBegins(Optional<HttpProxy> through) {
        proxy = through;
        asked = false;
        addresses = List.of();
    }

    /** The server of this hop may be connected at these alone. */
    void pin(List<InetAddress> all) {
        addresses = List.copyOf(all);
    }

    /** All addresses at which a server may be connected that may be connected at this one. */
    List<InetAddress> addresses(InetAddress one) {
        return addresses.contains(one) ? addresses : List.of(one);
    }

    void serverIsAsked() {
        asked = true;
    }

    void publicServerTookPart() {
        publicSeen = true;
    }

    Optional<HttpProxy> proxy() {
        return proxy;
    }

    boolean asked() {
        return asked;
    }

    boolean publicSeen() {
        return publicSeen;
    }
}
