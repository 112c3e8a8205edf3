package flexo.upstream;

import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.config.TlsConfig;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClients;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManagerBuilder;
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

    private final CloseableHttpAsyncClient client;

    /**
     * Starts the client's threads.
     *
     * @param connectTimeout how long a connection may take to be established, its TLS handshake as well
     * @param userAgent how we call ourselves
     * @param threads makes the client's threads
     */
    public UpstreamConnections(Duration connectTimeout, String userAgent, ThreadFactory threads) {
        Timeout connect = Timeout.of(connectTimeout);
        client = HttpAsyncClients.custom()
                .setConnectionManager(PoolingAsyncClientConnectionManagerBuilder.create()
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
                        .build())
                .setIOReactorConfig(
                        IOReactorConfig.custom().setIoThreadCount(IO_THREADS).build())
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setResponseTimeout(Timeout.DISABLED)
                        .setMaxRedirects(MAX_REDIRECTS)
                        .build())
                .disableContentCompression()
                .disableAutomaticRetries()
                .disableCookieManagement()
                .disableAuthCaching()
                // After a mirror test hundreds of connections are idle.
                .evictIdleConnections(IDLE)
                .setThreadFactory(threads)
                .setUserAgent(userAgent)
                .build();
        client.start();
    }

    CloseableHttpAsyncClient client() {
        return client;
    }

    /** Ends the client's threads; requests that are still running fail. */
    @Override
    public void close() {
        client.close(CloseMode.GRACEFUL);
    }
}
