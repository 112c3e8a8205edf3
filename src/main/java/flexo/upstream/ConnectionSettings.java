package flexo.upstream;

import java.time.Duration;

/**
 * The settings of a pool of connections.
 *
 * @param connectTimeout the timeout for establishing a connection, including its TLS handshake
 * @param userAgent our {@code User-Agent}
 * @param via our unique name in the {@code Via} header, which identifies requests that come back
 * @param traffic the use of the connections
 * @param connections their limit, idle ones included; further requests wait
 * @param tls our trust anchors and client certificate
 */
public record ConnectionSettings(
        Duration connectTimeout, String userAgent, String via, Traffic traffic, int connections, TlsSetup tls) {
    private static final int USUAL_CONNECTIONS = 64;

    /**
     * The use of connections, which determines the size of one read. Each open connection has two buffers of that size,
     * idle or not.
     */
    public enum Traffic {
        /** Files at full speed: each piece wakes all readers. */
        FILES(64 * 1024),
        /**
         * Files at a limited speed: a piece arrives whole however little was granted, so it is smaller than a portion.
         */
        LIMITED_FILES(8 * 1024),
        /** Heads of responses, from hundreds of servers. */
        HEADS(4 * 1024);

        private final int pieceBytes;

        Traffic(int pieceBytes) {
            this.pieceBytes = pieceBytes;
        }

        int pieceBytes() {
            return pieceBytes;
        }
    }

    /** For files, with the JVM's TLS defaults. */
    public static ConnectionSettings usual(Duration connectTimeout, String userAgent, String via) {
        return new ConnectionSettings(
                connectTimeout, userAgent, via, Traffic.FILES, USUAL_CONNECTIONS, TlsSetup.ofJvm());
    }

    /** The same for other traffic. */
    public ConnectionSettings with(Traffic other, int otherConnections) {
        return new ConnectionSettings(connectTimeout, userAgent, via, other, otherConnections, tls);
    }
}
