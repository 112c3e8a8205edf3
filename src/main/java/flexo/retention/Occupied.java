package flexo.retention;

import java.util.HashMap;
import java.util.Map;

/**
 * The size of the cache.
 *
 * @param bytes by directory, for each repository with a size limit of its own; by {@link #ALL} for the whole cache
 */
record Occupied(Map<String, Long> bytes) {
    /** The key of the whole cache. */
    static final String ALL = "";
    /** An empty cache. */
    static final Occupied NOTHING = new Occupied(Map.of());

    Occupied {
        bytes = Map.copyOf(bytes);
    }

    /**
     * The size with a file added.
     *
     * @param key {@link RetentionSettings#limitKey} of its directory
     */
    Occupied plus(String key, long more) {
        Map<String, Long> changed = new HashMap<>(bytes);
        changed.merge(ALL, more, Long::sum);
        if (!key.equals(ALL)) {
            changed.merge(key, more, Long::sum);
        }
        return new Occupied(changed);
    }
}
