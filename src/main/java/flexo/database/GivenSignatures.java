package flexo.database;

import flexo.alpm.RepositoryPath;
import flexo.cache.GenerationNote.Signature;
import flexo.cache.RecentlyUsed;
import flexo.download.Client;
import java.util.Optional;

/**
 * Which signature belongs to the database that a client was given last: it gets this one, even if a newer generation was
 * published between its two requests.
 *
 * <p>pacman asks for the signature by whichever of its connections is idle, mostly the one that brought the database. So
 * what was given by the same connection counts first, then what the address was given last. A connection counts once: when
 * its client has the signature, the next database may come by another connection, as it does where a reverse proxy keeps
 * some for all its clients. Bounded. Safe for threads.
 */
final class GivenSignatures {
    private static final int PART_OF_HEAP = 64;
    /** Of an entry, beside what is in it. */
    private static final int OVERHEAD_BYTES = 200;

    /** Of JDK types alone: on Java 17 the hash of a record keeps the class of a component, and its loader, for ever. */
    private record Given(String to, String database) {
        long bytes(Latest latest) {
            return (long) OVERHEAD_BYTES
                    + to.length()
                    + database.length()
                    + latest.signature
                            .map(signature -> signature.bytes().length)
                            .orElse(0);
        }
    }

    /**
     * What was given.
     *
     * @param signature empty for a database that has none
     * @param connection by which the database went
     */
    private record Latest(Optional<Signature> signature, String connection) {}

    /** Guarded by itself. */
    private final RecentlyUsed<Given, Latest> signatures;

    GivenSignatures() {
        this(Runtime.getRuntime().maxMemory() / PART_OF_HEAP);
    }

    GivenSignatures(long mostBytes) {
        signatures = new RecentlyUsed<>(mostBytes, Given::bytes);
    }

    void put(Client client, RepositoryPath database, Optional<Signature> signature) {
        Latest latest = new Latest(signature, client.connection());
        synchronized (signatures) {
            signatures.put(new Given(client.address(), database.toString()), latest);
            signatures.put(new Given(client.connection(), database.toString()), latest);
        }
    }

    /** Empty if the client was not given the database lately; else its signature, or that it has none. */
    Optional<Optional<Signature>> take(Client client, RepositoryPath database) {
        Given byAddress = new Given(client.address(), database.toString());
        Given byConnection = new Given(client.connection(), database.toString());
        synchronized (signatures) {
            Latest latest = byConnection.equals(byAddress) ? null : signatures.remove(byConnection);
            if (latest == null) {
                latest = signatures.get(byAddress);
                forgetConnection(byAddress, latest);
            }
            return latest == null ? Optional.empty() : Optional.of(latest.signature());
        }
    }

    /** Its client has come for the signature by another one. */
    private void forgetConnection(Given byAddress, Latest latest) {
        if (latest != null && !latest.connection().equals(byAddress.to())) {
            Latest unused = signatures.remove(new Given(latest.connection(), byAddress.database()));
        }
    }
}
