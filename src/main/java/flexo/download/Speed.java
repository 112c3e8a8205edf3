package flexo.download;

import java.time.Duration;
import java.util.OptionalDouble;

/**
 * How fast bytes have been coming lately: a moving average with exponential weights, from looks at how many there are.
 *
 * <p>Not safe for threads.
 */
final class Speed {
    private static final double NANOS_PER_SECOND = 1e9;
    /** What is older than this counts for a third. */
    private static final Duration MEMORY = Duration.ofSeconds(1);
    /** Whoever is silent for so long sends nothing. */
    private static final Duration SILENCE = Duration.ofSeconds(1);

    private long lastNanos;
    private long lastBytes;
    private long arrivedNanos;
    private double average;
    /** How much of the average is known: it grows from 0 to 1. */
    private double weight;

    /** From now on. */
    Speed(long bytes, long nowNanos) {
        beginAt(bytes, nowNanos);
    }

    /** Goes on counting from another number; the speed stays. */
    void beginAt(long bytes, long nowNanos) {
        lastBytes = bytes;
        lastNanos = nowNanos;
        arrivedNanos = nowNanos;
    }

    /** There are so many now. */
    void look(long bytes, long nowNanos) {
        long nanos = nowNanos - lastNanos;
        if (nanos <= 0) {
            return;
        }
        double old = Math.exp(-nanos / (double) MEMORY.toNanos());
        average = average * old + (bytes - lastBytes) * NANOS_PER_SECOND / nanos * (1 - old);
        weight = weight * old + (1 - old);
        arrivedNanos = bytes > lastBytes ? nowNanos : arrivedNanos;
        lastNanos = nowNanos;
        lastBytes = bytes;
    }

    /** In bytes per second; empty before any have come. */
    OptionalDouble bytesPerSecond() {
        if (average == 0) {
            return OptionalDouble.empty();
        }
        return OptionalDouble.of(lastNanos - arrivedNanos >= SILENCE.toNanos() ? 0 : average / weight);
    }
}
