package flexo.upstream;

import java.net.URI;

/** Asks rules of the way out what each request asks of them. */
public final class OutboundInUse {
    private OutboundInUse() {}

    /** Asks for one address. */
    public static void use(OutboundRules rules, URI address) {
        rules.proxyFor(address, address).ifPresent(proxy -> {
            proxy.httpHost();
            proxy.credential().ifPresent(Credential::headerValue);
        });
        rules.credential(address).ifPresent(Credential::headerValue);
        rules.headers(address);
    }
}
