package flexo.app;

import flexo.cache.DiskFailure;
import flexo.log.RepeatedLines;
import flexo.web.AdminToken;
import flexo.web.Steering;
import flexo.web.TrustedProxies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The trusted parties.
 *
 * @param proxies trusted to name the client
 * @param steering trusted to make changes
 */
record Trust(TrustedProxies proxies, Steering steering) {
    private static final Logger LOG = Logger.getLogger(Trust.class.getName());

    /** Creates a token at the first start, unless a setting names one. */
    static Trust of(Settings settings, Places places, RepeatedLines lines) {
        Path own = places.state().file("admin_token");
        if (settings.current().access().adminTokenFile().isEmpty()) {
            make(own);
        }
        TrustedProxies proxies =
                new TrustedProxies(settings.supplier(config -> config.access().trustedProxies()));
        AdminToken token = new AdminToken(
                settings.supplier(config -> config.access().adminTokenFile().orElse(own)));
        return new Trust(proxies, new Steering(token, proxies, lines, System::nanoTime));
    }

    private static void make(Path own) {
        try {
            AdminToken.create(own);
            // A file that is there and cannot be read is no token.
            Files.newInputStream(own).close();
            LOG.log(Level.INFO, "The admin token is in {0}", own);
        } catch (IOException e) {
            LOG.log(
                    Level.WARNING,
                    "The admin token in {0} can be neither made nor read by the user {1}: {2}. Only users with"
                            + " the role flexo-admin may steer, unless admin_token_file names a file with a token",
                    new Object[] {own, System.getProperty("user.name"), DiskFailure.reason(e)});
        }
    }
}
