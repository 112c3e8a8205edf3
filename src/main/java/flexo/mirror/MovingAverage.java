package flexo.mirror;

import java.time.Duration;
import java.time.Instant;

/** An exponentially weighted average that is forgotten when it is too old to mean anything. Not thread-safe. */
final class MovingAverage {

    /** After so long without news nothing is known any more; otherwise one bad hour would count for ever. */
    static final Duration REMEMBERED = Duration.ofHours(6);

    private double value;
    /** Null before the first sample. */
    private Instant last;

    /**
     * Takes a sample into account.
     *
     * @param weight of the sample against all before it, from 0 to 1
     */
    void add(double sample, double weight, Instant now) {
        value = known(now) ? value + weight * (sample - value) : sample;
        last = now;
    }

    /** The average; 0 if it is not known. */
    double value(Instant now) {
        return known(now) ? value : 0;
    }

    private boolean known(Instant now) {
        return last != null && now.isBefore(last.plus(REMEMBERED));
    }
}
