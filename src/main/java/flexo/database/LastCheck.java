package flexo.database;

import java.time.Duration;

/**
 * How the last check of a database ended, and when.
 *
 * @param result what came of it
 * @param signatureToo whether it has told of the signature, too
 * @param endedNanos when, as {@link System#nanoTime}
 */
record LastCheck(Result result, boolean signatureToo, long endedNanos) {
    /** From the one request to the other. */
    private static final Duration PAIR = Duration.ofSeconds(5);

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

    /** Whether it has told a client, who asks for a database and then for its signature, of both. */
    boolean tellsOfPair(long nowNanos) {
        return (failed() || signatureToo) && isWithin(PAIR, nowNanos);
    }

    /** Whether it ended less than a time ago. */
    boolean isWithin(Duration time, long nowNanos) {
        return nowNanos - endedNanos < time.toNanos();
    }
}
