package flexo.upstream;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.function.Supplier;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpRequestInterceptor;
import org.apache.hc.core5.http.ProtocolException;
import org.apache.hc.core5.http.protocol.HttpContext;

/**
 * Adds our headers to each request, and none that are meant for another server. The library calls it for every hop,
 * with the headers of the first request in their original state, but not for CONNECT requests to a proxy.
 */
final class RequestHeaders implements HttpRequestInterceptor {
    private final String via;
    private final Supplier<OutboundRules> rules;

    RequestHeaders(String via, Supplier<OutboundRules> rules) {
        this.via = via;
        this.rules = rules;
    }

    @Override
    public void process(HttpRequest request, EntityDetails entity, HttpContext context) throws ProtocolException {
        Trail trail = Trail.of(context);
        trail.serverIsAsked();
        Header before = request.getFirstHeader(HttpHeaders.VIA);
        request.setHeader(HttpHeaders.VIA, (before == null ? "" : before.getValue() + ", ") + "1.1 " + via);
        URI address = address(request);
        rules.get().headers(address).forEach(request::setHeader);
        trail.credentialFor(address)
                .or(() -> rules.get().credential(address))
                .ifPresent(known -> request.setHeader(HttpHeaders.AUTHORIZATION, known.headerValue()));
    }

    private static URI address(HttpRequest request) throws ProtocolException {
        try {
            return request.getUri();
        } catch (URISyntaxException e) {
            throw new ProtocolException("the address of a request cannot be read", e);
        }
    }
}
