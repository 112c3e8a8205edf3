package flexo.database;

import java.time.Duration;

/**
 * How the last check of a database ended, and when.
 *
 * @param result what came of it
 * @param endedNanos when, as {@link System#nanoTime}
 */
record LastCheck(Result result, long endedNanos) {
    /** What came of a check. */
    enum Result {
        /** A mirror has confirmed the state that is known, or delivered a newer one. */
        CONFIRMED,
        /** No mirror has: what is known may be out of date. */
        FAILED,
        /** The same, but a mirror has a newer state without a signature, and none has anything better. */
        FAILED_UNSIGNED
    }

    /** Whether what is known may be out of date. */
    boolean failed() {
        return result != Result.CONFIRMED;
    }

    /** Whether it ended less than a time ago. */
    boolean isWithin(Duration time, long nowNanos) {
        return nowNanos - endedNanos < time.toNanos();
    }
}
