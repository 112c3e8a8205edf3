package flexo.upstream;

import java.net.URI;
import java.util.Optional;

/**
 * Which proxy a request goes through, by the scheme and server of its address.
 *
 * @param http for http addresses; empty if they are asked directly
 * @param https for https addresses; empty if they are asked directly
 * @param except what is asked directly all the same
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
