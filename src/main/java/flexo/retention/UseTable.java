package flexo.retention;

import java.util.Arrays;

/**
 * A table from files to the millisecond of their last use, sixteen bytes for each place. Not thread-safe.
 *
 * <p>A file is known by a hash of its path, of 64 bits: that two of some hundred thousand share one is less likely than
 * a broken disk, and costs no more than a wrong last use.
 */
final class UseTable {
    private static final int FEWEST_PLACES = 1024;
    /**
     * Room for some 780 000 files in 16 MiB, or in a 64th of the heap; when it is full, the least recently used quarter of them
     * is forgotten.
     */
    private static final int MOST_PLACES = (int) Math.max(
            FEWEST_PLACES,
            Math.min(1 << 20, Long.highestOneBit(Runtime.getRuntime().maxMemory() / 64 / (2 * Long.BYTES))));

    /** What stands for a file that is forgotten; its place is free at the next growth. */
    private static final long FORGOTTEN = 0;

    /** Takes the files of a table, one by one. */
    @FunctionalInterface
    interface Visitor {
        void visit(long key, long millis);
    }

    /** 0 where a place is free; a power of two of places, at most three quarters of them taken. */
    private long[] keys = new long[FEWEST_PLACES];

    private long[] times = new long[FEWEST_PLACES];
    /** Places that are taken, the forgotten ones included. */
    private int taken;

    private int files;

    /** The key of a file. */
    static long key(String path) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < path.length(); i++) {
            hash = (hash ^ path.charAt(i)) * 0x100000001b3L;
        }
        // The low bits, which choose the place, depend on all of the path only after this.
        hash = (hash ^ hash >>> 32) * 0x9e3779b97f4a7c15L;
        hash ^= hash >>> 29;
        return hash == 0 ? 1 : hash;
    }

    /** How many files are in it. */
    int size() {
        return files;
    }

    /** The time of a file's last use; 0 if it is not in the table. */
    long get(long key) {
        return times[place(key)];
    }

    /**
     * Sets the time of a file's last use.
     *
     * @param millis since 1970; positive
     */
    void put(long key, long millis) {
        int place = place(key);
        if (keys[place] == 0) {
            if (4L * (taken + 1) > 3L * keys.length) {
                makeRoom();
                place = place(key);
            }
            keys[place] = key;
            taken++;
        }
        files += times[place] == FORGOTTEN ? 1 : 0;
        times[place] = millis;
    }

    /** Forgets a file. */
    void remove(long key) {
        int place = place(key);
        files -= times[place] == FORGOTTEN ? 0 : 1;
        times[place] = FORGOTTEN;
    }

    /** Moves all times, none before the first. */
    void move(long byMillis) {
        for (int i = 0; i < times.length; i++) {
            if (times[i] != FORGOTTEN) {
                times[i] = Math.max(1, times[i] + byMillis);
            }
        }
    }

    /** Shows all files. */
    void forEach(Visitor visitor) {
        for (int i = 0; i < keys.length; i++) {
            if (times[i] != FORGOTTEN) {
                visitor.visit(keys[i], times[i]);
            }
        }
    }

    /** The same files, to be read by another thread. */
    UseTable copy() {
        UseTable copy = new UseTable();
        copy.keys = keys.clone();
        copy.times = times.clone();
        copy.taken = taken;
        copy.files = files;
        return copy;
    }

    private void makeRoom() {
        long[] oldKeys = keys;
        long[] oldTimes = times;
        // If it is the forgotten ones that fill it, it needs to be cleared only.
        boolean tooSmall = 2 * files > oldKeys.length;
        if (tooSmall && oldKeys.length == MOST_PLACES) {
            forgetAQuarter();
            tooSmall = false;
        }
        int places = tooSmall ? 2 * oldKeys.length : oldKeys.length;
        keys = new long[places];
        times = new long[places];
        taken = files;
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldTimes[i] != FORGOTTEN) {
                int place = place(oldKeys[i]);
                keys[place] = oldKeys[i];
                times[place] = oldTimes[i];
            }
        }
    }

    private void forgetAQuarter() {
        long[] sorted =
                Arrays.stream(times).filter(it -> it != FORGOTTEN).sorted().toArray();
        long last = sorted[sorted.length / 4];
        int left = sorted.length / 4;
        for (int i = 0; i < keys.length && left > 0; i++) {
            if (times[i] != FORGOTTEN && times[i] <= last) {
                times[i] = FORGOTTEN;
                left--;
                files--;
            }
        }
    }

    /** Where a file is, or would be put. */
    private int place(long key) {
        int mask = keys.length - 1;
        int place = (int) key & mask;
        while (keys[place] != 0 && keys[place] != key) {
            place = (place + 1) & mask;
        }
        return place;
    }
}
