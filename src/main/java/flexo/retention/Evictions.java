package flexo.retention;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The files that may go to make room, the least recently used first. It keeps two numbers for each, so that a cache of
 * hundreds of thousands of files needs few megabytes. Pure; not thread-safe.
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

    /** What all of them take. */
    long totalBytes() {
        return totalBytes;
    }

    /**
     * Where to stop so that enough is freed; at the end if everything is not enough.
     *
     * @param bytesToFree how much is enough; 0 or less for nothing
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

    /** Adds the files that a line does not take to others. */
    void addKeptTo(Evictions others, Line line) {
        for (Spare file : files) {
            if (!line.takes(file.lastUseMillis(), file.bytes())) {
                others.add(file.lastUseMillis(), file.bytes());
            }
        }
    }

    /**
     * Takes the least recently used. Of the files used at its last moment it takes the first that it sees, until it has
     * enough.
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

        /** Whether this file, which must be shown only once, has to go. One that frees nothing never has. */
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
