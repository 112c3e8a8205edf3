package flexo.database;

import flexo.alpm.RepositoryPath;
import flexo.cache.GenerationNote;
import flexo.cache.GenerationNote.Signature;
import flexo.cache.RecentlyUsed;
import flexo.download.Client;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Remembers the state of a database that each client was given last, so that it gets the matching signature even if a
 * newer generation was published between its two requests.
 *
 * <p>pacman requests the signature on any idle connection, usually the one that brought the database. So a match by
 * connection takes precedence over the client's address. A connection counts once: afterwards the client's next
 * database may come over another connection, as behind a reverse proxy with pooled connections. Entries expire after
 * the time that pacman takes between the two requests, since its next database may come from another server. Bounded,
 * thread-safe.
 */
final class GivenSignatures {
    static final Duration COUNT_FOR = Duration.ofSeconds(30);

    private static final int PART_OF_HEAP = 64;
    /** The memory cost of an entry besides its contents. */
    private static final int OVERHEAD_BYTES = 300;

    /** Only JDK types: on Java 17 the hash code of a record keeps a component's class, and so its loader, reachable. */
    private record To(String client, String database) {
        long bytes(Latest latest) {
            return (long) OVERHEAD_BYTES
                    + client.length()
                    + database.length()
                    + latest.given
                            .signature()
                            .map(signature -> signature.bytes().length)
                            .orElse(0);
        }
    }

    /**
     * A state given to a client.
     *
     * @param sha256 the SHA-256 of the database
     * @param signature its signature at that time; empty if there was none
     */
    record Given(String sha256, Optional<Signature> signature) {
        static Given of(GenerationNote note) {
            return new Given(note.sha256(), note.signature());
        }
    }

    /**
     * A state with its delivery.
     *
     * @param connection the connection of the database
     * @param nanos the time
     */
    private record Latest(Given given, String connection, long nanos) {}

    private final LongSupplier nanoTime;
    /** Guarded by itself. */
    private final RecentlyUsed<To, Latest> latest;

    GivenSignatures(LongSupplier nanoTime) {
        this(Runtime.getRuntime().maxMemory() / PART_OF_HEAP, nanoTime);
    }

    GivenSignatures(long mostBytes, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        latest = new RecentlyUsed<>(mostBytes, To::bytes);
    }

    void put(Client client, RepositoryPath database, Given given) {
        Latest now = new Latest(given, client.connection(), nanoTime.getAsLong());
        synchronized (latest) {
            latest.put(new To(client.address(), database.toString()), now);
            latest.put(new To(client.connection(), database.toString()), now);
        }
    }

    /** Takes the state that the client was given a moment ago; empty if there is none. */
    Optional<Given> take(Client client, RepositoryPath database) {
        To byAddress = new To(client.address(), database.toString());
        To byConnection = new To(client.connection(), database.toString());
        Latest found;
        synchronized (latest) {
            found = byConnection.equals(byAddress) ? null : latest.remove(byConnection);
            if (found == null || isOver(found)) {
                found = latest.get(byAddress);
                forgetConnection(byAddress, found);
            }
        }
        return Optional.ofNullable(found).filter(given -> !isOver(given)).map(Latest::given);
    }

    private boolean isOver(Latest given) {
        return nanoTime.getAsLong() - given.nanos > COUNT_FOR.toNanos();
    }

    /** The client has requested the signature on another connection. */
    private void forgetConnection(To byAddress, Latest found) {
        if (found != null && !found.connection().equals(byAddress.client())) {
            Latest unused = latest.remove(new To(found.connection(), byAddress.database()));
        }
    }
}
