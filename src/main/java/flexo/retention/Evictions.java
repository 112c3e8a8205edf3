package flexo.retention;

import java.util.Arrays;

/**
 * The packages among which the least recently used go first, as no more than two numbers for each, so that a cache of
 * hundreds of thousands of files needs few megabytes. Pure; not thread-safe.
 */
final class Evictions {
    private long[] lastUses = new long[1024];
    private long[] bytes = new long[1024];
    private int size;
    private long totalBytes;

    /** Adds a package. */
    void add(long lastUseMillis, long itsBytes) {
        if (size == bytes.length) {
            lastUses = Arrays.copyOf(lastUses, 2 * size);
            bytes = Arrays.copyOf(bytes, 2 * size);
        }
        lastUses[size] = lastUseMillis;
        bytes[size] = itsBytes;
        size++;
        totalBytes += itsBytes;
    }

    /** What all take together. */
    long totalBytes() {
        return totalBytes;
    }

    /**
     * Where to stop so that so much is freed, or everything if that is not enough.
     *
     * @param bytesToFree how much; 0 or less for nothing
     */
    Line line(long bytesToFree) {
        if (bytesToFree <= 0) {
            return new Line(Long.MIN_VALUE, 0);
        }
        if (bytesToFree >= totalBytes) {
            return new Line(Long.MAX_VALUE, Long.MAX_VALUE);
        }
        // Halving the time needs no sorting: some forty looks at each number.
        long tooFew = -1;
        long enough = latest();
        while (enough - tooFew > 1) {
            long middle = (tooFew + enough) / 2;
            if (bytesUpTo(middle) >= bytesToFree) {
                enough = middle;
            } else {
                tooFew = middle;
            }
        }
        return new Line(enough, bytesToFree - bytesUpTo(tooFew));
    }

    /** Adds those to others that stay this side of a line. */
    void addKeptTo(Evictions others, Line line) {
        for (int i = 0; i < size; i++) {
            if (!line.takes(lastUses[i], bytes[i])) {
                others.add(lastUses[i], bytes[i]);
            }
        }
    }

    private long latest() {
        return Arrays.stream(lastUses, 0, size).max().orElse(0);
    }

    private long bytesUpTo(long millis) {
        long sum = 0;
        for (int i = 0; i < size; i++) {
            sum += lastUses[i] <= millis ? bytes[i] : 0;
        }
        return sum;
    }

    /** Takes the least recently used, and of those used at its last moment the first that are shown to it. */
    static final class Line {
        private final long millis;
        private long leftThen;

        private Line(long millis, long leftThen) {
            this.millis = millis;
            this.leftThen = leftThen;
        }

        /** A line that takes nothing. */
        static Line nothing() {
            return new Line(Long.MIN_VALUE, 0);
        }

        /** Whether this package, which must be shown only once, has to go. One that frees nothing never has. */
        boolean takes(long lastUseMillis, long itsBytes) {
            if (itsBytes == 0 || lastUseMillis > millis || (lastUseMillis == millis && leftThen <= 0)) {
                return false;
            }
            if (lastUseMillis == millis) {
                leftThen -= itsBytes;
            }
            return true;
        }
    }
}
