package flexo.upstream;

import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.config.TlsConfig;
import org.apache.hc.client5.http.impl.ChainElement;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClients;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManager;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.client5.http.ssl.ClientTlsStrategyBuilder;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.nio.AsyncRequestProducer;
import org.apache.hc.core5.http.nio.AsyncResponseConsumer;
import org.apache.hc.core5.http2.HttpVersionPolicy;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.reactor.IOReactorConfig;
import org.apache.hc.core5.reactor.IOReactorStatus;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/**
 * The pooled, kept-alive HTTP/1.1 connections to all servers we ask.
 *
 * <p>What the client library would do on its own and must not: decode bodies, repeat requests, keep cookies. The
 * deadlines of a response are those of whoever asks; here only connecting is limited, since a connection outlives its
 * request. Addresses of a name are tried in the order of the JVM, IPv4 before IPv6 unless it is told otherwise, a moment
 * apart.
 */
public final class UpstreamConnections implements AutoCloseable {
    /** Bodies are written to disk by these threads, so there are more than one even on a small machine. */
    private static final int IO_THREADS = 4;

    /** Mirror redirectors send a Link for each mirror (RFC 6249); libcurl takes 300 kB of headers. */
    private static final int HEADER_LINES = 2000;

    private static final int HEADER_LINE_BYTES = 16 << 10;

    /** Mirrors close idle connections after 5 to 75 s; a stale one costs only a second request. */
    private static final TimeValue IDLE = TimeValue.ofSeconds(55);

    private final PoolingAsyncClientConnectionManager pool;
    private final CloseableHttpAsyncClient client;
    private final Set<Exchange<?>> running = ConcurrentHashMap.newKeySet();
    private final Network network;
    private volatile OutboundRules rules = OutboundRules.PLAIN;
    private volatile boolean closing;

    /**
     * Starts the client's threads.
     *
     * @param resolving runs what waits for a name server because of a redirect
     * @param timer has the next address of a name tried
     * @param threads makes the client's threads
     */
    public UpstreamConnections(
            ConnectionSettings settings, Executor resolving, ScheduledExecutorService timer, ThreadFactory threads) {
        this(settings, Network.REAL, resolving, timer, threads);
    }

    UpstreamConnections(
            ConnectionSettings settings,
            Network network,
            Executor resolving,
            ScheduledExecutorService timer,
            ThreadFactory threads) {
        this.network = network;
        Timeout connect = Timeout.of(settings.connectTimeout());
        String[] tlsVersions = settings.tls().versions().toArray(String[]::new);
        pool = Connector.pool(network, timer)
                // There may be one mirror only. Idle connections to others are closed for it.
                .setMaxConnPerRoute(settings.connections())
                .setMaxConnTotal(settings.connections())
                .setDefaultConnectionConfig(ConnectionConfig.custom()
                        .setConnectTimeout(connect)
                        .setSocketTimeout(Timeout.DISABLED)
                        .setIdleTimeout(Timeout.of(IDLE.toDuration()))
                        .setValidateAfterInactivity(TimeValue.ofSeconds(1))
                        .build())
                .setDefaultTlsConfig(TlsConfig.custom()
                        .setHandshakeTimeout(connect)
                        .setSupportedProtocols(tlsVersions)
                        // A mirror's HTTP/2 brings nothing to single large bodies, and is slower here.
                        .setVersionPolicy(HttpVersionPolicy.FORCE_HTTP_1)
                        .build())
                .setTlsStrategy(ClientTlsStrategyBuilder.create()
                        .setSslContext(settings.tls().context())
                        .setTlsVersions(tlsVersions)
                        .buildAsync())
                .build();
        OutboundRoutes routes = new OutboundRoutes(() -> rules);
        client = HttpAsyncClients.custom()
                .setConnectionManager(pool)
                .setHttp1Config(Http1Config.custom()
                        .setBufferSize(settings.traffic().pieceBytes())
                        .setMaxHeaderCount(HEADER_LINES)
                        .setMaxLineLength(HEADER_LINE_BYTES)
                        .build())
                .setIOReactorConfig(IOReactorConfig.custom()
                        .setIoThreadCount(IO_THREADS)
                        .setSelectInterval(TimeValue.of(lookAtDeadlinesEvery(settings.connectTimeout())))
                        .build())
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setResponseTimeout(Timeout.DISABLED)
                        .build())
                .disableContentCompression()
                .disableAutomaticRetries()
                .disableCookieManagement()
                .disableAuthCaching()
                .setRoutePlanner(routes)
                .replaceExecInterceptor(ChainElement.REDIRECT.name(), new Hops(routes, () -> rules, network, resolving))
                .addRequestInterceptorFirst(new RequestHeaders(settings.via(), () -> rules))
                .addExecInterceptorFirst("cancellation", new StepCancellation())
                .setThreadFactory(threads)
                .setUserAgent(settings.userAgent())
                .build();
        client.start();
    }

    /** The library notices a connection that was not established only so often; its own choice, 1 s, is for long timeouts. */
    private static Duration lookAtDeadlinesEvery(Duration connectTimeout) {
        return Duration.ofMillis(Math.max(20, Math.min(1000, connectTimeout.toMillis() / 5)));
    }

    /** Has all requests from now on leave this way; those that run go on as they are. */
    public void use(OutboundRules other) {
        rules = other;
    }

    /** Tells whether somebody else looks up the name of this address. */
    boolean goesThroughProxy(URI address) {
        return rules.proxyFor(address, address).isPresent();
    }

    /**
     * Tells whether an address that a server on the internet has named is private, and is not to be asked for that. May block
     * while its name is resolved.
     */
    boolean refusesAsPrivate(URI address) {
        if (rules.redirects().privateFromPublic()) {
            return false;
        }
        if (network.spelledPrivate(address.getHost()) || goesThroughProxy(address)) {
            return network.spelledPrivate(address.getHost());
        }
        try {
            return network.lookup().addresses(address.getHost()).stream().anyMatch(network.isPrivate());
        } catch (UnknownHostException e) {
            // Whoever asks it will tell.
            return false;
        }
    }

    /** Tells whether a server on the internet has answered a request, or has led it elsewhere. */
    boolean cameFromInternet(HttpClientContext context) {
        Trail trail = Trail.of(context);
        if (trail.publicSeen() || trail.proxy().isPresent()) {
            return trail.publicSeen() || !network.spelledPrivate(trail.first().getHost());
        }
        return context.getEndpointDetails() != null
                && context.getEndpointDetails().getRemoteAddress() instanceof InetSocketAddress server
                && !network.isPrivate().test(server.getAddress());
    }

    /**
     * Sends a request. May block while the name is resolved.
     *
     * @param context of an {@link Addressed}
     * @param callback told once how it ended, also if that is at once because these connections are closed
     * @return cancels the request; does not block
     */
    <T> Runnable execute(
            AsyncRequestProducer request,
            AsyncResponseConsumer<T> consumer,
            HttpClientContext context,
            FutureCallback<T> callback) {
        Exchange<T> exchange = new Exchange<>(callback);
        running.add(exchange);
        try {
            exchange.sent(client.execute(request, consumer, null, context, exchange));
        } catch (IllegalStateException closed) {
            exchange.failed(new ClosedChannelException());
        }
        if (closing) {
            exchange.cancel();
        }
        return exchange::cancel;
    }

    /** A request that has not ended. */
    private final class Exchange<T> implements FutureCallback<T> {
        private final FutureCallback<T> callback;
        /** Null until it is on its way. */
        private volatile Future<T> future;

        private volatile boolean cancelled;

        Exchange(FutureCallback<T> callback) {
            this.callback = callback;
        }

        void sent(Future<T> onItsWay) {
            future = onItsWay;
            if (cancelled) {
                onItsWay.cancel(true);
            }
        }

        void cancel() {
            cancelled = true;
            Future<T> onItsWay = future;
            if (onItsWay != null) {
                onItsWay.cancel(true);
            }
        }

        @Override
        public void completed(T result) {
            running.remove(this);
            callback.completed(result);
        }

        @Override
        public void failed(Exception cause) {
            running.remove(this);
            callback.failed(cause);
        }

        @Override
        public void cancelled() {
            running.remove(this);
            callback.cancelled();
        }
    }

    /** Whether requests can be sent: false when the client's threads have ended, be it because of an error. */
    public boolean alive() {
        // Not yet active at first: the client's threads are started by one of them.
        return client.getStatus().compareTo(IOReactorStatus.SHUTTING_DOWN) < 0;
    }

    /** Closes connections that have been idle for long: after a mirror test there are hundreds of them. */
    public void closeIdle() {
        pool.closeIdle(IDLE);
    }

    /** Cancels what is running, and ends the client's threads. */
    @Override
    public void close() {
        closing = true;
        // The client waits for running requests when it is closed gracefully, and logs errors when not.
        running.forEach(Exchange::cancel);
        client.close(CloseMode.GRACEFUL);
    }
}
