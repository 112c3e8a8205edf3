package flexo.retention;

import java.util.HashMap;
import java.util.Map;

/**
 * What the cache takes, by all that is known.
 *
 * @param bytes of all files
 * @param limited bytes of packages, by the directory of each repository that has a limit of its own
 */
record Occupied(long bytes, Map<String, Long> limited) {
    /** Before the first look. */
    static final Occupied NOTHING = new Occupied(0, Map.of());

    /** Copies the map. */
    Occupied {
        limited = Map.copyOf(limited);
    }

    /**
     * After packages have come or gone.
     *
     * @param key the directory of the repository with a limit of its own; empty for none
     * @param more how many bytes; may be negative
     */
    Occupied plus(String key, long more) {
        Map<String, Long> changed = new HashMap<>(limited);
        if (!key.isEmpty()) {
            changed.merge(key, more, (before, now) -> Math.max(0, before + now));
        }
        return new Occupied(Math.max(0, bytes + more), changed);
    }
}
