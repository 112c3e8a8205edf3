package flexo.download;

import java.time.Instant;
import java.util.Optional;

/**
 * Who asks, as far as it can be told; by it a signature is paired with its database, and places for downloads are
 * shared out.
 *
 * @param address the client's address; several clients may share one
 * @param connection the connection the request came by; the same as the address where that says nothing of the client
 * @param copy the time of the copy that it has of the file it asks for; empty if it tells none
 * @param via the proxies that its request has come through, as they stand in {@code Via}; empty if there are none
 */
public record Client(String address, String connection, Optional<Instant> copy, String via) {
    /** One without a copy, from nowhere else. */
    public Client(String address, String connection) {
        this(address, connection, Optional.empty(), "");
    }
}
