package flexo.upstream;

import java.net.URI;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The rules for outgoing requests: proxies, credentials, and redirects.
 *
 * @param proxies the general proxies
 * @param upstreams upstreams with settings of their own; the longest matching path wins
 * @param redirects the rules for redirects
 */
public record OutboundRules(ProxyRules proxies, List<UpstreamAccess> upstreams, RedirectRules redirects) {
    /** Directly, without credentials, with the default rules for redirects. */
    public static final OutboundRules PLAIN = new OutboundRules(ProxyRules.DIRECT, List.of(), RedirectRules.USUAL);

    /**
     * The rules for redirects.
     *
     * @param httpsDowngrade whether they may lead from https to http
     * @param privateFromPublic whether they may lead from a public address to a private one
     */
    public record RedirectRules(boolean httpsDowngrade, boolean privateFromPublic) {
        /** Neither. */
        public static final RedirectRules USUAL = new RedirectRules(false, false);
    }

    /** Sorts by length, the longest first. */
    public OutboundRules {
        upstreams = upstreams.stream()
                .sorted(Comparator.comparingInt(
                        upstream -> -upstream.prefix().getRawPath().length()))
                .toList();
    }

    /** The same with further upstreams. */
    public OutboundRules with(List<UpstreamAccess> more) {
        return new OutboundRules(
                proxies, Stream.concat(upstreams.stream(), more.stream()).toList(), redirects);
    }

    Optional<Credential> credential(URI address) {
        return first(address, UpstreamAccess::credential);
    }

    /** Additional headers for a URL, by name. */
    Map<String, String> headers(URI address) {
        Map<String, String> headers = new LinkedHashMap<>();
        covering(address).forEach(upstream -> upstream.headers().forEach(headers::putIfAbsent));
        return headers;
    }

    /**
     * The proxy for a URL.
     *
     * @param origin the URL from which redirects led there; the URL itself if none did. A redirect target uses the same
     *     proxy as the redirecting upstream, unless it has a setting of its own
     */
    Optional<HttpProxy> proxyFor(URI address, URI origin) {
        Optional<UpstreamAccess.Way> own =
                first(address, UpstreamAccess::way).or(() -> first(origin, UpstreamAccess::way));
        return own.isPresent() ? own.get().proxy() : proxies.proxyFor(address);
    }

    private <T> Optional<T> first(URI address, Function<UpstreamAccess, Optional<T>> what) {
        return covering(address).map(what).flatMap(Optional::stream).findFirst();
    }

    private Stream<UpstreamAccess> covering(URI address) {
        return upstreams.stream().filter(upstream -> upstream.covers(address));
    }
}
