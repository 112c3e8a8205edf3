package flexo.upstream;

import java.net.URI;
import java.util.Optional;

/**
 * Selects the proxy of a request by scheme and server.
 *
 * @param http for http URLs; empty for none
 * @param https for https URLs; empty for none
 * @param except servers accessed directly
 */
public record ProxyRules(Optional<HttpProxy> http, Optional<HttpProxy> https, NoProxy except) {
    /** No proxy for anything. */
    public static final ProxyRules DIRECT = new ProxyRules(Optional.empty(), Optional.empty(), NoProxy.NONE);

    Optional<HttpProxy> proxyFor(URI target) {
        Origin server = Origin.of(target);
        Optional<HttpProxy> proxy = server.scheme().equals("https") ? https : http;
        return proxy.filter(any -> !except.covers(server.host(), server.port()));
    }
}
