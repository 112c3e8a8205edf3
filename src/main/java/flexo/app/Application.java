package flexo.app;

import flexo.cache.DatabaseList;
import flexo.cache.Generations;
import flexo.cache.PackageCache;
import flexo.cache.VerifiedFiles;
import flexo.config.CacheDirectoryChoice;
import flexo.config.FlexoConfig;
import flexo.config.InvalidConfigException;
import flexo.config.MirrorSelectionMethod;
import flexo.config.StateFileChoice;
import flexo.download.DatabaseSettings;
import flexo.download.Databases;
import flexo.download.Deadlines;
import flexo.download.DownloadContext;
import flexo.download.Downloads;
import flexo.download.LowSpeedLimit;
import flexo.download.OpenFiles;
import flexo.download.RepositoryFiles;
import flexo.download.RunningTransfers;
import flexo.mirror.Mirror;
import flexo.mirror.MirrorCheck;
import flexo.mirror.MirrorHealth;
import flexo.mirror.MirrorProbe;
import flexo.mirror.MirrorRefresh;
import flexo.mirror.MirrorSearch;
import flexo.mirror.MirrorTest;
import flexo.mirror.RankedMirrors;
import flexo.mirror.SlownessPolicy;
import flexo.mirror.StateFile;
import flexo.mirror.StoredMirrors;
import flexo.repository.KnownPackages;
import flexo.retention.DiskSpace;
import flexo.retention.LastUses;
import flexo.retention.RetentionSweep;
import flexo.retention.Scrub;
import flexo.retention.Sweeps;
import flexo.upstream.ConnectionSettings;
import flexo.upstream.HttpMirrorClient;
import flexo.upstream.HttpMirrorProbe;
import flexo.upstream.HttpStatusDocuments;
import flexo.upstream.ProxyChoice;
import flexo.upstream.SpeedLimit;
import flexo.upstream.Tls;
import flexo.upstream.UpstreamConnections;
import flexo.upstream.WayOut;
import flexo.web.ClientStreams;
import flexo.web.FileServlet;
import flexo.web.LoopFilter;
import flexo.web.MetricsServlet;
import flexo.web.MisconfiguredServlet;
import flexo.web.ResetMetricsServlet;
import flexo.web.StatusServlet;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.ServletRegistration;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
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

    /** What was started, in the order it is to be stopped. */
    private final List<AutoCloseable> toStop = new ArrayList<>();

    @Override
    public void contextInitialized(ServletContextEvent event) {
        ServletContext context = event.getServletContext();
        try {
            FlexoConfig config = FlexoConfig.load(contextParameters(context));
            CacheDirectoryChoice cacheDirectory =
                    CacheDirectoryChoice.choose(config.cacheDirectory(), System.getenv(), containerBase(context));
            cacheDirectory.prepare();
            start(context, config, cacheDirectory);
        } catch (InvalidConfigException e) {
            LOG.log(Level.SEVERE, e.getMessage());
            add(context, "misconfigured", new MisconfiguredServlet(e.getMessage()), EVERYTHING);
        }
    }

    private void start(ServletContext context, FlexoConfig config, CacheDirectoryChoice cacheDirectory) {
        config.warnings().forEach(warning -> LOG.warning(warning.toString()));
        // The Tomcat configuration that comes with us sets this property, and follows these settings.
        if (System.getProperty("flexo.war") == null) {
            config.connectorNote().ifPresent(LOG::info);
        }
        LOG.log(Level.INFO, "Packages are kept in {0}: {1}", new Object[] {
            cacheDirectory.directory(), cacheDirectory.reason()
        });

        Threads threads = new Threads();
        String via = "flexo-" + UUID.randomUUID();
        UpstreamConnections connections =
                new UpstreamConnections(connectionSettings(config, via), threads.connecting(), threads.reactor());
        connections.use(new WayOut(ProxyChoice.ofEnvironment(System.getenv()), List.of(), WayOut.RedirectRules.USUAL));
        threads.every(Duration.ofMinutes(1), connections::closeIdle);
        MirrorHealth health = new MirrorHealth(Clock.systemUTC());
        PackageCache cache = new PackageCache(cacheDirectory.directory());
        KnownPackages packages = new KnownPackages();
        RankedMirrors mirrors = new RankedMirrors(health, new ListedSizes(packages), Clock.systemUTC());
        HttpMirrorProbe probe = new HttpMirrorProbe(connections, threads.testing(), threads.timer(), System::nanoTime);
        DownloadContext downloadContext = new DownloadContext(
                cache,
                new MirrorCheck(mirrors, probe),
                new HttpMirrorClient(connections, speedLimit(config, threads), SpeedLimit.none()),
                Deadlines.standard(),
                new LowSpeedLimit(config.lowSpeedLimitBytesPerSecond(), config.lowSpeedTime()),
                SlownessPolicy.USUAL,
                mirrors,
                new RunningTransfers(),
                threads.timer(),
                threads.storage(),
                threads.connecting(),
                System::nanoTime,
                InstantSource.system());
        OpenFiles openFiles = new OpenFiles();
        LastUses uses = new LastUses(cacheDirectory.directory(), InstantSource.system(), System::nanoTime);
        Sweeps sweeps = new Sweeps(
                new RetentionSweep(
                        cacheDirectory.directory(),
                        cache,
                        RetentionChoice.settings(config.retention()),
                        uses,
                        openFiles::contains,
                        path -> packages.file(path).isPresent(),
                        DiskSpace.of(cacheDirectory.directory())),
                uses,
                threads.timer(),
                threads.sweeping());
        Databases databases = new Databases(
                downloadContext,
                new Generations(cacheDirectory.directory()),
                packages,
                DatabaseList.read(cacheDirectory.directory()),
                new DatabaseSettings(
                        database -> config.repositories().checkInterval(),
                        config.repositories().maxStale()),
                openFiles);
        VerifiedFiles verified = new VerifiedFiles();
        Downloads downloads = new Downloads(
                downloadContext,
                databases,
                verified,
                Downloads.SignatureFetching.WITH_PACKAGE,
                openFiles,
                sweeps::soon);
        ClientStreams streams =
                new ClientStreams(threads.pumps(), threads.timer(), config.clientTimeout(), System::nanoTime);

        // Streams first, so that they know why their downloads end; threads last, since everything ends on them.
        toStop.add(streams::beginToStop);
        toStop.add(downloads);
        toStop.add(databases);
        toStop.add(streams::stop);
        selectMirrors(config, containerBase(context), mirrors, probe, connections, threads);
        toStop.add(connections);
        toStop.add(sweeps);
        toStop.add(threads);
        sweeps.start();
        threads.storage().execute(databases::readAll);
        if (config.repositories().scrubBytesPerSecond() > 0) {
            Scrub scrub = new Scrub(
                    cacheDirectory.directory(),
                    cache,
                    packages,
                    verified,
                    config.repositories().scrubBytesPerSecond(),
                    threads.timer(),
                    threads.storage(),
                    InstantSource.system());
            toStop.add(0, scrub);
            scrub.start();
        }
        threads.every(config.repositories().refreshInterval(), databases::refresh);

        addLoopFilter(context, via);
        add(context, "status", new StatusServlet(), "/status");
        add(context, "metrics", new MetricsServlet(health), "/metrics");
        add(context, "reset-metrics", new ResetMetricsServlet(health), "/reset-metrics");
        add(
                context,
                "files",
                new FileServlet(new RepositoryFiles(databases, downloads, uses::used), streams),
                EVERYTHING);
    }

    private void selectMirrors(
            FlexoConfig config,
            Path base,
            RankedMirrors mirrors,
            MirrorProbe probe,
            UpstreamConnections connections,
            Threads threads) {
        List<Mirror> predefined =
                config.mirrorsPredefined().stream().map(Mirror::new).toList();
        if (config.mirrorSelectionMethod() == MirrorSelectionMethod.PREDEFINED) {
            mirrors.useInOrder(predefined);
            return;
        }
        MirrorRefresh refresh = new MirrorRefresh(
                mirrors,
                new HttpStatusDocuments(
                        connections,
                        MirrorSettings.statusDocuments(config.mirrorsAuto()),
                        threads.connecting(),
                        threads.timer()),
                new MirrorSearch(probe, MirrorTest.Plan.USUAL, new Random(), Clock.systemUTC()),
                MirrorSettings.criteria(config.mirrorsAuto()),
                new StoredMirrors(
                        new StateFile(StateFileChoice.choose(config.mirrorlistLatencyTestResultsFile(), base)),
                        new StateFile(StateFileChoice.choose(config.mirrorlistFallbackFile(), base))),
                new MirrorRefresh.Schedule(config.refreshLatencyTestsAfter(), threads.timer(), threads.storage()),
                Clock.systemUTC());
        toStop.add(refresh::stop);
        refresh.start(predefined, new Mirror(config.provisionalMirror()));
    }

    private static SpeedLimit speedLimit(FlexoConfig config, Threads threads) {
        return config.maxSpeedLimitBytesPerSecond().isEmpty()
                ? SpeedLimit.none()
                : SpeedLimit.of(config.maxSpeedLimitBytesPerSecond().getAsLong(), threads.timer(), System::nanoTime);
    }

    @Override
    public void contextDestroyed(ServletContextEvent event) {
        for (AutoCloseable part : toStop) {
            try {
                part.close();
            } catch (Exception e) {
                // The rest must be stopped all the same.
                LOG.log(Level.SEVERE, "A part of the application could not be stopped", e);
            }
        }
        toStop.clear();
    }

    private static void add(ServletContext context, String name, Servlet servlet, String mapping) {
        ServletRegistration.Dynamic registration = context.addServlet(name, servlet);
        registration.setAsyncSupported(true);
        registration.addMapping(mapping);
    }

    private static void addLoopFilter(ServletContext context, String via) {
        FilterRegistration.Dynamic registration = context.addFilter("loops", new LoopFilter(via));
        registration.setAsyncSupported(true);
        registration.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), false, EVERYTHING);
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

    private static ConnectionSettings connectionSettings(FlexoConfig config, String via) {
        return new ConnectionSettings(
                config.connectTimeout(),
                userAgent(),
                via,
                config.maxSpeedLimitBytesPerSecond().isEmpty()
                        ? ConnectionSettings.LARGE_PIECE_BYTES
                        : ConnectionSettings.SMALL_PIECE_BYTES,
                Tls.ofJvm());
    }

    private static String userAgent() {
        String version = Application.class.getPackage().getImplementationVersion();
        return version == null ? "flexo" : "flexo/" + version;
    }
}
