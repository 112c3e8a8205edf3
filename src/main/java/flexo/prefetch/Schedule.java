package flexo.prefetch;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;

/** The due times of runs. Pure; equal to a schedule with the same times. */
public interface Schedule {
    /** The delay of the first run of an interval after the start: mirrors are known by then. */
    Duration AFTER_START = Duration.ofMinutes(1);

    /** The first run after the start; empty for never. */
    Optional<Instant> first(Instant start);

    /** The next run after a moment, which may be that of the last one; empty for never. */
    Optional<Instant> next(Instant after);

    /** Never. */
    static Schedule never() {
        return new Never();
    }

    /** Runs at an interval, starting soon after the start, so that frequent restarts do not prevent them. */
    static Schedule every(Duration interval) {
        return new Every(interval);
    }

    /**
     * Runs at calendar times; times missed while the application is down are not made up for.
     *
     * @param expression the five fields of cron: minute, hour, day of the month, month, day of the week
     * @param zone the time zone
     * @return empty if the expression is invalid, or never due, such as on the 31st of February
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
