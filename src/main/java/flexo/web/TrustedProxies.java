package flexo.web;

import flexo.net.IpNetwork;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;

/**
 * The reverse proxies whose word counts: that of {@code X-Forwarded-For} about the client, and that of
 * {@code X-Forwarded-Host} and {@code X-Forwarded-Proto} about the name it used.
 */
public final class TrustedProxies {
    private final Supplier<List<IpNetwork>> networks;

    /**
     * The proxies in these networks.
     *
     * @param networks asked for with each request
     */
    public TrustedProxies(Supplier<List<IpNetwork>> networks) {
        this.networks = networks;
    }

    /** Where the client of a request is. */
    ClientAddress client(HttpServletRequest request) {
        return ClientAddress.of(
                request.getRemoteAddr(), Collections.list(request.getHeaders("X-Forwarded-For")), networks.get());
    }

    /** Tells whether the connection of a request is a trusted proxy's, so that its {@code X-Forwarded-…} headers count. */
    boolean sent(HttpServletRequest request) {
        List<IpNetwork> trusted = networks.get();
        return ClientAddress.of(request.getRemoteAddr(), List.of(), trusted).isIn(trusted);
    }
}
