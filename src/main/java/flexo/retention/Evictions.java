package flexo.retention;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The candidates for LRU eviction. It keeps two numbers per file, so that a cache of hundreds of thousands of files
 * takes few megabytes. Pure; not thread-safe.
 */
final class Evictions {
    private record Spare(long lastUseMillis, long bytes) {}

    private final List<Spare> files = new ArrayList<>();
    private long totalBytes;

    /** Adds a file. */
    void add(long lastUseMillis, long bytes) {
        files.add(new Spare(lastUseMillis, bytes));
        totalBytes += bytes;
    }

    /** The total size of all candidates. */
    long totalBytes() {
        return totalBytes;
    }

    /**
     * The LRU threshold that frees enough; takes everything if that is not enough.
     *
     * @param bytesToFree the bytes to free; 0 or less for none
     */
    Line line(long bytesToFree) {
        if (bytesToFree <= 0) {
            return Line.nothing();
        }
        files.sort(Comparator.comparingLong(Spare::lastUseMillis));
        long freed = 0;
        long freedBefore = 0;
        long millis = Long.MIN_VALUE;
        for (Spare file : files) {
            if (file.lastUseMillis() > millis) {
                millis = file.lastUseMillis();
                freedBefore = freed;
            }
            freed += file.bytes();
            if (freed >= bytesToFree) {
                return new Line(millis, bytesToFree - freedBefore);
            }
        }
        return new Line(Long.MAX_VALUE, Long.MAX_VALUE);
    }

    /** Adds the files that a line leaves to another set. */
    void addKeptTo(Evictions others, Line line) {
        for (Spare file : files) {
            if (!line.takes(file.lastUseMillis(), file.bytes())) {
                others.add(file.lastUseMillis(), file.bytes());
            }
        }
    }

    /**
     * An LRU threshold: takes the files used before a moment. Of those used exactly then it takes the first ones
     * offered, until it has enough.
     */
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

        /** Whether this file has to go; each must be offered only once. A file that frees nothing stays. */
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
