package flexo.web;

import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;

/** A histogram of durations with fixed buckets. Thread-safe. */
final class Histogram {
    private static final long[] BOUNDS_MILLIS = {1, 5, 25, 100, 250, 1000, 2500, 5000, 10_000, 30_000, 120_000};

    /** One for each bound, and one for longer durations. */
    private final LongAdder[] buckets = IntStream.rangeClosed(0, BOUNDS_MILLIS.length)
            .mapToObj(i -> new LongAdder())
            .toArray(LongAdder[]::new);

    private final LongAdder sumNanos = new LongAdder();

    void add(Duration duration) {
        int bucket = 0;
        while (bucket < BOUNDS_MILLIS.length && duration.toNanos() > BOUNDS_MILLIS[bucket] * 1_000_000) {
            bucket++;
        }
        buckets[bucket].increment();
        sumNanos.add(duration.toNanos());
    }

    /** The upper bounds of all buckets except the last, which has none. */
    static Duration bound(int bucket) {
        return Duration.ofMillis(BOUNDS_MILLIS[bucket]);
    }

    /** The count of each bucket. */
    long[] counts() {
        long[] counts = new long[buckets.length];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = buckets[i].sum();
        }
        return counts;
    }

    Duration sum() {
        return Duration.ofNanos(sumNanos.sum());
    }
}
