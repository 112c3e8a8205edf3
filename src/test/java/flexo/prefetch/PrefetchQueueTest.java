package flexo.prefetch;

import static flexo.testing.TestPaths.path;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.alpm.RepositoryPath;
import flexo.download.AheadSource.End;
import flexo.testing.SteppedTimer;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** It is noon when a test begins; time passes, and tasks run, only when the test says. */
class PrefetchQueueTest {
    private static final Instant NOON = Instant.parse("2026-06-01T12:00:00Z");
    private static final Logger LOG = Logger.getLogger(PrefetchQueue.class.getName());

    private final SteppedTimer timer = new SteppedTimer();
    private final ScriptedAhead source = new ScriptedAhead();
    private final Map<RepositoryPath, Instant> inherited = new LinkedHashMap<>();
    private final List<String> log = new ArrayList<>();
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord line) {
            if (line.getLevel().intValue() >= Level.INFO.intValue()) {
                log.add(line.getLevel() + " " + new SimpleFormatter().formatMessage(line));
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };
    private Duration clockIsOff = Duration.ZERO;
    private long roomBytes = Long.MAX_VALUE;
    private QuietHours quietHours = QuietHours.always(ZoneOffset.UTC);
    private PrefetchQueue queue;

    @BeforeEach
    void make() {
        LOG.setUseParentHandlers(false);
        LOG.addHandler(handler);
        queue = queue();
    }

    @AfterEach
    void leaveTheLogAsItWas() {
        LOG.removeHandler(handler);
        LOG.setUseParentHandlers(true);
    }

    private PrefetchQueue queue() {
        return new PrefetchQueue(
                () -> new PrefetchSettings(
                        Schedule.never(), Duration.ofDays(30), quietHours, true, OptionalLong.empty()),
                source,
                (file, bytes) -> bytes <= roomBytes,
                inherited::put,
                timer,
                timer,
                timer::nanoTime,
                this::now);
    }

    private Instant now() {
        return NOON.plusNanos(timer.nanoTime()).plus(clockIsOff);
    }

    private static Wanted named(String name) {
        return new Wanted(place(name), 100, "it was asked for by name", Optional.empty());
    }

    private static Wanted update(String name) {
        return new Wanted(place(name), 100, "clients use it", Optional.of(NOON.minusSeconds(9)));
    }

    private static RepositoryPath place(String name) {
        return path("core/os/x86_64/" + file(name));
    }

    private static String file(String name) {
        return name + "-2-1-x86_64.pkg.tar.zst";
    }

    private void add(String... names) {
        for (String name : names) {
            queue.add(List.of(named(name)));
        }
        timer.runAll();
    }

    private void ends(String name, End end) {
        source.ends(file(name), end, end == End.FETCHED ? 100 : 0);
        timer.runAll();
    }

    private void clients(int waiting) {
        source.clients = waiting;
        queue.clientsChanged();
        timer.runAll();
    }

    @Test
    void onePackageComesAfterTheOther() {
        add("a", "b", "a");
        assertThat(source.only()).isEqualTo(file("a"));
        assertThat(source.slowly).isTrue();
        assertThat(queue.size()).isEqualTo(2);

        ends("a", End.FETCHED);
        assertThat(source.only()).isEqualTo(file("b"));
        ends("b", End.FETCHED);

        assertThat(source.isIdle()).isTrue();
        assertThat(queue.size()).isZero();
        assertThat(queue.counts()).isEqualTo(new PrefetchCounts(2, 200, 0, 0, 0));
        assertThat(log)
                .containsExactly(
                        "INFO " + place("a") + ": prefetched, 100 bytes: it was asked for by name",
                        "INFO " + place("b") + ": prefetched, 100 bytes: it was asked for by name");
    }

    @Test
    void nothingHappensOnTheThreadThatAdds() {
        queue.add(List.of(named("a")));

        assertThat(source.asked).isEmpty();
        timer.runAll();
        assertThat(source.asked).hasSize(1);
    }

    @Test
    void whatFailsIsToldAndCountedAndTheNextOneComes() {
        add("a", "b", "c");

        ends("a", End.FAILED);
        ends("b", End.MISSING);
        ends("c", End.PRESENT);

        assertThat(queue.counts()).isEqualTo(new PrefetchCounts(0, 0, 2, 0, 0));
        assertThat(log).hasSize(2);
        assertThat(log.get(0)).startsWith("WARNING " + place("a")).endsWith("as in the test");
        assertThat(log.get(1)).startsWith("INFO " + place("b"));
    }

    @Test
    void itIsSaidWhetherWhatFailsIsTriedAgain() {
        List<String> told = new ArrayList<>();
        queue.whenNamedFails(name -> {
            told.add(name);
            return name.equals("again");
        });
        queue.replaceUpdates(List.of(update("used")));
        add("again", "never", "nowhere");

        ends("used", End.FAILED);
        ends("again", End.FAILED);
        ends("never", End.FAILED);
        ends("nowhere", End.MISSING);

        assertThat(queue.size()).as("who was told adds it again").isZero();
        assertThat(told).containsExactly("again", "never");
        String again = "it will be tried again when it is due: as in the test";
        String never = "it is not tried again unless its name is handed in once more: as in the test";
        assertThat(log.get(0)).contains(again);
        assertThat(log.get(1)).contains(again);
        assertThat(log.get(2)).contains(never);
        assertThat(log.get(3)).contains(never);
    }

    @Test
    void whatBreaksOffInAWayThatNobodyForesawDoesNotKeepTheOthers() {
        source.refused = file("a");
        add("a", "b", "c");
        assertThat(source.only()).isEqualTo(file("b"));

        source.breaksOff(file("b"));
        timer.runAll();

        assertThat(source.only()).isEqualTo(file("c"));
        assertThat(queue.counts()).isEqualTo(new PrefetchCounts(0, 0, 2, 0, 0));
        assertThat(log)
                .allSatisfy(line -> assertThat(line).startsWith("WARNING ").contains("planted"));
    }

    @Test
    void lastUseGoesOnFromTheVersionBefore() {
        queue.replaceUpdates(List.of(update("a"), update("b")));
        timer.runAll();
        ends("a", End.FETCHED);
        ends("b", End.FAILED);
        add("c");
        ends("c", End.FETCHED);

        assertThat(inherited).isEqualTo(Map.of(place("a"), NOON.minusSeconds(9)));
    }

    @Test
    void packageWithoutASignatureIsToldOf() {
        source.signatures = End.MISSING;
        add("a");
        ends("a", End.FETCHED);

        assertThat(log).singleElement().asString().contains("100 bytes without a signature: ");
    }

    @Test
    void nothingIsBegunWhileAClientWaitsNorRightAfter() {
        clients(1);
        add("a");
        timer.advance(Duration.ofHours(1));
        assertThat(source.asked).isEmpty();

        clients(0);
        timer.advance(PrefetchQueue.AFTER_CLIENTS.minusMillis(1));
        assertThat(source.asked).isEmpty();
        timer.advance(Duration.ofMillis(1));

        assertThat(source.asked).containsExactly(file("a"));
    }

    @Test
    void whatRunsIsPutOffForAClientAndComesFirstAfterwards() {
        add("a", "b");

        clients(1);
        assertThat(source.isIdle()).isTrue();
        assertThat(queue.size()).isEqualTo(2);
        clients(2);
        clients(0);
        timer.advance(PrefetchQueue.AFTER_CLIENTS);

        assertThat(source.asked).containsExactly(file("a"), file("a"));
        assertThat(queue.counts().interrupted()).isEqualTo(1);
        assertThat(log).isEmpty();
    }

    @Test
    void whatAClientHasJoinedGoesOnAndTheNextOneWaits() {
        add("a", "b");

        source.joined.add(file("a"));
        clients(0);
        clients(1);
        assertThat(source.only()).isEqualTo(file("a"));
        source.clients = 0;
        ends("a", End.FETCHED);
        queue.clientsChanged();
        timer.runAll();

        assertThat(source.isIdle()).isTrue();
        timer.advance(PrefetchQueue.AFTER_CLIENTS);
        assertThat(source.only()).isEqualTo(file("b"));
    }

    @Test
    void clientsCostNothingWhileThereIsNothingToFetch() {
        add("a");
        ends("a", End.FETCHED);

        queue.clientsChanged();

        assertThat(timer.delays()).isEmpty();
        timer.runAll();
        assertThat(source.asked).hasSize(1);
    }

    @Test
    void whatWouldHaveToBeMadeRoomForIsLeftOut() {
        roomBytes = 99;
        add("a");
        assertThat(source.asked).isEmpty();
        assertThat(queue.counts().skipped()).isEqualTo(1);
        assertThat(log).singleElement().asString().contains("not prefetched", "100 bytes");

        roomBytes = 100;
        add("b");
        assertThat(source.only()).isEqualTo(file("b"));
    }

    @Test
    void outsideOfTheQuietHoursNothingIsBegun() {
        quietHours = new QuietHours(LocalTime.of(22, 0), LocalTime.of(6, 0), ZoneOffset.UTC);
        queue = queue();
        add("a", "b");
        timer.advance(Duration.ofHours(10).minusSeconds(1));
        assertThat(source.asked).isEmpty();
        timer.advance(Duration.ofSeconds(1));
        assertThat(source.only()).isEqualTo(file("a"));

        timer.advance(Duration.ofHours(8));
        ends("a", End.FETCHED);
        assertThat(source.isIdle()).as("between two packages they have ended").isTrue();
        timer.advance(Duration.ofHours(16));
        assertThat(source.only()).isEqualTo(file("b"));
    }

    @Test
    void quietHoursAreMetThoughTheClockIsSetMeanwhile() {
        quietHours = new QuietHours(LocalTime.of(22, 0), LocalTime.of(6, 0), ZoneOffset.UTC);
        queue = queue();
        add("a");

        clockIsOff = Duration.ofHours(10);
        timer.advance(PrefetchQueue.AT_MOST);

        assertThat(source.only()).isEqualTo(file("a"));
    }

    @Test
    void newerFindingsReplaceFormerOnesButNotWhatWasAskedFor() {
        queue.replaceUpdates(List.of(update("a"), update("b")));
        queue.add(List.of(named("c")));
        timer.runAll();

        queue.replaceUpdates(List.of(update("d")));
        timer.runAll();
        ends("a", End.FETCHED);
        ends("c", End.FETCHED);
        ends("d", End.FETCHED);

        assertThat(source.asked).containsExactly(file("a"), file("c"), file("d"));
        assertThat(source.isIdle()).isTrue();
    }

    @Test
    void nothingIsBegunAfterTheEnd() {
        add("a", "b");
        queue.close();

        ends("a", End.INTERRUPTED);
        add("c");
        clients(0);
        timer.advance(Duration.ofDays(1));

        assertThat(source.asked).containsExactly(file("a"));
        assertThat(timer.delays()).isEmpty();
    }
}
