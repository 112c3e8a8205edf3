package flexo.web;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.web.RequestFigures.Totals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The plots of the page: what was sampled is there, in the end as little as at first, and after a restart. */
class HistoryTest {
    @TempDir
    private Path directory;

    private Instant now = Instant.parse("2024-06-01T10:00:30Z");
    private Totals totals = Totals.NONE;

    private History history() {
        return new History(() -> totals, directory.resolve("history.json"), () -> now);
    }

    private void pass(Duration time, Totals more) {
        now = now.plus(time);
        totals = totals.plus(more);
    }

    private static List<HistoryJson.Point> points(History history, String series) {
        return history.series().get(series).points();
    }

    @Test
    void requestsAreCountedByMinuteQuarterAndQuarterOfADay() {
        History history = history();
        for (int minute = 0; minute < 30; minute++) {
            pass(Duration.ofMinutes(1), new Totals(2, 1, 0, 20, 10));
            history.sample();
        }

        assertThat(points(history, "hour")).hasSize(30).allSatisfy(point -> {
            assertThat(point.hits()).isEqualTo(2);
            assertThat(point.misses()).isEqualTo(1);
            assertThat(point.saved_bytes()).isEqualTo(20);
            assertThat(point.downloaded_bytes()).isEqualTo(10);
        });
        assertThat(points(history, "day")).extracting(HistoryJson.Point::hits).containsExactly(28L, 30L, 2L);
        assertThat(points(history, "month")).extracting(HistoryJson.Point::hits).containsExactly(60L);
    }

    @Test
    void afterAYearItIsAsLargeAsAfterAMonth() {
        History history = history();
        for (int hour = 0; hour < 24 * 365; hour++) {
            pass(Duration.ofHours(1), new Totals(1, 0, 0, 1, 0));
            history.sample();
        }

        assertThat(points(history, "hour")).hasSize(1);
        assertThat(points(history, "day")).hasSize(24);
        assertThat(points(history, "month")).hasSize(124);
        assertThat(directory.resolve("history.json").toFile().length()).isLessThan(20_000);
    }

    @Test
    void whatWasSampledOutlivesARestartAndWhatTheNextRunCountsIsAdded() {
        History before = history();
        pass(Duration.ofMinutes(1), new Totals(5, 0, 0, 0, 0));
        before.close();
        totals = new Totals(3, 0, 0, 0, 0);

        History after = history();
        after.sample();

        assertThat(points(after, "hour")).extracting(HistoryJson.Point::hits).containsExactly(8L);
    }

    @Test
    void clockThatIsSetBackLeavesNoPointsInTheFuture() {
        History history = history();
        pass(Duration.ofDays(400), new Totals(5, 0, 0, 0, 0));
        history.sample();
        pass(Duration.ofDays(-400), new Totals(1, 0, 0, 0, 0));
        history.sample();

        for (String series : List.of("hour", "day", "month")) {
            assertThat(points(history, series))
                    .extracting(HistoryJson.Point::hits)
                    .containsExactly(1L);
        }
    }

    @Test
    void damagedFileCostsThePlotsAndNoMore() throws IOException {
        for (String damaged : List.of(
                "",
                "[1]",
                "{\"hour\":",
                "{\"hour\":3}",
                "{\"hour\":{\"points\":[7,{\"from\":1e30}]}}",
                "{\"hour\":{\"points\":[{\"from\":\"x\",\"hits\":{}}]},\"year\":{\"points\":[]}}")) {
            Files.writeString(directory.resolve("history.json"), damaged);
            History history = history();
            history.sample();

            assertThat(points(history, "hour")).as(damaged).hasSize(1);
        }
    }
}
