package flexo.web;

import flexo.alpm.FileKind;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
    /** By address, in the order of their last requests. Guarded by itself. */
    private final Map<String, Asked> clients = new LinkedHashMap<>(16, 0.75f, true);

    /**
     * The figures of one client.
     *
     * @param lastSync its last request for a database; empty if there was none
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

    /** Counts a response with a file. */
    void sent(String client, String path, long bytes) {
        if (!isOn.getAsBoolean()) {
            synchronized (clients) {
                clients.clear();
            }
            return;
        }
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        boolean isDatabase = FileKind.of(path.substring(path.lastIndexOf('/') + 1)) == FileKind.DATABASE;
        synchronized (clients) {
            Asked before = clients.getOrDefault(client, new Asked(client, 0, 0, now, Optional.empty()));
            clients.put(
                    client,
                    new Asked(
                            client,
                            before.requests() + 1,
                            before.bytes() + bytes,
                            now,
                            isDatabase ? Optional.of(now) : before.lastSync()));
            if (clients.size() > MOST) {
                clients.remove(clients.keySet().iterator().next());
            }
        }
    }

    /** The clients with the most bytes, in that order. */
    List<Asked> most() {
        synchronized (clients) {
            return clients.values().stream()
                    .sorted(Comparator.comparingLong(Asked::bytes).reversed())
                    .limit(TOLD)
                    .toList();
        }
    }
}
