package flexo.retention;

import java.util.EnumMap;
import java.util.Map;

/** Counts removed files and freed bytes by reason. Thread-safe. */
public final class RemovalCounts {
    /**
     * A count of removed files.
     *
     * @param files the number of files; a package and its signature count as one
     * @param bytes the bytes they took
     */
    public record Count(long files, long bytes) {
        private Count plus(long more) {
            return new Count(files + 1, bytes + more);
        }
    }

    private static final Count NONE = new Count(0, 0);

    /** Guarded by this object's monitor. */
    private final Map<RemovalReason, Count> counts = new EnumMap<>(RemovalReason.class);

    RemovalCounts() {}

    synchronized void add(RemovalReason reason, long bytes) {
        counts.put(reason, counts.getOrDefault(reason, NONE).plus(bytes));
    }

    /** The current count of each reason. */
    public synchronized Map<RemovalReason, Count> all() {
        Map<RemovalReason, Count> all = new EnumMap<>(RemovalReason.class);
        for (RemovalReason reason : RemovalReason.values()) {
            all.put(reason, counts.getOrDefault(reason, NONE));
        }
        return all;
    }

    /** The sum over all reasons. */
    public synchronized Count sum() {
        return sum(counts);
    }

    static Count sum(Map<RemovalReason, Count> counts) {
        long files = counts.values().stream().mapToLong(Count::files).sum();
        long bytes = counts.values().stream().mapToLong(Count::bytes).sum();
        return new Count(files, bytes);
    }
}
