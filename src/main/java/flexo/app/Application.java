package flexo.app;

import flexo.config.FlexoConfig;
import flexo.config.InvalidConfigException;
import flexo.config.Problem;
import flexo.database.RepositoryFiles;
import flexo.log.RepeatedLines;
import flexo.prefetch.Prefetch;
import flexo.retention.CacheListing;
import flexo.upstream.TlsSetup;
import flexo.web.AllowedClientsFilter;
import flexo.web.ClientFigures;
import flexo.web.ClientStreams;
import flexo.web.HandoverToProxy;
import flexo.web.History;
import flexo.web.RequestFigures;
import flexo.web.RequestLog;
import flexo.web.Snapshots;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.jar.Attributes;
import java.util.jar.Manifest;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Builds the application when the container deploys it, and stops it: the table of contents.
 *
 * <p>Parts are stopped in the reverse order of their start, so that an undeployed application leaves no thread,
 * connection or class loader behind.
 */
public final class Application implements ServletContextListener {
    private static final Logger LOG = Logger.getLogger(Application.class.getName());

    /** A change counts when two checks in a row have seen it, so a file must also be left alone for this long. */
    private static final Duration LOOK_FOR_CHANGES = Duration.ofSeconds(2);

    private static final Duration SAMPLE_HISTORY = Duration.ofMinutes(1);

    private static final String HTTP_CLIENTS_MODULE = "jdk.net";

    /** The system property that the executable WAR sets; it ends when it finds why requests are refused. */
    private static final String LAUNCHED = "flexo.launched";

    private static final String REFUSAL = "flexo.launched.refusal";

    /** The started parts, in the order of stopping them. */
    private final List<AutoCloseable> toStop = new ArrayList<>();

    private final HeapShares shares = HeapShares.ofThisProcess();
    private final Threads threads = new Threads(shares.databasesAtOnce());
    private Reload reload;
    /** The user of the cache directory; none before the settings are valid. */
    private AutoCloseable instance = () -> {};

    @Override
    public void contextInitialized(ServletContextEvent event) {
        ServletContext context = event.getServletContext();
        reload = new Reload(
                new SettingsReading(ContextParameters.of(context), Places.containerOf(context), InstantSource.system()),
                InstantSource.system());
        Servlets servlets = new Servlets(context, reload::state, threads::met);
        reload.begin(settings -> {
            try {
                start(settings, context, servlets);
            } catch (RuntimeException e) {
                stop();
                throw e;
            }
        });
        if (System.getProperty(LAUNCHED) != null) {
            reload.state().refused().ifPresent(refusal -> System.setProperty(REFUSAL, refusal.report()));
        }
        var unused = threads.every(LOOK_FOR_CHANGES, reload::look);
    }

    /** Builds everything and begins to serve, once the settings are valid. */
    private void start(Settings settings, ServletContext context, Servlets servlets) throws InvalidConfigException {
        checkJava();
        FlexoConfig first = settings.current();
        TlsSetup tls = TlsReading.read(first.outbound().tls(), Instant.now());
        Places places = Places.prepare(first, System.getenv(), context);
        log(first);
        StoredFiles files = StoredFiles.in(places, shares, threads);
        instance = files.root().instance();
        String via = "flexo-" + UUID.randomUUID();
        RepeatedLines lines = new RepeatedLines(threads.timer(), threads.storage());
        WayOut wayOut = WayOut.of(settings, shares.places().connections(), tls, via, threads);
        Mirrors mirrors = new Mirrors(files.packages(), wayOut, places, threads);
        Upkeep upkeep = new Upkeep(settings, files, threads);
        Repositories repositories = new Repositories(
                settings, mirrors.upstream(), mirrors.health(), new ListedSizes(files.packages()), wayOut.rules());
        Fetching fetching = Fetching.of(settings, shares, files, repositories, wayOut, upkeep, lines, threads);
        ClientStreams streams = new ClientStreams(
                threads.pumps(),
                threads.timer(),
                settings.supplier(config -> config.limits().clientTimeout()),
                System::nanoTime,
                ClientStreams.most(Runtime.getRuntime().maxMemory()));

        Prefetch prefetch = Prefetching.of(settings, files, upkeep, fetching, threads);

        // Nothing more may begin; streams come next, so that they know why their downloads end.
        toStop.add(prefetch);
        toStop.add(upkeep);
        toStop.add(streams::beginToStop);
        toStop.add(fetching.downloads());
        toStop.add(fetching.databases());
        toStop.add(streams::stop);
        toStop.add(mirrors);
        toStop.add(wayOut);
        toStop.add(upkeep.sweeps());
        toStop.add(lines);

        servlets.watch(() -> threads.fault().or(wayOut::fault));
        servlets.ready("cache", files::fault);
        servlets.ready("mirrors", mirrors::fault);
        mirrors.select(settings.current().mirrors());
        settings.whenChanged(FlexoConfig::mirrors, mirrors::select);
        upkeep.start(settings);
        fetching.start(settings, threads);
        prefetch.start();
        Trust trust = Trust.of(settings, places, lines);
        ClientFigures clients =
                new ClientFigures(() -> settings.current().access().clientFigures(), InstantSource.system());
        RequestFigures requests = new RequestFigures(clients);
        RequestLog requestLog = new RequestLog(lines, requests, trust.proxies(), System::nanoTime);
        History history = new History(requests::totals, places.state().file("history.json"), InstantSource.system());
        var unused = threads.every(SAMPLE_HISTORY, () -> threads.storage().execute(history::sample));
        toStop.add(history);
        String version = version(context);
        Snapshots snapshots = new Snapshots(
                new CurrentState(
                        new CurrentState.Parts(
                                version,
                                servlets::readiness,
                                servlets::isDrained,
                                reload,
                                mirrors,
                                fetching.downloads(),
                                fetching.databases(),
                                upkeep,
                                prefetch,
                                requests),
                        InstantSource.system()),
                System::nanoTime);
        servlets.answer(
                Api.endpoints(new Api.Parts(
                        snapshots,
                        List.of(
                                new AllFigures.OfProcess(version),
                                new AllFigures.OfSettings(reload::state),
                                requests,
                                new AllFigures.OfCache(upkeep.sweeps(), files.wrong(), upkeep.hits()),
                                new AllFigures.OfDownload(
                                        fetching.downloads(), fetching.databases(), fetching.admission(), streams),
                                new AllFigures.OfPrefetch(prefetch::counts),
                                new AllFigures.OfMirror(mirrors.health(), repositories.siblingHealth())),
                        mirrors.health(),
                        mirrors.steered(),
                        mirrors::refresh,
                        upkeep.sweeps(),
                        prefetch,
                        new CacheListing(
                                files.cache(),
                                files.verified(),
                                upkeep.uses(),
                                files.open(),
                                threads.timer(),
                                threads.storage()),
                        fetching.databases(),
                        history,
                        reload::settings,
                        clients,
                        reload::readNow,
                        servlets::drain,
                        threads.storage())),
                trust,
                snapshots,
                streams);
        servlets.serve(
                new AllowedClientsFilter(
                        settings.supplier(config -> config.access().allowedClients()), requestLog, trust.steering()),
                repositories.asRequested(
                        new RepositoryFiles(fetching.databases(), fetching.downloads(), upkeep.sweeps()::used)),
                streams,
                new HandoverToProxy(
                        settings.supplier(config -> config.access().webServer().handover()),
                        files.directory(),
                        trust.proxies()),
                requestLog,
                via);
    }

    /** A runtime made by jlink may lack what the HTTP client needs, and then every request to a mirror would fail. */
    private static void checkJava() throws InvalidConfigException {
        if (ModuleLayer.boot().findModule(HTTP_CLIENTS_MODULE).isEmpty()) {
            throw new InvalidConfigException(
                    List.of(
                            new Problem(
                                    "The Java runtime",
                                    "",
                                    "",
                                    "it lacks the module " + HTTP_CLIENTS_MODULE
                                            + ", without which no mirror can be asked; run a complete Java, or name the module to jlink --add-modules")));
        }
    }

    /** As the manifest of the archive has it; a container shows that to the application alone. */
    private static String version(ServletContext context) {
        try (InputStream manifest = context.getResourceAsStream("/META-INF/MANIFEST.MF")) {
            return manifest == null
                    ? "unknown"
                    : new Manifest(manifest)
                            .getMainAttributes()
                            .getOrDefault(Attributes.Name.IMPLEMENTATION_VERSION, "unknown")
                            .toString();
        } catch (IOException e) {
            throw new UncheckedIOException("The archive of the application is damaged", e);
        }
    }

    private static void log(FlexoConfig config) {
        config.warnings().forEach(warning -> LOG.warning(warning.toString()));
        config.connectorNote().ifPresent(note -> LOG.info(note));
    }

    @Override
    public void contextDestroyed(ServletContextEvent event) {
        // First, since it may be starting the rest right now.
        reload.close();
        // Last, since everything ends on these threads.
        toStop.add(threads);
        stop();
        RecordMethods.release();
    }

    private void stop() {
        // From then on others may take over the rest of its downloads.
        toStop.add(instance);
        for (AutoCloseable part : toStop) {
            try {
                part.close();
            } catch (Exception e) {
                // The rest must be stopped nevertheless.
                LOG.log(Level.SEVERE, "A part of the application could not be stopped", e);
            }
        }
        toStop.clear();
    }
}
