package flexo.log;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.LogLines;
import flexo.testing.SteppedTimer;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Whoever causes many lines gets few, and a sum. */
class RepeatedLinesTest {
    private static final Logger LOG = Logger.getLogger(RepeatedLinesTest.class.getName());
    private static final RepeatedLines.Kind MISSING = new RepeatedLines.Kind("requests for missing files", 3, 10);
    private static final RepeatedLines.Kind FAILED = new RepeatedLines.Kind("failed requests", 3, 10);

    private final SteppedTimer timer = new SteppedTimer();
    private final RepeatedLines lines = new RepeatedLines(timer, timer);

    @Test
    void firstLinesAreWrittenAtOnce() {
        assertThat(told(() -> missing("192.0.2.7", 1, 3))).containsExactly("line 1", "line 2", "line 3");
    }

    @Test
    void restOfAMinuteIsOneLineAtItsEnd() {
        assertThat(told(() -> missing("192.0.2.7", 1, 4315))).hasSize(3);

        assertThat(told(() -> timer.advance(RepeatedLines.INTERVAL)))
                .containsExactly("192.0.2.7: 4,312 more requests for missing files within a minute,"
                        + " the last one: line 4315");
    }

    @Test
    void singleLineThatIsLeftIsWrittenAsItIs() {
        told(() -> missing("192.0.2.7", 1, 4));

        assertThat(told(() -> timer.advance(RepeatedLines.INTERVAL))).containsExactly("line 4");
    }

    @Test
    void nextMinuteBeginsAfresh() {
        told(() -> missing("192.0.2.7", 1, 10));
        told(() -> timer.advance(RepeatedLines.INTERVAL));

        assertThat(told(() -> missing("192.0.2.7", 11, 3))).containsExactly("line 11", "line 12", "line 13");
        assertThat(told(() -> timer.advance(RepeatedLines.INTERVAL))).isEmpty();
        assertThat(timer.delays())
                .as("nothing is waited for while nothing is told")
                .isEmpty();
    }

    @Test
    void nobodyTakesTheLinesOfAnother() {
        told(() -> missing("192.0.2.7", 1, 5));

        assertThat(told(() -> missing("192.0.2.8", 1, 1))).containsExactly("line 1");
    }

    @Test
    void kindsAreCountedEachByItself() {
        told(() -> missing("192.0.2.7", 1, 5));

        assertThat(told(() -> lines.log(LOG, Level.WARNING, FAILED, "192.0.2.7", () -> "another")))
                .containsExactly("another");
    }

    @Test
    void manyOriginatorsTogetherGetFewLinesToo() {
        List<String> told = told(() -> IntStream.range(0, 100).forEach(i -> missing("192.0.2." + i, i, 1)));

        assertThat(told).hasSize(10);
        assertThat(told(() -> timer.advance(RepeatedLines.INTERVAL)))
                .as("the rest")
                .hasSize(90);
    }

    @Test
    void originatorsBeyondTheBoundShareOneSum() {
        int all = RepeatedLines.ORIGINATORS + 5000;
        told(() -> IntStream.range(0, all).forEach(i -> missing("client " + i, i, 1)));

        List<String> sums = told(() -> timer.advance(RepeatedLines.INTERVAL));

        assertThat(sums)
                .hasSize(RepeatedLines.ORIGINATORS - 10 + 1)
                .contains("Others: 5,000 more requests for missing files within a minute, the last one: line "
                        + (all - 1));
    }

    @Test
    void whatWasCountedIsToldAtAStop() {
        told(() -> missing("192.0.2.7", 1, 5));

        assertThat(told(lines::close))
                .containsExactly("192.0.2.7: 2 more requests for missing files within a minute, the last one: line 5");
        assertThat(told(() -> missing("192.0.2.7", 6, 5)))
                .as("nobody would sum up what comes later")
                .hasSize(5);
    }

    @Test
    void textOfWhatIsOnlyCountedIsNotMade() {
        AtomicInteger made = new AtomicInteger();
        told(() -> IntStream.range(0, 100)
                .forEach(
                        i -> lines.log(LOG, Level.INFO, MISSING, "192.0.2.7", () -> "line " + made.incrementAndGet())));

        told(() -> timer.advance(RepeatedLines.INTERVAL));

        assertThat(made).hasValue(3 + 1);
    }

    @Test
    void manyThreadsLoseNothing() {
        int threads = 8;
        int each = 5000;
        CountDownLatch ended = new CountDownLatch(threads);
        ScheduledExecutorService never = Executors.newSingleThreadScheduledExecutor();
        RepeatedLines busy = new RepeatedLines(never, never);
        ExecutorService clients = Executors.newFixedThreadPool(threads);
        List<String> told = told(() -> {
            for (int i = 0; i < threads; i++) {
                clients.execute(() -> {
                    for (int n = 0; n < each; n++) {
                        busy.log(LOG, Level.INFO, MISSING, "192.0.2.7", () -> "one");
                    }
                    ended.countDown();
                });
            }
            while (ended.getCount() > threads / 2) {
                busy.sumUp();
            }
            // Half of them may still be at it.
            busy.close();
            Awaitility.await().until(() -> ended.getCount() == 0);
        });
        clients.shutdown();
        never.shutdownNow();

        long all = told.stream()
                .mapToLong(line -> line.equals("one")
                        ? 1
                        : Long.parseLong(
                                line.replaceFirst(".*: ([0-9,]+) more .*", "$1").replace(",", "")))
                .sum();
        assertThat(all).isEqualTo((long) threads * each);
    }

    private void missing(String client, int first, int count) {
        for (int i = first; i < first + count; i++) {
            int number = i;
            lines.log(LOG, Level.INFO, MISSING, client, () -> "line " + number);
        }
    }

    private static List<String> told(Runnable work) {
        return LogLines.of(RepeatedLinesTest.class, Level.INFO, work);
    }
}
