package flexo.prefetch;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;

/** When runs are due. Pure. */
public interface Schedule {
    /** With an interval, the first run is due so long after the start: mirrors are known by then. */
    Duration AFTER_START = Duration.ofMinutes(1);

    /** The first run after the start; empty for never. */
    Optional<Instant> first(Instant start);

    /** The next run after a moment, which may be that of the last one; empty for never. */
    Optional<Instant> next(Instant after);

    /** Never. */
    static Schedule never() {
        return new Schedule() {
            @Override
            public Optional<Instant> first(Instant start) {
                return Optional.empty();
            }

            @Override
            public Optional<Instant> next(Instant after) {
                return Optional.empty();
            }
        };
    }

    /** Soon after the start, so that restarts do not put it off for ever, and then at an interval. */
    static Schedule every(Duration interval) {
        return new Schedule() {
            @Override
            public Optional<Instant> first(Instant start) {
                return Optional.of(start.plus(interval.compareTo(AFTER_START) < 0 ? interval : AFTER_START));
            }

            @Override
            public Optional<Instant> next(Instant after) {
                return Optional.of(after.plus(interval));
            }
        };
    }

    /**
     * At times of the calendar; those that pass while the application does not run are not made up for.
     *
     * @param expression the five fields of cron: minute, hour, day of the month, month, day of the week
     * @param zone where the clock hangs
     * @throws IllegalArgumentException if the expression is none
     */
    static Schedule cron(String expression, ZoneId zone) {
        return CronSchedule.parse(expression, zone);
    }
}
