package flexo.mirror;

import java.time.Duration;
import java.time.Instant;

/** An exponentially weighted moving average that expires. Not thread-safe. */
final class MovingAverage {

    /** The age at which it expires; otherwise one bad hour would count forever. */
    static final Duration REMEMBERED = Duration.ofHours(6);

    private double value;
    /** Null before the first sample. */
    private Instant last;

    /**
     * Adds a sample.
     *
     * @param weight the sample's weight against all before it, from 0 to 1
     */
    void add(double sample, double weight, Instant now) {
        value = known(now) ? value + weight * (sample - value) : sample;
        last = now;
    }

    /** The average; 0 if unknown. */
    double value(Instant now) {
        return known(now) ? value : 0;
    }

    private boolean known(Instant now) {
        return last != null && now.isBefore(last.plus(REMEMBERED));
    }
}
