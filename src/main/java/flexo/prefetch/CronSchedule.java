package flexo.prefetch;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Objects;
import java.util.Optional;

/** The times of a cron expression, see crontab(5). */
final class CronSchedule implements Schedule {
    private final String expression;
    private final ZoneId zone;
    private final ExecutionTime times;

    /**
     * Parses an expression.
     *
     * @throws IllegalArgumentException if it is invalid
     */
    CronSchedule(String expression, ZoneId zone) {
        this.expression = expression.strip();
        this.zone = zone;
        CronParser parser = new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));
        times = ExecutionTime.forCron(parser.parse(this.expression));
    }

    @Override
    public Optional<Instant> first(Instant start) {
        return next(start);
    }

    @Override
    public Optional<Instant> next(Instant after) {
        return times.nextExecution(after.atZone(zone)).map(ZonedDateTime::toInstant);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CronSchedule schedule
                && expression.equals(schedule.expression)
                && zone.equals(schedule.zone);
    }

    @Override
    public int hashCode() {
        return Objects.hash(expression, zone);
    }

    @Override
    public String toString() {
        return expression;
    }
}
