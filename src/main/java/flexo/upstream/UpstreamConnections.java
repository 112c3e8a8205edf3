package flexo.upstream;

import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.config.TlsConfig;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClients;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManager;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManagerBuilder;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.nio.AsyncRequestProducer;
import org.apache.hc.core5.http.nio.AsyncResponseConsumer;
import org.apache.hc.core5.http2.HttpVersionPolicy;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.reactor.IOReactorConfig;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/**
 * The pooled, kept-alive HTTP/1.1 connections to all servers we ask.
 *
 * <p>What the client library would do on its own and must not: decode bodies, repeat requests, keep cookies. The
 * deadlines of a response are those of whoever asks; here only connecting is limited, since a connection outlives its
 * request. Addresses of a name are tried in the order of the JVM, IPv4 before IPv6 unless it is told otherwise, so a
 * broken IPv6 route costs nothing.
 */
public final class UpstreamConnections implements AutoCloseable {
    /** Bodies are written to disk by these threads, so there are more than one even on a small machine. */
    private static final int IO_THREADS = 4;

    /** More than any sane load; the limit is there so that a mistake cannot exhaust the machine's descriptors. */
    private static final int CONNECTIONS_PER_MIRROR = 256;

    private static final int CONNECTIONS = 1024;
    /** As many as curl, and so pacman, follows. */
    private static final int MAX_REDIRECTS = 10;
    /** Mirrors close idle connections after 5 to 75 s; a stale one costs only a second request. */
    private static final TimeValue IDLE = TimeValue.ofSeconds(55);

    /** What is read from a mirror at once, if it may come as fast as it can: each piece wakes all its readers. */
    public static final int LARGE_PIECE_BYTES = 64 * 1024;
    /** The same where speed is limited: a piece comes whole however little was granted, so it is less than a portion. */
    public static final int SMALL_PIECE_BYTES = 8 * 1024;

    private final PoolingAsyncClientConnectionManager pool;
    private final CloseableHttpAsyncClient client;
    private final Set<Exchange<?>> running = ConcurrentHashMap.newKeySet();
    private volatile boolean closing;

    /** The same as {@link #UpstreamConnections(Duration, String, int, ThreadFactory)} with large pieces. */
    public UpstreamConnections(Duration connectTimeout, String userAgent, ThreadFactory threads) {
        this(connectTimeout, userAgent, LARGE_PIECE_BYTES, threads);
    }

    /**
     * Starts the client's threads.
     *
     * @param connectTimeout how long a connection may take to be established, its TLS handshake as well
     * @param userAgent how we call ourselves
     * @param pieceBytes what is read at once
     * @param threads makes the client's threads
     */
    public UpstreamConnections(Duration connectTimeout, String userAgent, int pieceBytes, ThreadFactory threads) {
        Timeout connect = Timeout.of(connectTimeout);
        pool = PoolingAsyncClientConnectionManagerBuilder.create()
                .setMaxConnPerRoute(CONNECTIONS_PER_MIRROR)
                .setMaxConnTotal(CONNECTIONS)
                .setDefaultConnectionConfig(ConnectionConfig.custom()
                        .setConnectTimeout(connect)
                        .setSocketTimeout(Timeout.DISABLED)
                        .setIdleTimeout(Timeout.of(IDLE.toDuration()))
                        .setValidateAfterInactivity(TimeValue.ofSeconds(1))
                        .build())
                .setDefaultTlsConfig(TlsConfig.custom()
                        .setHandshakeTimeout(connect)
                        // A mirror's HTTP/2 brings nothing to single large bodies, and is slower here.
                        .setVersionPolicy(HttpVersionPolicy.FORCE_HTTP_1)
                        .build())
                .build();
        client = HttpAsyncClients.custom()
                .setConnectionManager(pool)
                .setHttp1Config(Http1Config.custom().setBufferSize(pieceBytes).build())
                .setIOReactorConfig(IOReactorConfig.custom()
                        .setIoThreadCount(IO_THREADS)
                        .setSelectInterval(TimeValue.of(lookAtDeadlinesEvery(connectTimeout)))
                        .build())
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setResponseTimeout(Timeout.DISABLED)
                        .setMaxRedirects(MAX_REDIRECTS)
                        .build())
                .disableContentCompression()
                .disableAutomaticRetries()
                .disableCookieManagement()
                .disableAuthCaching()
                .addExecInterceptorFirst("cancellation", new StepCancellation())
                .setThreadFactory(threads)
                .setUserAgent(userAgent)
                .build();
        client.start();
    }

    /** The library notices a connection that was not established only so often; its own choice, 1 s, is for long timeouts. */
    private static Duration lookAtDeadlinesEvery(Duration connectTimeout) {
        return Duration.ofMillis(Math.max(20, Math.min(1000, connectTimeout.toMillis() / 5)));
    }

    /**
     * Sends a request. May block while the name is resolved.
     *
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
