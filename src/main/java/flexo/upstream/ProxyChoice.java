package flexo.upstream;

import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Which proxy a request goes through, by the scheme and server of its address.
 *
 * @param http for http addresses; empty if they are asked directly
 * @param https for https addresses; empty if they are asked directly
 * @param except what is asked directly all the same
 */
public record ProxyChoice(Optional<OutboundProxy> http, Optional<OutboundProxy> https, NoProxy except) {
    /** No proxy for anything. */
    public static final ProxyChoice DIRECT =
            new ProxyChoice(Optional.empty(), Optional.empty(), NoProxy.ofVariable(""));

    /**
     * What the variables {@code http_proxy}, {@code https_proxy} and {@code no_proxy} of a process say; where there is
     * none in lower case, the one in upper case counts.
     *
     * @throws IllegalArgumentException with a sentence for people that names the variable, if one is no address of a
     *     proxy
     */
    public static ProxyChoice ofEnvironment(Map<String, String> environment) {
        return new ProxyChoice(
                proxy(environment, "http_proxy"),
                proxy(environment, "https_proxy"),
                NoProxy.ofVariable(variable(environment, "no_proxy").orElse("")));
    }

    private static Optional<OutboundProxy> proxy(Map<String, String> environment, String name) {
        try {
            return variable(environment, name).map(OutboundProxy::of);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("environment variable " + name + ": " + e.getMessage(), e);
        }
    }

    private static Optional<String> variable(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name))
                .filter(value -> !value.isBlank())
                .or(() -> Optional.ofNullable(environment.get(name.toUpperCase(Locale.ROOT)))
                        .filter(value -> !value.isBlank()));
    }

    Optional<OutboundProxy> proxyFor(URI target) {
        Optional<OutboundProxy> proxy = Origin.of(target).scheme().equals("https") ? https : http;
        return proxy.filter(
                any -> !except.covers(target.getHost(), Origin.of(target).port()));
    }
}
