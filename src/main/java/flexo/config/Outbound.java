package flexo.config;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The way to upstreams.
 *
 * @param connectTimeout 1 to 7500 ms
 * @param userAgent what we call ourselves; empty for the usual name with its version
 * @param proxies where the way leads through
 * @param tls how it is secured
 * @param credentials of upstreams by address; of several that fit, the longest prefix counts
 * @param allowHttpsDowngrade whether a redirect may lead from https to http
 * @param allowPrivateRedirects whether a redirect may lead from a public mirror to a private or loopback address
 */
public record Outbound(
        Duration connectTimeout,
        Optional<String> userAgent,
        Proxies proxies,
        Tls tls,
        List<UpstreamCredentials> credentials,
        boolean allowHttpsDowngrade,
        boolean allowPrivateRedirects) {
    /** Copies the list. */
    public Outbound {
        credentials = List.copyOf(credentials);
    }
}
