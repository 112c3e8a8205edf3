package flexo.upstream;

import java.time.Duration;

/**
 * What holds for all connections from their beginning.
 *
 * @param connectTimeout how long a connection may take to be established, its TLS handshake as well
 * @param userAgent how we call ourselves
 * @param via our name in the {@code Via} header, unlike that of any other instance: by it we know requests that come back
 * @param traffic what they are for
 * @param connections how many there may be at once, idle ones included; whoever asks for more waits
 * @param tls whom we trust, and who we are
 */
public record ConnectionSettings(
        Duration connectTimeout, String userAgent, String via, Traffic traffic, int connections, TlsSetup tls) {
    private static final int USUAL_CONNECTIONS = 64;

    /**
     * What comes over connections, and so how much of it is read at once. Each connection has two buffers of that size as long
     * as it is open, idle or not.
     */
    public enum Traffic {
        /** Files as fast as they come: each piece wakes all its readers. */
        FILES(64 * 1024),
        /** Files at a limited speed: a piece comes whole however little was granted, so it is less than a portion. */
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

    /** For files, with TLS as the JVM has it. */
    public static ConnectionSettings usual(Duration connectTimeout, String userAgent, String via) {
        return new ConnectionSettings(
                connectTimeout, userAgent, via, Traffic.FILES, USUAL_CONNECTIONS, TlsSetup.ofJvm());
    }

    /** The same for other traffic. */
    public ConnectionSettings with(Traffic other, int otherConnections) {
        return new ConnectionSettings(connectTimeout, userAgent, via, other, otherConnections, tls);
    }
}
