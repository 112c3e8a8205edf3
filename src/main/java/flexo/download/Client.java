package flexo.download;

import java.time.Instant;
import java.util.Optional;

/**
 * The identity of a client, as far as it is known; used to pair signatures with databases, and to share out places for
 * downloads.
 *
 * @param address the client's address; several clients may share one
 * @param connection the connection of the request; the same as the address if a proxy shares connections
 * @param copy the time of its copy of the requested file; empty if it sent none
 * @param via the request's {@code Via} header; empty if there is none
 */
public record Client(String address, String connection, Optional<Instant> copy, String via) {
    /** A client without a copy and proxies. */
    public Client(String address, String connection) {
        this(address, connection, Optional.empty(), "");
    }
}
