package flexo.web;

import flexo.net.IpNetwork;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;

/**
 * The trusted reverse proxies: their {@code X-Forwarded-For} names the client, their {@code X-Forwarded-Host} and
 * {@code X-Forwarded-Proto} the URL it used.
 */
public final class TrustedProxies {
    private final Supplier<List<IpNetwork>> networks;

    /**
     * Trusts the proxies in these networks.
     *
     * @param networks evaluated for each request
     */
    public TrustedProxies(Supplier<List<IpNetwork>> networks) {
        this.networks = networks;
    }

    /** The address of a request's client. */
    ClientAddress client(HttpServletRequest request) {
        return ClientAddress.of(
                request.getRemoteAddr(), Collections.list(request.getHeaders("X-Forwarded-For")), networks.get());
    }

    /** Whether a request comes from a trusted proxy, so that its {@code X-Forwarded-…} headers count. */
    boolean sent(HttpServletRequest request) {
        List<IpNetwork> trusted = networks.get();
        return ClientAddress.of(request.getRemoteAddr(), List.of(), trusted).isIn(trusted);
    }
}
