package flexo.database;

import static flexo.database.DatabaseStates.FIRST;
import static flexo.database.DatabaseStates.LATER;
import static flexo.database.DatabaseStates.SECOND;
import static flexo.download.DownloadBench.CHECK_INTERVAL;
import static flexo.download.DownloadBench.DATABASE;
import static flexo.download.DownloadBench.MAX_STALE;
import static flexo.download.Responses.whole;
import static flexo.download.TestClient.assertGets;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.cache.Generations;
import flexo.download.DownloadBench;
import flexo.download.DownloadFailure.Reason;
import flexo.download.Opened.Origin;
import flexo.download.TestClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What clients are given of a database that is known while no mirror answers, or not in time. */
class StaleDatabaseTest {
    private static final Duration MOMENT = Duration.ofNanos(1);

    @TempDir
    private Path directory;

    private DownloadBench bench(int mirrors) {
        return new DownloadBench(directory, mirrors);
    }

    /** With the first generation, which a mirror has just confirmed. */
    private DownloadBench benchWithFirst(int mirrors) {
        return bench(mirrors).haveDatabase(FIRST);
    }

    @Test
    void whoHasNothingNewIn5SecondsGivesWhatIsKnownAndSaysSo() {
        DownloadBench bench = benchWithFirst(5);
        TestClient client = bench.getDatabaseLater();
        bench.pass(Duration.ofSeconds(5).minus(MOMENT));
        assertThat(client.isAnswered()).isFalse();
        bench.pass(MOMENT);

        assertThat(client.opened().origin()).isEqualTo(Origin.STALE);
        assertThat(client.opened().age()).contains(CHECK_INTERVAL.plusSeconds(5));
        assertGets(client, FIRST);
        TestClient late = bench.get(DATABASE);
        assertThat(late.opened().origin())
                .as("who comes later does not wait at all")
                .isEqualTo(Origin.STALE);
        assertGets(late, FIRST);
        assertThat(bench.databases.staleAnswers()).isEqualTo(2);
        bench.pass(Duration.ofSeconds(10));
        bench.assertNothingIsLeft();
    }

    @Test
    void afterAFailedCheckNobodyWaitsMoreThanASecond() {
        DownloadBench bench = benchWithFirst(1);
        TestClient client = bench.getDatabaseLater();
        bench.lastAskedFails();
        assertThat(client.opened().origin()).isEqualTo(Origin.STALE);
        assertGets(client, FIRST);
        int asked = bench.askedCount();
        TestClient atOnce = bench.get(DATABASE);
        assertThat(atOnce.opened().origin()).isEqualTo(Origin.STALE);
        assertGets(atOnce, FIRST);
        assertThat(bench.askedCount()).as("not before the interval is over").isEqualTo(asked);

        TestClient next = bench.getDatabaseLater();
        assertThat(bench.askedCount()).isEqualTo(asked + 1);
        bench.pass(Duration.ofSeconds(1).minus(MOMENT));
        assertThat(next.isAnswered()).isFalse();
        bench.pass(MOMENT);

        assertThat(next.opened().origin()).isEqualTo(Origin.STALE);
        assertGets(next, FIRST);
        bench.pass(Duration.ofSeconds(10));
        bench.assertNothingIsLeft();
    }

    @Test
    void mirrorThatAnswersAgainEndsTheDoubt() {
        DownloadBench bench = benchWithFirst(1);
        assertGets(failingCheck(bench), FIRST);
        TestClient client = bench.getDatabaseLater();
        bench.lastAskedHasNothingNew();
        assertThat(client.opened().origin()).isEqualTo(Origin.HIT);
        assertThat(client.opened().age()).isEmpty();
        assertGets(client, FIRST);

        TestClient next = bench.getDatabaseLater();
        bench.pass(Duration.ofSeconds(2));

        assertThat(next.isAnswered()).as("five seconds again").isFalse();
    }

    private static TestClient failingCheck(DownloadBench bench) {
        TestClient client = bench.getDatabaseLater();
        bench.lastAskedFails();
        return client;
    }

    @Test
    void databaseThatNobodyHasConfirmedForTooLongIsNotGivenAnyMore() {
        DownloadBench bench = benchWithFirst(1);
        bench.pass(MAX_STALE.minus(Duration.ofMinutes(1)));
        TestClient still = bench.get(DATABASE);
        bench.lastAskedFails();
        assertThat(still.opened().origin()).isEqualTo(Origin.STALE);
        assertThat(still.opened().age()).contains(MAX_STALE.minus(Duration.ofMinutes(1)));
        assertGets(still, FIRST);

        bench.pass(Duration.ofMinutes(1).plus(MOMENT));
        TestClient client = bench.get(DATABASE);
        assertThat(client.isAnswered()).isFalse();
        bench.lastAskedFails();

        assertThat(client.refusal().reason()).isEqualTo(Reason.BAD_ANSWERS);
        TestClient again = bench.get(DATABASE);
        assertThat(again.isAnswered()).as("a mirror is asked once more").isFalse();
        bench.lastAskedHasNothingNew();
        assertThat(again.opened().origin()).isEqualTo(Origin.HIT);
        assertGets(again, FIRST);
        bench.assertNothingIsLeft();
    }

    @Test
    void clockThatIsSetMakesNoDatabaseOld() throws IOException {
        DownloadBench bench = benchWithFirst(1);
        for (long years : List.of(10L, 0L, -50L, 0L)) {
            bench.setClock(Duration.ofDays(365 * years));
            TestClient client = bench.getDatabaseLater();
            bench.lastAskedFails();
            assertThat(client.opened().origin()).as("%s years", years).isEqualTo(Origin.STALE);
            assertThat(client.opened().age().orElseThrow()).isBetween(Duration.ZERO, Duration.ofMinutes(1));
            assertGets(client, FIRST);
        }

        bench.setClock(Duration.ofDays(3650));
        bench.getDatabaseLater();
        bench.lastAskedHasNothingNew();
        bench.setClock(Duration.ZERO);
        bench.pass(Duration.ofMinutes(10));
        bench.getDatabaseLater();
        bench.lastAskedHasNothingNew();

        assertThat(new Generations(directory).confirmed(DATABASE))
                .as("noted by the clock as it is now")
                .isEqualTo(bench.now().truncatedTo(ChronoUnit.SECONDS));
    }

    @Test
    void databaseThatNoMirrorHasIsNotFound() {
        DownloadBench bench = bench(2);
        TestClient client = bench.get(DATABASE);
        bench.lastAskedHasNone();
        bench.lastAskedHasNone();

        assertThat(client.refusal().reason()).isEqualTo(Reason.NOT_FOUND);
        assertThat(bench.fileNames()).isEmpty();
        bench.assertNothingIsLeft();
    }

    @Test
    void databaseThatNoMirrorHasAnyMoreIsNotFoundThoughItIsKnown() {
        DownloadBench bench = benchWithFirst(1);
        TestClient client = bench.getDatabaseLater();

        bench.lastAskedHasNone();

        assertThat(client.refusal().reason()).isEqualTo(Reason.NOT_FOUND);
        bench.assertNothingIsLeft();
    }

    @Test
    void checkGoesOnForTheNextClientAfterAllWereGivenAStaleOne() {
        DownloadBench bench = benchWithFirst(1);
        TestClient client = bench.getDatabaseLater();
        bench.pass(Duration.ofSeconds(5));
        assertThat(client.opened().origin()).isEqualTo(Origin.STALE);
        assertGets(client, FIRST);

        bench.lastAskedDelivers(whole(SECOND, LATER), SECOND);
        bench.lastAskedHasNone();

        TestClient next = bench.get(DATABASE);
        assertThat(next.opened().origin()).isEqualTo(Origin.HIT);
        assertGets(next, SECOND);
        bench.assertNothingIsLeft();
    }
}
