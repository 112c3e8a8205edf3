package flexo.config;

import java.util.Optional;

/**
 * What was said about a proxy where one may be named.
 *
 * @param proxy the one to use; empty means the direct way, which is written {@code none}
 */
public record ProxyChoice(Optional<OutboundProxy> proxy) {}
