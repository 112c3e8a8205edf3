package flexo.app;

import flexo.config.FlexoConfig;
import flexo.download.MirrorClient;
import flexo.mirror.MirrorProbe;
import flexo.upstream.ConnectionSettings;
import flexo.upstream.ConnectionSettings.Traffic;
import flexo.upstream.HttpMirrorClient;
import flexo.upstream.HttpMirrorProbe;
import flexo.upstream.SharedSpeedLimit;
import flexo.upstream.SpeedLimit;
import flexo.upstream.TlsSetup;
import flexo.upstream.UpstreamConnections;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * The clients of mirrors and repositories.
 *
 * @param connections shared by all requests for files
 * @param probing the connections of mirror tests
 * @param client requests files
 * @param probe tests mirrors
 * @param rules the outbound rules
 */
record WayOut(
        UpstreamConnections connections,
        UpstreamConnections probing,
        MirrorClient client,
        MirrorProbe probe,
        OutboundInUse rules)
        implements AutoCloseable {
    /** More than a mirror test uses at once. */
    private static final int PROBING_AT_ONCE = 128;

    /**
     * Opens no connection yet.
     *
     * @param connectionsAtOnce the limit for file servers
     * @param tls derived from the settings
     * @param via our name in requests, which identifies those that come back
     */
    static WayOut of(Settings settings, int connectionsAtOnce, TlsSetup tls, String via, Threads threads) {
        FlexoConfig config = settings.current();
        boolean limited = config.limits().maxBytesPerSecond().isPresent()
                || config.limits().prefetchBytesPerSecond().isPresent();
        ConnectionSettings usual = new ConnectionSettings(
                config.outbound().connectTimeout(),
                config.outbound().userAgent().orElseGet(WayOut::usualUserAgent),
                via,
                limited ? Traffic.LIMITED_FILES : Traffic.FILES,
                connectionsAtOnce,
                tls);
        UpstreamConnections connections = connections(usual, threads);
        UpstreamConnections probing = connections(usual.with(Traffic.HEADS, PROBING_AT_ONCE), threads);
        return new WayOut(
                connections,
                probing,
                new HttpMirrorClient(
                        connections,
                        limit(settings, threads, part -> part.limits().maxBytesPerSecond()),
                        limit(settings, threads, part -> part.limits().prefetchBytesPerSecond())),
                new HttpMirrorProbe(probing, threads.testing(), threads.timer(), System::nanoTime),
                new OutboundInUse(settings, changed -> {
                    connections.use(changed);
                    probing.use(changed);
                }));
    }

    private static UpstreamConnections connections(ConnectionSettings settings, Threads threads) {
        UpstreamConnections connections =
                new UpstreamConnections(settings, threads.connecting(), threads.timer(), threads.reactor());
        var unused = threads.every(Duration.ofMinutes(1), connections::closeIdle);
        return connections;
    }

    /** The reason why no server can be asked any more; empty while there is none. */
    Optional<String> fault() {
        return connections.alive() && probing.alive()
                ? Optional.empty()
                : Optional.of("No mirror can be asked any more; the application has to be started again.");
    }

    /** Closes all connections. */
    @Override
    public void close() {
        connections.close();
        probing.close();
    }

    private static SpeedLimit limit(Settings settings, Threads threads, Function<FlexoConfig, OptionalLong> part) {
        SharedSpeedLimit limit =
                new SharedSpeedLimit(part.apply(settings.current()), threads.timer(), System::nanoTime);
        settings.whenChanged(part, limit::change);
        return limit;
    }

    private static String usualUserAgent() {
        String version = WayOut.class.getPackage().getImplementationVersion();
        return version == null ? "flexo" : "flexo/" + version;
    }
}
