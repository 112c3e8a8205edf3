package flexo.retention;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that stands still until the test moves it, and the time that really passes, which are not always the same. */
final class TestTime implements InstantSource {
    private Instant now = Instant.parse("2026-05-01T12:00:00Z");
    private long nanos;

    @Override
    public Instant instant() {
        return now;
    }

    long nanoTime() {
        return nanos;
    }

    void advance(Duration time) {
        now = now.plus(time);
        nanos += time.toNanos();
    }

    /** Somebody sets the clock. */
    void set(Instant time) {
        now = time;
    }
}
