package flexo.config;

import flexo.net.IpNetwork;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The settings of access.
 *
 * @param allowedClients the networks of clients that are answered; empty means all
 * @param trustedProxies the networks of proxies whose forwarding headers are trusted
 * @param adminTokenFile the file with the token for changes; empty for a token of our own
 * @param clientFigures whether to keep figures of each client
 * @param webServer the role of a trusted proxy in serving files
 */
public record Access(
        List<IpNetwork> allowedClients,
        List<IpNetwork> trustedProxies,
        Optional<Path> adminTokenFile,
        boolean clientFigures,
        WebServer webServer) {
    public Access {
        allowedClients = List.copyOf(allowedClients);
        trustedProxies = List.copyOf(trustedProxies);
    }
}
