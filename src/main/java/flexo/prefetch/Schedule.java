package flexo.prefetch;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;

/** When runs are due. Pure; equal to another one that means the same. */
public interface Schedule {
    /** With an interval, the first run is due so long after the start: mirrors are known by then. */
    Duration AFTER_START = Duration.ofMinutes(1);

    /** The first run after the start; empty for never. */
    Optional<Instant> first(Instant start);

    /** The next run after a moment, which may be that of the last one; empty for never. */
    Optional<Instant> next(Instant after);

    /** Never. */
    static Schedule never() {
        return new Never();
    }

    /** Soon after the start, so that restarts do not put it off for ever, and then at an interval. */
    static Schedule every(Duration interval) {
        return new Every(interval);
    }

    /**
     * At times of the calendar; those that pass while the application does not run are not made up for.
     *
     * @param expression the five fields of cron: minute, hour, day of the month, month, day of the week
     * @param zone where the clock hangs
     * @return empty if the expression is none, or means no time at all, such as the 31st of February
     */
    static Optional<Schedule> cron(String expression, ZoneId zone) {
        try {
            return Optional.<Schedule>of(new CronSchedule(expression, zone))
                    .filter(schedule -> schedule.next(Instant.EPOCH).isPresent());
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** See {@link #never}. */
    record Never() implements Schedule {
        @Override
        public Optional<Instant> first(Instant start) {
            return Optional.empty();
        }

        @Override
        public Optional<Instant> next(Instant after) {
            return Optional.empty();
        }
    }

    /** See {@link #every}. */
    record Every(Duration interval) implements Schedule {
        @Override
        public Optional<Instant> first(Instant start) {
            return Optional.of(start.plus(interval.compareTo(AFTER_START) < 0 ? interval : AFTER_START));
        }

        @Override
        public Optional<Instant> next(Instant after) {
            return Optional.of(after.plus(interval));
        }
    }
}
