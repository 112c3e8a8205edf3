package flexo.cache;

import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.ToLongBiFunction;

/** An LRU map with a limit in bytes. Not thread-safe. */
public final class RecentlyUsed<K, V> {
    private final long mostBytes;
    private final ToLongBiFunction<K, V> bytes;
    private final Map<K, V> entries = new LinkedHashMap<>(16, 0.75f, true);
    private long taken;

    /**
     * An empty map.
     *
     * @param bytes the approximate size of an entry; constant for an entry
     */
    public RecentlyUsed(long mostBytes, ToLongBiFunction<K, V> bytes) {
        this.mostBytes = mostBytes;
        this.bytes = bytes;
    }

    /** Gets and uses the value of a key; null if there is none. */
    public V get(K key) {
        return entries.get(key);
    }

    /** Adds an entry; one that exceeds the limit by itself is not kept. */
    public void put(K key, V value) {
        V unused = remove(key);
        entries.put(key, value);
        taken += bytes.applyAsLong(key, value);
        Iterator<Map.Entry<K, V>> oldest = entries.entrySet().iterator();
        while (taken > mostBytes) {
            Map.Entry<K, V> first = oldest.next();
            taken -= bytes.applyAsLong(first.getKey(), first.getValue());
            oldest.remove();
        }
    }

    /** Removes an entry; null if there was none. */
    public V remove(K key) {
        V former = entries.remove(key);
        if (former != null) {
            taken -= bytes.applyAsLong(key, former);
        }
        return former;
    }

    /** A view of the values, the least recently used first. */
    public Collection<V> values() {
        return Collections.unmodifiableCollection(entries.values());
    }

    /** The number of entries. */
    public int size() {
        return entries.size();
    }
}
