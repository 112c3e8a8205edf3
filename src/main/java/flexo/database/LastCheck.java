package flexo.database;

import java.time.Duration;

/**
 * The end of the last check of a database.
 *
 * @param result its result
 * @param signatureToo whether it covered the signature, too
 * @param endedNanos the time, as {@link System#nanoTime}
 */
record LastCheck(Result result, boolean signatureToo, long endedNanos) {
    /** The longest time between the requests for a database and its signature. */
    private static final Duration PAIR = Duration.ofSeconds(5);

    /** The result of a check. */
    enum Result {
        /** A mirror has confirmed the known state, or delivered a newer one. */
        CONFIRMED,
        /** No mirror has: the known state may be out of date. */
        FAILED,
        /** The same, but a mirror has a newer state without a signature, and none has anything better. */
        FAILED_UNSIGNED
    }

    /** Whether the known state may be out of date. */
    boolean failed() {
        return result != Result.CONFIRMED;
    }

    /** Whether it covered both for a client that requests a database and then its signature. */
    boolean tellsOfPair(long nowNanos) {
        return (failed() || signatureToo) && isWithin(PAIR, nowNanos);
    }

    /** Whether it ended within this time. */
    boolean isWithin(Duration time, long nowNanos) {
        return nowNanos - endedNanos < time.toNanos();
    }
}
