package flexo.retention;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The timeline of last uses. It advances with the wall clock, but ignores steps when the clock is set. So a file that was
 * used an hour ago is still an hour old on a machine whose clock stops while it is off, once it learns that years have
 * passed; and a clock that is wrong for a minute ages nothing.
 *
 * <p>While the process runs, elapsed time comes from {@link System#nanoTime}; the clock may be ahead of it by as long
 * as the machine sleeps. Between two processes only the clock can tell. It is trusted unless it went back, or forward
 * by more than a year.
 *
 * <p>File times are wall-clock times, and may predate a step of the clock. So a file's age is computed by the clock as
 * it is and by the clock without its last step; the younger age counts.
 *
 * <p>All times are milliseconds since 1970. Not thread-safe.
 */
final class UseTime {
    private static final Logger LOG = Logger.getLogger(UseTime.class.getName());

    /** How far the clock may get ahead of nanoTime, which stops while a machine is suspended. */
    static final Duration SLEEP = Duration.ofHours(12);
    /** How far the clock may fall behind: it is corrected in small steps. */
    private static final Duration CORRECTION = Duration.ofMinutes(1);
    /** The longest plausible downtime; a longer gap is more likely a wrong clock. */
    static final Duration OFF = Duration.ofDays(365);

    private final InstantSource clock;
    private final LongSupplier nanoTime;

    private long millis;
    private long clockMillis;
    private long lastNanos;
    /** The clock without its last step; the clock itself if it was never set. */
    private long unsetClockMillis;

    /**
     * One moment on both timelines.
     *
     * @param millis on the timeline of uses
     * @param clockMillis on the wall clock
     */
    record Moment(long millis, long clockMillis) {}

    /** Starts with the time of the clock. */
    UseTime(InstantSource clock, LongSupplier nanoTime) {
        this.clock = clock;
        this.nanoTime = nanoTime;
        clockMillis = shown();
        millis = clockMillis;
        unsetClockMillis = clockMillis;
        lastNanos = nanoTime.getAsLong();
    }

    /** The present; monotonic and positive. */
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

    /** The present on both timelines. */
    Moment moment() {
        goOn();
        return new Moment(millis, clockMillis);
    }

    /**
     * Continues the timeline of an earlier process. This shifts all times returned before.
     *
     * @param last the last known moment of that process
     * @return the shift in milliseconds
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

    /** The age of a file; negative if its time is in the future by either clock. */
    long since(long fileMillis) {
        goOn();
        long shown = ago(fileMillis, clockMillis);
        long unset = ago(fileMillis, unsetClockMillis);
        return shown < 0 || unset < 0 ? Math.max(shown, unset) : Math.min(shown, unset);
    }

    /** Tolerates a file server's clock that is slightly ahead. */
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
