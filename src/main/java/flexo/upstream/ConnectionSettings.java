package flexo.upstream;

import java.time.Duration;

/**
 * What holds for all connections from their beginning.
 *
 * @param connectTimeout how long a connection may take to be established, its TLS handshake as well
 * @param userAgent how we call ourselves
 * @param via our name in the {@code Via} header, unlike that of any other instance: by it we know requests that come back
 * @param pieceBytes what is read at once
 * @param tls whom we trust, and who we are
 */
public record ConnectionSettings(Duration connectTimeout, String userAgent, String via, int pieceBytes, TlsSetup tls) {
    /** What is read from a mirror at once, if it may come as fast as it can: each piece wakes all its readers. */
    public static final int LARGE_PIECE_BYTES = 64 * 1024;
    /** The same where speed is limited: a piece comes whole however little was granted, so it is less than a portion. */
    public static final int SMALL_PIECE_BYTES = 8 * 1024;

    /** Large pieces, and TLS as the JVM has it. */
    public static ConnectionSettings usual(Duration connectTimeout, String userAgent, String via) {
        return new ConnectionSettings(connectTimeout, userAgent, via, LARGE_PIECE_BYTES, TlsSetup.ofJvm());
    }
}
