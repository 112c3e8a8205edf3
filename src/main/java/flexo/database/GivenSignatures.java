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
 * Which state of a database a client was given last: it gets the signature of that one, even if a newer generation was
 * published between its two requests.
 *
 * <p>pacman asks for the signature by whichever of its connections is idle, mostly the one that brought the database. So
 * what was given by the same connection counts first, then what the address was given last. A connection counts once: when
 * its client has the signature, the next database may come by another connection, as it does where a reverse proxy keeps
 * some for all its clients. Nothing counts longer than pacman takes from one request to the other: its next database may
 * come from another server. Bounded. Safe for threads.
 */
final class GivenSignatures {
    static final Duration COUNT_FOR = Duration.ofSeconds(30);

    private static final int PART_OF_HEAP = 64;
    /** Of an entry, beside what is in it. */
    private static final int OVERHEAD_BYTES = 300;

    /** Of JDK types alone: on Java 17 the hash of a record keeps the class of a component, and its loader, for ever. */
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
     * The state that a client was given.
     *
     * @param sha256 of the database
     * @param signature the one it had then; empty if it had none
     */
    record Given(String sha256, Optional<Signature> signature) {
        static Given of(GenerationNote note) {
            return new Given(note.sha256(), note.signature());
        }
    }

    /**
     * The same, and how.
     *
     * @param connection by which the database went
     * @param nanos when
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

    /** Empty if the client was not given the database a moment ago. */
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

    /** Its client has come for the signature by another one. */
    private void forgetConnection(To byAddress, Latest found) {
        if (found != null && !found.connection().equals(byAddress.client())) {
            Latest unused = latest.remove(new To(found.connection(), byAddress.database()));
        }
    }
}
