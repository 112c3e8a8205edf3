package flexo.config;

import flexo.net.IpNetwork;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Who may come, and who may steer.
 *
 * @param allowedClients the networks of clients that are answered; empty means all
 * @param trustedProxies the networks of proxies that may say for whom they ask
 * @param adminTokenFile where the token stands that whoever steers has to show; empty for one of our own
 * @param webServer what a trusted proxy does with files
 */
public record Access(
        List<IpNetwork> allowedClients,
        List<IpNetwork> trustedProxies,
        Optional<Path> adminTokenFile,
        WebServer webServer) {
    /** Copies the lists. */
    public Access {
        allowedClients = List.copyOf(allowedClients);
        trustedProxies = List.copyOf(trustedProxies);
    }
}
