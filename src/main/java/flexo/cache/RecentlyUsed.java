package flexo.cache;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.ToLongBiFunction;

/** An LRU map that is bounded by bytes: beyond them the longest unused entries go. Not safe for threads. */
public final class RecentlyUsed<K, V> {
    private final long mostBytes;
    private final ToLongBiFunction<K, V> bytes;
    private final Map<K, V> entries = new LinkedHashMap<>(16, 0.75f, true);
    private long taken;

    /**
     * Empty.
     *
     * @param bytes what an entry takes, roughly; always the same for the same entry
     */
    public RecentlyUsed(long mostBytes, ToLongBiFunction<K, V> bytes) {
        this.mostBytes = mostBytes;
        this.bytes = bytes;
    }

    /** The value of a key, which is used by that; null if there is none. */
    public V get(K key) {
        return entries.get(key);
    }

    /** Puts an entry in; one that takes more than all may take is not kept. */
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

    /** Takes an entry out; null if there was none. */
    public V remove(K key) {
        V former = entries.remove(key);
        if (former != null) {
            taken -= bytes.applyAsLong(key, former);
        }
        return former;
    }

    /** How many entries there are. */
    public int size() {
        return entries.size();
    }
}
