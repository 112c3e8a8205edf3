package flexo.download;

import flexo.alpm.RepositoryPath;
import flexo.cache.GenerationNote.Signature;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Which signature belongs to the database that a client was given last: it gets this one, even if a newer generation was
 * published between its two requests.
 *
 * <p>pacman asks for the signature by whichever of its connections is idle, mostly the one that brought the database. So
 * what was given by the same connection counts first, then what the address was given last. Bounded. Safe for threads.
 */
final class GivenSignatures {
    private static final int CAPACITY = 10_000;

    /** Of JDK types alone: on Java 17 the hash of a record keeps the class of a component, and its loader, for ever. */
    private record Given(String to, String database) {}

    /** The longest unused first; the value is empty for a database that has none. Guarded by itself. */
    private final Map<Given, Optional<Signature>> signatures = new LinkedHashMap<>(16, 0.75f, true);

    void put(Client client, RepositoryPath database, Optional<Signature> signature) {
        synchronized (signatures) {
            signatures.put(new Given(client.address(), database.toString()), signature);
            signatures.put(new Given(client.connection(), database.toString()), signature);
            while (signatures.size() > CAPACITY) {
                signatures.remove(signatures.keySet().iterator().next());
            }
        }
    }

    /** Empty if the client was not given the database lately; else its signature, or that it has none. */
    Optional<Optional<Signature>> get(Client client, RepositoryPath database) {
        synchronized (signatures) {
            Optional<Signature> byConnection = signatures.get(new Given(client.connection(), database.toString()));
            return byConnection != null
                    ? Optional.of(byConnection)
                    : Optional.ofNullable(signatures.get(new Given(client.address(), database.toString())));
        }
    }
}
