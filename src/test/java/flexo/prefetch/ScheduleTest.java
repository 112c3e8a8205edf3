package flexo.prefetch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleTest {
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
    private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");

    @Test
    void neverIsNever() {
        assertThat(Schedule.never().first(NOW)).isEmpty();
        assertThat(Schedule.never().next(NOW)).isEmpty();
    }

    @Test
    void intervalBeginsSoonAfterTheStartSoThatRestartsDoNotPutItOffForEver() {
        Schedule schedule = Schedule.every(Duration.ofHours(6));

        assertThat(schedule.first(NOW)).contains(NOW.plusSeconds(60));
        assertThat(schedule.next(NOW)).contains(NOW.plus(Duration.ofHours(6)));
        assertThat(Schedule.every(Duration.ofSeconds(10)).first(NOW)).contains(NOW.plusSeconds(10));
    }

    /** In June two hours, in winter one hour ahead of UTC. */
    @ParameterizedTest
    @CsvSource({
        "0 3 * * *,             2026-06-01T12:00:00Z, 2026-06-02T01:00:00Z",
        "0 3 * * *,             2026-06-02T01:00:00Z, 2026-06-03T01:00:00Z",
        "*/15 * * * *,          2026-06-01T12:01:30Z, 2026-06-01T12:15:00Z",
        "30 22 * * 1-5,         2026-06-05T21:00:00Z, 2026-06-08T20:30:00Z",
        "0 4 1 * *,             2026-06-01T12:00:00Z, 2026-07-01T02:00:00Z",
        "'0 0,12 * jan,jul *',  2026-06-01T12:00:00Z, 2026-06-30T22:00:00Z",
        "0 3 * * sun,           2026-06-01T12:00:00Z, 2026-06-07T01:00:00Z",
        "0 3 * * 7,             2026-06-01T12:00:00Z, 2026-06-07T01:00:00Z",
        "'  0   3 * * * ',      2026-06-01T12:00:00Z, 2026-06-02T01:00:00Z",
        "30 3 * * *,            2026-10-25T00:00:00Z, 2026-10-25T02:30:00Z"
    })
    void cronMeansTheNextOfItsTimesInLocalTime(String expression, Instant after, Instant next) {
        Schedule schedule = Schedule.cron(expression, BERLIN).orElseThrow();

        assertThat(schedule.next(after)).contains(next);
        assertThat(schedule.first(after)).contains(next);
    }

    /** At two on this night clocks show three. */
    @Test
    void timeThatIsLeftOutInSpringCostsNoRun() {
        Schedule schedule = Schedule.cron("30 2 * * *", BERLIN).orElseThrow();

        Instant next = schedule.next(Instant.parse("2026-03-28T12:00:00Z")).orElseThrow();

        assertThat(next).isBetween(Instant.parse("2026-03-29T01:00:00Z"), Instant.parse("2026-03-30T00:30:00Z"));
        assertThat(schedule.next(next))
                .hasValueSatisfying(later -> assertThat(later).isAfter(next));
    }

    @Test
    void dayThatNeverComesIsRefused() {
        assertThat(Schedule.cron("0 3 31 2 *", BERLIN)).isEmpty();
    }

    /** Made of what people write into such fields, right and wrong. */
    @Test
    void whatWasAcceptedNeverFailsWhenItIsUsed() {
        List<String> parts = List.of(
                "*", "0", "5", "12", "29", "31", "59", "*/2", "*/30", "*/90", "1-5", "9-3", "mon", "jan", "1,15", "7",
                "?", "L", "1#2", "15W", "-1", "99", "fri-mon", "1/2", "");
        Random random = new Random(42);
        int accepted = 0;
        for (int i = 0; i < 20_000; i++) {
            String expression = Stream.generate(() -> parts.get(random.nextInt(parts.size())))
                    .limit(5)
                    .collect(Collectors.joining(" "));
            Optional<Schedule> schedule = Schedule.cron(expression, BERLIN);
            if (schedule.isPresent()) {
                accepted++;
                Optional<Instant> next = schedule.get().first(NOW);
                for (int run = 0; run < 5 && next.isPresent(); run++) {
                    assertThat(next.get()).as(expression).isAfter(NOW);
                    next = schedule.get().next(next.get());
                }
            }
        }
        assertThat(accepted).isPositive();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "nonsense", "* * * *", "60 * * * *", "0 0 3 * * *", "0 */30 * * *"})
    void whatIsNoCronExpressionIsRefused(String expression) {
        assertThat(Schedule.cron(expression, BERLIN)).isEmpty();
    }
}
