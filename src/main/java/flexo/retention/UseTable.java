package flexo.retention;

import java.util.Arrays;

/**
 * A table from files to the minute of their last use, twelve bytes for each place. Not thread-safe.
 *
 * <p>A file is known by a hash of its path, of 64 bits: that two of some hundred thousand share one is less likely than
 * a broken disk, and costs no more than a wrong last use.
 */
final class UseTable {
    private static final int FEWEST_PLACES = 1024;
    /** Room for some 780 000 files in 12 MiB; when it is full, the least recently used quarter of them is forgotten. */
    private static final int MOST_PLACES = 1 << 20;

    /** What stands for a file that is forgotten; its place is free at the next growth. */
    private static final int FORGOTTEN = 0;

    /** Takes the files of a table, one by one. */
    @FunctionalInterface
    interface Visitor {
        void visit(long key, int minute);
    }

    /** 0 where a place is free; a power of two of places, at most three quarters of them taken. */
    private long[] keys = new long[FEWEST_PLACES];

    private int[] minutes = new int[FEWEST_PLACES];
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

    /** The minute of a file's last use; 0 if it is not in the table. */
    int get(long key) {
        return minutes[place(key)];
    }

    /**
     * Sets the minute of a file's last use.
     *
     * @param minute positive
     */
    void put(long key, int minute) {
        int place = place(key);
        if (keys[place] == 0) {
            if (4L * (taken + 1) > 3L * keys.length) {
                makeRoom();
                place = place(key);
            }
            keys[place] = key;
            taken++;
        }
        files += minutes[place] == FORGOTTEN ? 1 : 0;
        minutes[place] = minute;
    }

    /** Forgets a file. */
    void remove(long key) {
        int place = place(key);
        files -= minutes[place] == FORGOTTEN ? 0 : 1;
        minutes[place] = FORGOTTEN;
    }

    /** Moves all times from a minute on. */
    void move(int fromMinute, int byMinutes) {
        for (int i = 0; i < minutes.length; i++) {
            if (minutes[i] != FORGOTTEN && minutes[i] >= fromMinute) {
                minutes[i] += byMinutes;
            }
        }
    }

    /** Sets all later times to a minute. */
    void limit(int lastMinute) {
        for (int i = 0; i < minutes.length; i++) {
            minutes[i] = Math.min(minutes[i], lastMinute);
        }
    }

    /** Shows all files. */
    void forEach(Visitor visitor) {
        for (int i = 0; i < keys.length; i++) {
            if (minutes[i] != FORGOTTEN) {
                visitor.visit(keys[i], minutes[i]);
            }
        }
    }

    /** The same files, to be read by another thread. */
    UseTable copy() {
        UseTable copy = new UseTable();
        copy.keys = keys.clone();
        copy.minutes = minutes.clone();
        copy.taken = taken;
        copy.files = files;
        return copy;
    }

    private void makeRoom() {
        long[] oldKeys = keys;
        int[] oldMinutes = minutes;
        // If it is the forgotten ones that fill it, it needs to be cleared only.
        boolean tooSmall = 2 * files > oldKeys.length;
        if (tooSmall && oldKeys.length == MOST_PLACES) {
            forgetAQuarter();
            tooSmall = false;
        }
        int places = tooSmall ? 2 * oldKeys.length : oldKeys.length;
        keys = new long[places];
        minutes = new int[places];
        taken = files;
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldMinutes[i] != FORGOTTEN) {
                int place = place(oldKeys[i]);
                keys[place] = oldKeys[i];
                minutes[place] = oldMinutes[i];
            }
        }
    }

    private void forgetAQuarter() {
        int[] sorted =
                Arrays.stream(minutes).filter(it -> it != FORGOTTEN).sorted().toArray();
        int last = sorted[sorted.length / 4];
        int left = sorted.length / 4;
        for (int i = 0; i < keys.length && left > 0; i++) {
            if (minutes[i] != FORGOTTEN && minutes[i] <= last) {
                minutes[i] = FORGOTTEN;
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
