package flexo.app;

import flexo.cache.PackageCache;
import flexo.config.CacheDirectoryChoice;
import flexo.config.FlexoConfig;
import flexo.config.InvalidConfigException;
import flexo.config.MirrorSelectionMethod;
import flexo.download.Deadlines;
import flexo.download.DownloadContext;
import flexo.download.Downloads;
import flexo.download.LowSpeedLimit;
import flexo.mirror.Mirror;
import flexo.mirror.MirrorSelector;
import flexo.upstream.HttpMirrorClient;
import flexo.web.ClientStreams;
import flexo.web.FileServlet;
import flexo.web.MisconfiguredServlet;
import flexo.web.StatusServlet;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.ServletRegistration;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;

/**
 * Builds the application when the container deploys it, and takes it down again: its table of contents.
 *
 * <p>What begins here ends here, in the opposite order, so that an undeployed application leaves no thread, no
 * connection and no class loader behind.
 */
public final class Application implements ServletContextListener {
    private static final Logger LOG = Logger.getLogger(Application.class.getName());
    private static final String EVERYTHING = "/*";

    /** Null while there is nothing to take down. */
    private Threads threads;

    private HttpMirrorClient mirrorClient;
    private Downloads downloads;
    private ClientStreams streams;

    @Override
    public void contextInitialized(ServletContextEvent event) {
        ServletContext context = event.getServletContext();
        try {
            start(context, FlexoConfig.load(contextParameters(context)));
        } catch (InvalidConfigException e) {
            LOG.log(Level.SEVERE, e.getMessage());
            add(context, "misconfigured", new MisconfiguredServlet(e.getMessage()), EVERYTHING);
        }
    }

    private void start(ServletContext context, FlexoConfig config) {
        config.warnings().forEach(warning -> LOG.warning(warning.toString()));
        config.connectorNote().ifPresent(LOG::info);
        CacheDirectoryChoice cacheDirectory =
                CacheDirectoryChoice.choose(config.cacheDirectory(), System.getenv(), containerBase(context));
        LOG.log(Level.INFO, "Packages are kept in {0}: {1}", new Object[] {
            cacheDirectory.directory(), cacheDirectory.reason()
        });

        threads = new Threads();
        mirrorClient = new HttpMirrorClient(config.connectTimeout(), userAgent(), threads.reactor());
        downloads = new Downloads(new DownloadContext(
                new PackageCache(cacheDirectory.directory()),
                MirrorSelector.inOrder(mirrors(config)),
                mirrorClient,
                Deadlines.standard(),
                new LowSpeedLimit(config.lowSpeedLimitBytesPerSecond(), config.lowSpeedTime()),
                threads.timer(),
                threads.storage(),
                threads.connecting(),
                System::nanoTime,
                InstantSource.system()));
        streams = new ClientStreams(threads.pumps(), threads.timer(), config.clientTimeout(), System::nanoTime);

        add(context, "status", new StatusServlet(), "/status");
        add(context, "files", new FileServlet(downloads, streams), EVERYTHING);
    }

    private static List<Mirror> mirrors(FlexoConfig config) {
        List<URI> mirrors = config.mirrorSelectionMethod() == MirrorSelectionMethod.AUTO
                        && config.mirrorsPredefined().isEmpty()
                ? List.of(config.provisionalMirror())
                : config.mirrorsPredefined();
        return mirrors.stream().map(Mirror::new).toList();
    }

    @Override
    public void contextDestroyed(ServletContextEvent event) {
        if (threads == null) {
            return;
        }
        // The end of a download tells those who wait for it; they must know by then that it is no failure of a mirror.
        streams.beginToStop();
        downloads.close();
        streams.stop();
        mirrorClient.close();
        threads.close();
    }

    private static void add(ServletContext context, String name, Servlet servlet, String mapping) {
        ServletRegistration.Dynamic registration = context.addServlet(name, servlet);
        registration.setAsyncSupported(true);
        registration.addMapping(mapping);
    }

    private static Map<String, String> contextParameters(ServletContext context) {
        return Collections.list(context.getInitParameterNames()).stream()
                .collect(Collectors.toMap(name -> name, context::getInitParameter));
    }

    /** Tomcat says where its own directory is; any container gives each application one for its files. */
    private static Path containerBase(ServletContext context) {
        String catalinaBase = System.getProperty("catalina.base");
        return catalinaBase == null
                ? Path.of(context.getAttribute(ServletContext.TEMPDIR).toString())
                : Path.of(catalinaBase);
    }

    private static String userAgent() {
        String version = Application.class.getPackage().getImplementationVersion();
        return version == null ? "flexo" : "flexo/" + version;
    }
}
