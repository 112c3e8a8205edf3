package flexo.config;

import flexo.upstream.OutboundRules;
import flexo.upstream.TlsSetup;
import java.time.Duration;
import java.util.Optional;

/**
 * The way to upstreams.
 *
 * @param connectTimeout 1 to 7500 ms
 * @param userAgent what we call ourselves; empty for the usual name with its version
 * @param tls how the way is secured; the files could be read when the settings were, what is in them was not looked at
 * @param rules how each upstream is asked, but for the mirrors in lists of unofficial repositories
 */
public record Outbound(Duration connectTimeout, Optional<String> userAgent, TlsSetup.Files tls, OutboundRules rules) {}
