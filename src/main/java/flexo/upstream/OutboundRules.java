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
 * How requests leave the house: through which proxies, with which credentials, and where redirects may lead.
 *
 * @param proxies the usual ones
 * @param upstreams those that are asked in a way of their own; where several say something of an address, the one with the
 *     longest path counts
 * @param redirects where redirects may lead
 */
public record OutboundRules(ProxyRules proxies, List<UpstreamAccess> upstreams, RedirectRules redirects) {
    /** Directly, as nobody in particular, with the usual rules for redirects. */
    public static final OutboundRules PLAIN = new OutboundRules(ProxyRules.DIRECT, List.of(), RedirectRules.USUAL);

    /**
     * Where redirects may lead.
     *
     * @param httpsDowngrade whether from https to http
     * @param privateFromPublic whether from a public address to a private one
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

    /** The same, with more upstreams. */
    public OutboundRules with(List<UpstreamAccess> more) {
        return new OutboundRules(
                proxies, Stream.concat(upstreams.stream(), more.stream()).toList(), redirects);
    }

    Optional<Credential> credential(URI address) {
        return first(address, UpstreamAccess::credential);
    }

    /** What else is sent to an address, by name. */
    Map<String, String> headers(URI address) {
        Map<String, String> headers = new LinkedHashMap<>();
        covering(address).forEach(upstream -> upstream.headers().forEach(headers::putIfAbsent));
        return headers;
    }

    /**
     * The proxy for an address.
     *
     * @param origin the address from which redirects led there; the address itself if none did. What a redirect leads to
     *     is asked the same way as the upstream that redirects, unless it has a way of its own
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
