package flexo.upstream;

import java.net.URI;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * How requests leave the house: through which proxies, with which credentials, and where redirects may lead.
 *
 * @param proxies the usual ones
 * @param upstreams those that are asked in a way of their own; where several cover an address, the longest counts
 * @param redirects where redirects may lead
 */
public record WayOut(ProxyChoice proxies, List<UpstreamAccess> upstreams, RedirectRules redirects) {
    /** Directly, as nobody in particular, with the usual rules. */
    public static final WayOut PLAIN = new WayOut(ProxyChoice.DIRECT, List.of(), RedirectRules.USUAL);

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

    /** Copies what could be changed. */
    public WayOut {
        upstreams = List.copyOf(upstreams);
    }

    /** The upstream's own rule for an address. */
    Optional<UpstreamAccess> access(URI address) {
        return upstreams.stream()
                .filter(upstream -> upstream.covers(address))
                .max(Comparator.comparingInt(
                        upstream -> upstream.prefix().getRawPath().length()));
    }

    /**
     * The proxy for an address.
     *
     * @param first the address from which redirects led there; the address itself if none did. What a redirect leads to
     *     is asked the same way as the upstream that redirects, unless it has a way of its own
     */
    Optional<OutboundProxy> proxyFor(URI address, URI first) {
        UpstreamAccess.Way way = access(address)
                .map(UpstreamAccess::proxy)
                .filter(own -> !(own instanceof UpstreamAccess.Way.Usual))
                .or(() -> access(first).map(UpstreamAccess::proxy))
                .orElse(new UpstreamAccess.Way.Usual());
        if (way instanceof UpstreamAccess.Way.Through through) {
            return Optional.of(through.proxy());
        }
        return way instanceof UpstreamAccess.Way.Direct ? Optional.empty() : proxies.proxyFor(address);
    }

    /** Looks whether secrets have changed where they are kept. May read small files. */
    void refresh() {
        upstreams.forEach(UpstreamAccess::refresh);
        proxies.http()
                .flatMap(OutboundProxy::credential)
                .ifPresent(known -> known.secret().refresh());
        proxies.https()
                .flatMap(OutboundProxy::credential)
                .ifPresent(known -> known.secret().refresh());
    }
}
