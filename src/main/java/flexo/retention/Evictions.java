package flexo.retention;

import java.util.Arrays;

/**
 * The packages among which the least recently used go first, as no more than two numbers for each, so that a cache of
 * hundreds of thousands of files needs few megabytes. Pure; not thread-safe.
 */
final class Evictions {
    private int[] lastUseMinutes = new int[1024];
    private long[] bytes = new long[1024];
    private int size;
    private long totalBytes;

    /** Adds a package. */
    void add(int lastUseMinute, long itsBytes) {
        if (size == bytes.length) {
            lastUseMinutes = Arrays.copyOf(lastUseMinutes, 2 * size);
            bytes = Arrays.copyOf(bytes, 2 * size);
        }
        lastUseMinutes[size] = lastUseMinute;
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
            return new Line(Integer.MIN_VALUE, 0);
        }
        if (bytesToFree >= totalBytes) {
            return new Line(Integer.MAX_VALUE, Long.MAX_VALUE);
        }
        // Halving the time needs no sorting: 32 looks at each number.
        long tooFew = -1;
        long enough = Integer.MAX_VALUE;
        while (enough - tooFew > 1) {
            long middle = (tooFew + enough) / 2;
            if (bytesUpTo(middle) >= bytesToFree) {
                enough = middle;
            } else {
                tooFew = middle;
            }
        }
        return new Line((int) enough, bytesToFree - bytesUpTo(tooFew));
    }

    /** Adds those to others that stay this side of a line. */
    void addKeptTo(Evictions others, Line line) {
        for (int i = 0; i < size; i++) {
            if (!line.takes(lastUseMinutes[i], bytes[i])) {
                others.add(lastUseMinutes[i], bytes[i]);
            }
        }
    }

    private long bytesUpTo(long minute) {
        long sum = 0;
        for (int i = 0; i < size; i++) {
            sum += lastUseMinutes[i] <= minute ? bytes[i] : 0;
        }
        return sum;
    }

    /** Takes the least recently used, and of those used in its last minute the first that are shown to it. */
    static final class Line {
        private final int minute;
        private long leftInMinute;

        private Line(int minute, long leftInMinute) {
            this.minute = minute;
            this.leftInMinute = leftInMinute;
        }

        /** A line that takes nothing. */
        static Line nothing() {
            return new Line(Integer.MIN_VALUE, 0);
        }

        /** Whether this package, which must be shown only once, has to go. One that frees nothing never has. */
        boolean takes(int lastUseMinute, long itsBytes) {
            if (itsBytes == 0 || lastUseMinute > minute || (lastUseMinute == minute && leftInMinute <= 0)) {
                return false;
            }
            if (lastUseMinute == minute) {
                leftInMinute -= itsBytes;
            }
            return true;
        }
    }
}
