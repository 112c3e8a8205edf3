package flexo.upstream;

import java.net.InetAddress;
import java.net.URI;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.auth.UsernamePasswordCredentials;
import org.apache.hc.client5.http.impl.auth.BasicScheme;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.client5.http.routing.HttpRoutePlanner;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.protocol.HttpContext;

/** Routes a hop directly or through a proxy, with the credentials for that proxy. */
final class OutboundRoutes implements HttpRoutePlanner {
    private final Supplier<OutboundRules> rules;

    OutboundRoutes(Supplier<OutboundRules> rules) {
        this.rules = rules;
    }

    /** The route of the first hop, which the library asks for; the URL is in the context. */
    @Override
    public HttpRoute determineRoute(HttpHost host, HttpContext context) {
        HttpClientContext request = HttpClientContext.cast(context);
        return route(Trail.of(context).first(), request);
    }

    /** The route of a hop that is about to begin. */
    HttpRoute route(URI address, HttpClientContext context) {
        Trail trail = Trail.of(context);
        Optional<HttpProxy> proxy = rules.get().proxyFor(address, trail.first());
        trail.hopBegins(proxy);
        Origin server = Origin.of(address);
        HttpHost target = new HttpHost(server.scheme(), withoutBrackets(server.host()), server.port());
        boolean secure = server.scheme().equals("https");
        if (proxy.isEmpty()) {
            return new HttpRoute(target, null, secure);
        }
        introduce(proxy.get(), context);
        return new HttpRoute(target, null, proxy.get().httpHost(), secure);
    }

    /** The direct route of a hop to one address of its server, which is not resolved again. */
    static HttpRoute pinned(HttpRoute route, InetAddress address) {
        HttpHost target = route.getTargetHost();
        return new HttpRoute(
                new HttpHost(target.getSchemeName(), address, target.getHostName(), target.getPort()),
                null,
                route.isSecure());
    }

    private static void introduce(HttpProxy proxy, HttpClientContext context) {
        proxy.credential().ifPresent(known -> {
            BasicScheme basic = new BasicScheme();
            basic.initPreemptive(new UsernamePasswordCredentials(
                    known.user().orElse(""), known.secret().toCharArray()));
            context.resetAuthExchange(proxy.httpHost(), basic);
        });
    }

    private static String withoutBrackets(String host) {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }
}
