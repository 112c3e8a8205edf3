package flexo.retention;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The time in which last uses are recorded. It goes on as the clock does, but not where somebody sets the clock: what was
 * used an hour before is still used an hour ago when the clock learns, years later by its own account, what time it is, as
 * on machines whose clock stands still while they are off; and a clock that is wrong for a minute makes nothing old.
 *
 * <p>While the process runs, what really passes is told by {@link System#nanoTime}; the clock may be ahead of that by as
 * much as a machine sleeps. From one process to the next only the clock tells, and is believed unless it went back, or more
 * than a year on.
 *
 * <p>Times of files are the clock's. They may have been set before it was, so they are compared with the clock as it is
 * and as it would be had it not been set: what makes them younger counts.
 *
 * <p>All times are milliseconds since 1970. Not thread-safe.
 */
final class UseTime {
    private static final Logger LOG = Logger.getLogger(UseTime.class.getName());

    /** So much the clock may be ahead of what passed: a machine that is suspended over night does not count that. */
    static final Duration SLEEP = Duration.ofHours(12);
    /** So much it may be behind, since it is corrected in small steps. */
    private static final Duration CORRECTION = Duration.ofMinutes(1);
    /** So long nothing may have run: a machine that was off for longer is less likely than a clock that is wrong. */
    static final Duration OFF = Duration.ofDays(365);

    private final InstantSource clock;
    private final LongSupplier nanoTime;

    private long millis;
    private long clockMillis;
    private long lastNanos;
    /** What the clock would show had it not been set the last time; the same as it shows if it never was. */
    private long unsetClockMillis;

    /**
     * A moment of this time and of the clock.
     *
     * @param millis in the time of uses
     * @param clockMillis what the clock showed then
     */
    record Moment(long millis, long clockMillis) {}

    /** It begins with what the clock shows. */
    UseTime(InstantSource clock, LongSupplier nanoTime) {
        this.clock = clock;
        this.nanoTime = nanoTime;
        clockMillis = shown();
        millis = clockMillis;
        unsetClockMillis = clockMillis;
        lastNanos = nanoTime.getAsLong();
    }

    /** The present; never before what was told earlier, and positive. */
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
            LOG.log(
                    Level.INFO,
                    "The clock was set from {0} to {1}; when packages were used last is counted on as before",
                    new Object[] {Instant.ofEpochMilli(clockMillis), Instant.ofEpochMilli(shown)});
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
     * Goes on where an earlier process stopped. All that was told before is moved by what this returns.
     *
     * @param last the last moment that is known of that
     * @return milliseconds
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

    /** How long ago a file got its time; negative if that is in the future by all that is known. */
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

    /** What the clock, as it is set now, showed or would have shown at a moment. */
    Instant onTheClock(long useMillis) {
        goOn();
        return Instant.ofEpochMilli(useMillis + clockMillis - millis);
    }

    private long shown() {
        return Math.max(1, clock.millis());
    }
}
