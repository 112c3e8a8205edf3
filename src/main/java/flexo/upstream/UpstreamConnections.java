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
 * The pooled keep-alive HTTP/1.1 connections to all servers.
 *
 * <p>The client library's own decoding of bodies, retries and cookies are disabled. Callers set the deadlines of a
 * response; only connecting is limited here, since a connection outlives its request. The addresses of a name are tried
 * in the JVM's order, by default IPv4 before IPv6, a moment apart.
 */
public final class UpstreamConnections implements AutoCloseable {
    /** These threads write bodies to disk, so there are several even on a small machine. */
    private static final int IO_THREADS = 4;

    /** Mirror redirectors send a Link for each mirror (RFC 6249); libcurl accepts 300 kB of headers. */
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
     * @param resolving resolves names after a redirect; may block
     * @param timer starts attempts at further addresses of a name
     * @param threads creates the client's threads
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
                // There may be a single mirror, for which idle connections to others are closed.
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
                        // HTTP/2 has no benefit for single large bodies, and is slower here.
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

    /** The library checks connect timeouts only this often; its default, 1 s, is meant for long timeouts. */
    private static Duration lookAtDeadlinesEvery(Duration connectTimeout) {
        return Duration.ofMillis(Math.max(20, Math.min(1000, connectTimeout.toMillis() / 5)));
    }

    /** Applies new rules to all further requests; running ones continue unchanged. */
    public void use(OutboundRules other) {
        rules = other;
    }

    /** Whether a proxy resolves the name of this URL. */
    boolean goesThroughProxy(URI address) {
        return rules.proxyFor(address, address).isPresent();
    }

    /**
     * Whether a URL named by a server on the internet is private, and must not be requested for that reason. May block
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
            // The request itself will report it.
            return false;
        }
    }

    /** Whether a server on the internet has answered or redirected a request. */
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
     * @param context the context of an {@link Addressed}
     * @param callback called once at the end, possibly at once because these connections are closed
     * @return cancels the request; never blocks
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
        /** Null until it is sent. */
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

    /** Whether requests can be sent: false after the client's threads have ended, even by an error. */
    public boolean alive() {
        // Not yet active at first: one of the client's threads starts the others.
        return client.getStatus().compareTo(IOReactorStatus.SHUTTING_DOWN) < 0;
    }

    /** Closes connections that have been idle for long: after a mirror test there are hundreds of them. */
    public void closeIdle() {
        pool.closeIdle(IDLE);
    }

    /** Cancels running requests, and ends the client's threads. */
    @Override
    public void close() {
        closing = true;
        // A graceful close waits for running requests, and any other logs errors.
        running.forEach(Exchange::cancel);
        client.close(CloseMode.GRACEFUL);
    }
}
