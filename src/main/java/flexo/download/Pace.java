package flexo.download;

import java.time.Duration;

/**
 * How fast one transfer has been, window after window; what it is compared with others by.
 *
 * <p>Its owner's lock guards it, but for {@link #bytesPerSecond}, which anybody may read.
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

    /** Forgets the present window and begins the next. */
    void restart(long nowNanos) {
        windowStartNanos = nowNanos;
        windowBytes = 0;
    }

    void arrived(long bytes) {
        windowBytes += bytes;
    }

    /** How long until the present window is over. */
    long nanosLeft(long nowNanos) {
        return Math.max(0, windowStartNanos + windowNanos - nowNanos);
    }

    /**
     * Ends the window and begins the next.
     *
     * @return how long it was
     */
    Duration endWindow(long nowNanos) {
        long nanos = Math.max(1, nowNanos - windowStartNanos);
        best = Math.max(best, latest);
        latest = windowBytes * NANOS_PER_SECOND / nanos;
        restart(nowNanos);
        return Duration.ofNanos(nanos);
    }

    /** The speed in the last window that is over; 0 before there is one. */
    double bytesPerSecond() {
        return latest;
    }

    /** The best speed in any window before that; 0 if there was none. */
    double bestBefore() {
        return best;
    }
}
