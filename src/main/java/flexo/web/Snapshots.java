package flexo.web;

import java.time.Duration;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Snapshots of the state, made on request, and at most once a second. Thread-safe. */
public final class Snapshots {
    static final Duration APART = Duration.ofSeconds(1);

    private final Supplier<StateJson.State> state;
    private final LongSupplier nanoTime;

    // Guarded by the monitor, in which a snapshot is made: concurrent requests share it.
    private Map<String, String> last = Map.of();
    private long madeNanos;

    /**
     * No snapshot yet.
     *
     * @param state makes a snapshot; takes milliseconds, no disk access
     * @param nanoTime as {@link System#nanoTime}
     */
    public Snapshots(Supplier<StateJson.State> state, LongSupplier nanoTime) {
        this.state = state;
        this.nanoTime = nanoTime;
    }

    /** The JSON text of each member of the state, by name. */
    synchronized Map<String, String> members() {
        long now = nanoTime.getAsLong();
        if (last.isEmpty() || now - madeNanos >= APART.toNanos()) {
            last = StateJson.members(state.get());
            madeNanos = now;
        }
        return last;
    }
}
