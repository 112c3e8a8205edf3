package flexo.download;

import java.time.Duration;

/**
 * The speed of one transfer in consecutive windows, for comparisons with others.
 *
 * <p>Guarded by its owner's lock, except for {@link #bytesPerSecond}, which is thread-safe.
 */
final class Pace {
    private static final double NANOS_PER_SECOND = 1e9;

    private final long windowNanos;
    private long windowStartNanos;
    private long windowBytes;
    private double best;
    private volatile double latest;

    Pace(Duration window, long nowNanos) {
        windowNanos = window.toNanos();
        windowStartNanos = nowNanos;
    }

    /** Discards the current window and begins the next. */
    void restart(long nowNanos) {
        windowStartNanos = nowNanos;
        windowBytes = 0;
    }

    void arrived(long bytes) {
        windowBytes += bytes;
    }

    /** The time left in the current window. */
    long nanosLeft(long nowNanos) {
        return Math.max(0, windowStartNanos + windowNanos - nowNanos);
    }

    /**
     * Ends the window and begins the next.
     *
     * @return its length
     */
    Duration endWindow(long nowNanos) {
        long nanos = Math.max(1, nowNanos - windowStartNanos);
        best = Math.max(best, latest);
        latest = windowBytes * NANOS_PER_SECOND / nanos;
        restart(nowNanos);
        return Duration.ofNanos(nanos);
    }

    /** The speed in the last complete window; 0 before the first. */
    double bytesPerSecond() {
        return latest;
    }

    /** The best speed in any window before that; 0 if there was none. */
    double bestBefore() {
        return best;
    }
}
