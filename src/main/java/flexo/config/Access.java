package flexo.config;

import flexo.net.IpNetwork;
import java.util.List;

/**
 * Who may come.
 *
 * @param allowedClients the networks of clients that are answered; empty means all
 * @param trustedProxies the networks of proxies that may say for whom they ask
 */
public record Access(List<IpNetwork> allowedClients, List<IpNetwork> trustedProxies) {
    /** Copies the lists. */
    public Access {
        allowedClients = List.copyOf(allowedClients);
        trustedProxies = List.copyOf(trustedProxies);
    }
}
