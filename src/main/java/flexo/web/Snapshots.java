package flexo.web;

import java.time.Duration;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Snapshots of the state, made when somebody asks, and at most once a second however many ask. Safe for threads. */
public final class Snapshots {
    static final Duration APART = Duration.ofSeconds(1);

    private final Supplier<StateJson.State> state;
    private final LongSupplier nanoTime;

    // Guarded by the monitor, in which a snapshot is made: whoever asks meanwhile gets the same one.
    private Map<String, String> last = Map.of();
    private long madeNanos;

    /**
     * None yet.
     *
     * @param state makes one; takes milliseconds and touches no disk
     * @param nanoTime the passing of time, as {@link System#nanoTime}
     */
    public Snapshots(Supplier<StateJson.State> state, LongSupplier nanoTime) {
        this.state = state;
        this.nanoTime = nanoTime;
    }

    /** The text of each member of the state, by its name. */
    synchronized Map<String, String> members() {
        long now = nanoTime.getAsLong();
        if (last.isEmpty() || now - madeNanos >= APART.toNanos()) {
            last = StateJson.members(state.get());
            madeNanos = now;
        }
        return last;
    }
}
