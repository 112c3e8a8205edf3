package flexo.app;

import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.function.LongSupplier;

/**
 * A clock that ignores when the machine's clock is set; for state that lives only as long as the process, such as the
 * rests of mirrors. Its time means nothing elsewhere.
 */
final class UnsetClock {
    private UnsetClock() {}

    /** A clock that starts with the machine's time. */
    static Clock ofMachine() {
        return from(Instant.now(), System::nanoTime);
    }

    /**
     * A clock that counts on from an instant.
     *
     * @param start its present time
     * @param nanoTime as {@link System#nanoTime}
     */
    static Clock from(Instant start, LongSupplier nanoTime) {
        long startNanos = nanoTime.getAsLong();
        InstantSource counted = () -> start.plusNanos(nanoTime.getAsLong() - startNanos);
        return counted.withZone(ZoneOffset.UTC);
    }
}
