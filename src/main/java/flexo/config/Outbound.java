package flexo.config;

import flexo.upstream.OutboundRules;
import flexo.upstream.TlsSetup;
import java.time.Duration;
import java.util.Optional;

/**
 * The way to upstreams.
 *
 * @param connectTimeout 1 to 7500 ms
 * @param userAgent our User-Agent; empty for the default with our version
 * @param tls the TLS files; they were readable when the settings were read, their contents were not checked
 * @param rules the way to each upstream, except for mirrors in the mirrorlists of unofficial repositories
 */
public record Outbound(Duration connectTimeout, Optional<String> userAgent, TlsSetup.Files tls, OutboundRules rules) {}
