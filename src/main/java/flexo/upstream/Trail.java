package flexo.upstream;

import java.net.InetAddress;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.apache.hc.core5.http.protocol.HttpContext;

/**
 * The state of one request across its redirects: its start, and the route of the current hop. It is in the context of
 * the request.
 *
 * <p>A request runs on one thread at a time, but not always the same one; hence the volatile fields.
 */
final class Trail {
    private static final String ATTRIBUTE = Trail.class.getName();

    private final URI first;
    private final Optional<Credential> credential;
    /** Of the current hop. */
    private volatile Optional<HttpProxy> proxy = Optional.empty();
    /** Whether the request was sent to the server of this hop, and not only to the proxy before it. */
    private volatile boolean asked;
    /** Whether a server at a public address took part. */
    private volatile boolean publicSeen;
    /** The checked addresses of the server of this hop; empty if it is resolved when it is connected. */
    private volatile List<InetAddress> addresses = List.of();

    /**
     * A request that is about to be sent.
     *
     * @param first its URL, without user and password
     * @param credential the user and password of that URL
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

    /** The user and password of the first URL, if this one is on the same server. */
    Optional<Credential> credentialFor(URI address) {
        return credential.filter(given -> Origin.of(first).equals(Origin.of(address)));
    }

    void hopBegins(Optional<HttpProxy> through) {
        proxy = through;
        asked = false;
        addresses = List.of();
    }

    /** Restricts the server of this hop to these addresses. */
    void pin(List<InetAddress> all) {
        addresses = List.copyOf(all);
    }

    /** All allowed addresses of a server, given one of them. */
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
