package flexo.retention;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The time in which last uses are recorded. It advances with the clock, but ignores the moments when somebody sets the
 * clock. So a file that was used an hour ago is still an hour old when a machine, whose clock stands still while it is off,
 * learns the time years later by its own account; and a clock that is wrong for a minute makes nothing old.
 *
 * <p>While the process runs, {@link System#nanoTime} tells how much time passes; the clock may be ahead of it by as much as a
 * machine sleeps. Between two processes only the clock can tell. It is believed unless it went back, or more than a year
 * on.
 *
 * <p>Times of files are the clock's, and may be from before it was set. So they are compared with the clock as it is and as
 * it would be without the last setting; the younger age counts.
 *
 * <p>All times are milliseconds since 1970. Not thread-safe.
 */
final class UseTime {
    private static final Logger LOG = Logger.getLogger(UseTime.class.getName());

    /** How much the clock may be ahead of nanoTime, which does not count the night over which a machine is suspended. */
    static final Duration SLEEP = Duration.ofHours(12);
    /** How much it may be behind: it is corrected in small steps. */
    private static final Duration CORRECTION = Duration.ofMinutes(1);
    /** How long nothing may have run: a longer gap is less likely than a wrong clock. */
    static final Duration OFF = Duration.ofDays(365);

    private final InstantSource clock;
    private final LongSupplier nanoTime;

    private long millis;
    private long clockMillis;
    private long lastNanos;
    /** The clock without its last setting; the clock itself if it was never set. */
    private long unsetClockMillis;

    /**
     * A moment of this time and of the clock.
     *
     * @param millis in the time of uses
     * @param clockMillis what the clock showed then
     */
    record Moment(long millis, long clockMillis) {}

    /** Begins with the time on the clock. */
    UseTime(InstantSource clock, LongSupplier nanoTime) {
        this.clock = clock;
        this.nanoTime = nanoTime;
        clockMillis = shown();
        millis = clockMillis;
        unsetClockMillis = clockMillis;
        lastNanos = nanoTime.getAsLong();
    }

    /** The present; it never goes back, and is positive. */
    long now() {
        goOn();
        return millis;
    }

    private void goOn() {
        long shown = shown();
        long nanos = nanoTime.getAsLong();
        long passed = Math.max(0, (nanos - lastNanos) / 1_000_000);
        long ahead = shown - clockMillis - passed;
        boolean set = ahead > SLEEP.toMillis() || ahead < -CORRECTION.toMillis();
        long step = set ? passed : Math.max(0, shown - clockMillis);
        if (set) {
            LOG.log(Level.INFO, "The clock was set from {0} to {1}; times of last use are not affected", new Object[] {
                Instant.ofEpochMilli(clockMillis), Instant.ofEpochMilli(shown)
            });
            unsetClockMillis = clockMillis;
        }
        millis += step;
        unsetClockMillis += step;
        clockMillis = shown;
        lastNanos = nanos;
    }

    /** The present of both. */
    Moment moment() {
        goOn();
        return new Moment(millis, clockMillis);
    }

    /**
     * Goes on where an earlier process stopped. This moves all times that were told before.
     *
     * @param last the last moment that is known of that process
     * @return by how many milliseconds
     */
    long goOnFrom(Moment last) {
        goOn();
        long before = millis;
        long off = clockMillis - last.clockMillis();
        boolean believed = off >= 0 && off <= OFF.toMillis();
        millis = last.millis() + (believed ? off : 0);
        if (!believed) {
            unsetClockMillis = last.clockMillis();
        }
        return millis - before;
    }

    /** How long ago a file got its time; negative if that is in the future by either clock. */
    long since(long fileMillis) {
        goOn();
        long shown = ago(fileMillis, clockMillis);
        long unset = ago(fileMillis, unsetClockMillis);
        return shown < 0 || unset < 0 ? Math.max(shown, unset) : Math.min(shown, unset);
    }

    /** The clock of a file server may be a little ahead. */
    private static long ago(long fileMillis, long clockMillis) {
        long ago = clockMillis - fileMillis;
        return ago < -SLEEP.toMillis() ? ago : Math.max(0, ago);
    }

    /** A moment on the clock as it is set now. */
    Instant onTheClock(long useMillis) {
        goOn();
        return Instant.ofEpochMilli(useMillis + clockMillis - millis);
    }

    private long shown() {
        return Math.max(1, clock.millis());
    }
}
