package flexo.app;

import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.function.LongSupplier;

/**
 * A clock that goes on as time passes, whatever somebody does to the machine's: for what is remembered only as long as the
 * process runs, such as until when a mirror is left alone. What it shows means nothing to anybody else.
 */
final class UnsetClock {
    private UnsetClock() {}

    /** The one of the machine. */
    static Clock ofMachine() {
        return from(Instant.now(), System::nanoTime);
    }

    /**
     * One that counts on.
     *
     * @param start what it shows now
     * @param nanoTime what has passed, as {@link System#nanoTime}
     */
    static Clock from(Instant start, LongSupplier nanoTime) {
        long startNanos = nanoTime.getAsLong();
        InstantSource counted = () -> start.plusNanos(nanoTime.getAsLong() - startNanos);
        return counted.withZone(ZoneOffset.UTC);
    }
}
