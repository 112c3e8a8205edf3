package flexo.launch;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.apache.catalina.Container;
import org.apache.catalina.Context;
import org.apache.catalina.Lifecycle;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.LifecycleState;
import org.apache.catalina.Server;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Catalina;
import org.apache.catalina.startup.CatalinaProperties;
import org.apache.catalina.util.ServerInfo;
import org.apache.tomcat.util.digester.EnvironmentPropertySource;

/**
 * Runs the container: Tomcat's own {@link Catalina} with {@code conf/server.xml}, in this process.
 *
 * <p>Loaded by the class loader with Tomcat's JARs; {@link Main} uses it only as a {@link Supplier}. The system
 * properties {@code catalina.home} and {@code catalina.base} must be set, and the context class loader must be that of
 * this class.
 */
public final class EmbeddedCatalina implements Supplier<Optional<Map.Entry<String, String>>> {
    private static final Logger LOG = Logger.getLogger("flexo.launch");

    private static final String PROPERTY_SOURCE = "org.apache.tomcat.util.digester.PROPERTY_SOURCE";

    /**
     * The system property in which the application reports that it refuses all requests, and why: only the application
     * sees the settings of its context, and tries its directories.
     */
    private static final String REFUSAL = "flexo.launched.refusal";

    public EmbeddedCatalina() {}

    /**
     * Starts the container and waits until a signal stops it.
     *
     * @return empty after a run; otherwise the reason why it did not start, as the name of a {@link CannotStart.Reason}
     *     and a text, with everything stopped again
     */
    @Override
    public Optional<Map.Entry<String, String>> get() {
        // Any call makes Tomcat read conf/catalina.properties, whose values take precedence over ours.
        CatalinaProperties.getProperty("common.loader");
        setUnlessSet(PROPERTY_SOURCE, EnvironmentPropertySource.class.getName());
        System.setProperty(
                PROPERTY_SOURCE, ConnectorSettings.class.getName() + "," + System.getProperty(PROPERTY_SOURCE));
        setUnlessSet("org.apache.catalina.startup.EXIT_ON_INIT_FAILURE", "true");
        // Used by server.xml.
        setUnlessSet("tomcat.maxConnections", Integer.toString(Connections.most()));
        setUnlessSet("connector.protocol", HttpProtocol.class.getName());

        LOG.info(() -> "Flexo " + version() + " on " + ServerInfo.getServerInfo() + ", Java "
                + System.getProperty("java.version") + ", configured by " + System.getProperty("catalina.base")
                + "/conf");
        Catalina catalina = new Catalina();
        Optional<Map.Entry<String, String>> failure =
                load(catalina).map(EmbeddedCatalina::failed).or(() -> start(catalina));
        if (failure.isEmpty()) {
            catalina.await();
            // Already done by the signal's hook, unless it was stopped from within.
            catalina.stop();
        }
        return failure;
    }

    private static Map.Entry<String, String> failed(String sentence) {
        return Map.entry(CannotStart.Reason.FAILED.name(), sentence);
    }

    private static Optional<String> load(Catalina catalina) {
        try {
            catalina.load();
        } catch (Error wrapper) {
            if (wrapper.getCause() instanceof LifecycleException refused) {
                return Optional.of(listenFailure(catalina.getServer(), refused));
            }
            throw wrapper;
        }
        return catalina.getServer() == null
                ? Optional.of("Tomcat cannot read " + System.getProperty("catalina.base")
                        + "/conf/server.xml; the lines above say where it is wrong.")
                : Optional.empty();
    }

    private static String listenFailure(Server server, LifecycleException refused) {
        Throwable root = refused;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String reason = root.getMessage();
        return connectors(server)
                .filter(connector -> connector.getState() == LifecycleState.FAILED)
                .findFirst()
                .map(connector -> "it cannot listen at " + url(connector) + " (" + reason
                        + "). Stop the program that does, or set port (FLEXO_PORT) or listen_ip_address"
                        + " (FLEXO_LISTEN_IP_ADDRESS) to another one.")
                .orElse(refused.getMessage() + " (" + reason + ").");
    }

    private static Optional<Map.Entry<String, String>> start(Catalina catalina) {
        Server server = catalina.getServer();
        server.addLifecycleListener(event -> {
            if (event.getType().equals(Lifecycle.AFTER_STOP_EVENT)) {
                LOG.info("Stopped.");
            }
        });
        catalina.start();
        Optional<Map.Entry<String, String>> failure = firstFailure(server)
                .map(EmbeddedCatalina::failed)
                .or(() -> Optional.ofNullable(System.getProperty(REFUSAL))
                        .map(text -> Map.entry(CannotStart.Reason.SETTINGS.name(), text)));
        if (failure.isPresent()) {
            catalina.stop();
        } else {
            LOG.info(() -> "Ready at "
                    + String.join(
                            ", ", connectors(server).map(EmbeddedCatalina::url).toList())
                    + " after "
                    + Duration.ofMillis(ManagementFactory.getRuntimeMXBean().getUptime())
                            .toMillis()
                    + " ms.");
            tellSystemd();
        }
        return failure;
    }

    /**
     * Notifies systemd that a service of {@code Type=notify} is ready, by running systemd-notify: Java has no datagram
     * sockets for paths, and a library for them would be native.
     */
    private static void tellSystemd() {
        if (System.getenv("NOTIFY_SOCKET") == null) {
            return;
        }
        try {
            int status = new ProcessBuilder("systemd-notify", "--ready")
                    .inheritIO()
                    .start()
                    .waitFor();
            if (status != 0) {
                LOG.warning(() -> "systemd-notify ended with status " + status
                        + "; if this unit has Type=notify, it needs NotifyAccess=all");
            }
        } catch (IOException e) {
            LOG.log(
                    Level.WARNING,
                    "systemd cannot be told that Flexo is ready; a unit with Type=exec does not wait for it",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Tomcat goes on when a part of it did not start; a process that cannot serve must not appear to run. */
    private static Optional<String> firstFailure(Server server) {
        if (!server.getState().isAvailable()) {
            return Optional.of("Tomcat did not start; the lines above say why.");
        }
        Optional<String> deaf = connectors(server)
                .filter(connector -> connector.getState() != LifecycleState.STARTED)
                .map(connector -> "Tomcat does not listen at " + url(connector) + "; the lines above say why.")
                .findFirst();
        if (deaf.isPresent()) {
            return deaf;
        }
        if (contexts(server).findAny().isEmpty()) {
            return Optional.of("no web application is configured in " + System.getProperty("catalina.base") + ".");
        }
        return contexts(server)
                .filter(context -> !context.getState().isAvailable())
                .map(context ->
                        "the web application at '" + context.getPath() + "/' did not start; the lines above say why.")
                .findFirst();
    }

    private static Stream<Connector> connectors(Server server) {
        return Arrays.stream(server.findServices()).flatMap(service -> Arrays.stream(service.findConnectors()));
    }

    private static Stream<Context> contexts(Server server) {
        return Arrays.stream(server.findServices())
                .flatMap(service ->
                        Arrays.<Container>stream(service.getContainer().findChildren()))
                .flatMap(host -> Arrays.stream(host.findChildren()))
                .map(Context.class::cast);
    }

    private static String url(Connector connector) {
        Object address = connector.getProperty("address");
        String host = address == null ? "*" : address.toString().replaceFirst("^.*/", "");
        return connector.getScheme() + "://" + (host.contains(":") ? "[" + host + "]" : host) + ":"
                + connector.getPortWithOffset() + "/";
    }

    private static String version() {
        return Optional.ofNullable(EmbeddedCatalina.class.getPackage().getImplementationVersion())
                .orElse("of unknown version");
    }

    private static void setUnlessSet(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }
}
