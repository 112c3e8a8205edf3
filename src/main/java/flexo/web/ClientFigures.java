package flexo.web;

import flexo.alpm.FileKind;
import flexo.cache.RecentlyUsed;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Requests and bytes of each client since the start. Bounded, may be switched off. Thread-safe. */
public final class ClientFigures {
    /** The number of clients in memory; the least recent goes first. */
    static final int MOST = 1000;
    /** The number of clients in an answer. */
    static final int TOLD = 50;

    private final BooleanSupplier isOn;
    private final InstantSource clock;
    /** By address. Guarded by this. */
    private RecentlyUsed<String, Asked> clients = nobody();

    /**
     * The figures of one client.
     *
     * @param lastSync when it was last sent a database; empty if it never was
     */
    record Asked(String client, long requests, long bytes, Instant lastRequest, Optional<Instant> lastSync) {}

    /**
     * Starts with all counts at zero.
     *
     * @param isOn whether to count; evaluated with each request
     */
    public ClientFigures(BooleanSupplier isOn, InstantSource clock) {
        this.isOn = isOn;
        this.clock = clock;
    }

    private static RecentlyUsed<String, Asked> nobody() {
        return new RecentlyUsed<>(MOST, (client, asked) -> 1);
    }

    /** Counts a response with a file; forgets all clients if it is switched off. */
    void sent(String client, String path, long bytes) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        boolean isDatabase = FileKind.of(path.substring(path.lastIndexOf('/') + 1)) == FileKind.DATABASE;
        synchronized (this) {
            if (!isOn.getAsBoolean()) {
                clients = nobody();
                return;
            }
            Asked before = Optional.ofNullable(clients.get(client))
                    .orElseGet(() -> new Asked(client, 0, 0, now, Optional.empty()));
            clients.put(
                    client,
                    new Asked(
                            client,
                            before.requests() + 1,
                            before.bytes() + bytes,
                            now,
                            isDatabase ? Optional.of(now) : before.lastSync()));
        }
    }

    /** The clients that were sent most bytes, in that order. */
    synchronized List<Asked> most() {
        return clients.values().stream()
                .sorted(Comparator.comparingLong(Asked::bytes).reversed())
                .limit(TOLD)
                .toList();
    }
}
