package flexo.database;

import static flexo.database.DatabaseStates.FIRST;
import static flexo.database.DatabaseStates.LATER;
import static flexo.database.DatabaseStates.OLDER;
import static flexo.database.DatabaseStates.SECOND;
import static flexo.download.DownloadBench.CHECK_INTERVAL;
import static flexo.download.DownloadBench.DATABASE;
import static flexo.download.DownloadBench.MODIFIED;
import static flexo.download.DownloadBench.OTHER_CLIENT;
import static flexo.download.DownloadBench.TODAY;
import static flexo.download.DownloadBench.slice;
import static flexo.download.Responses.modified;
import static flexo.download.Responses.status;
import static flexo.download.Responses.tagged;
import static flexo.download.Responses.whole;
import static flexo.download.TestClient.assertGets;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.cache.Validators;
import flexo.download.Client;
import flexo.download.DownloadBench;
import flexo.download.Opened.Origin;
import flexo.download.TestClient;
import flexo.mirror.MirrorFailure;
import flexo.testing.RepositoryDatabaseFile;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One database from generation to generation: when mirrors are asked, which answers count, and what clients are given. */
class DatabaseGenerationTest {
    private static final Duration EMBARGO = Duration.ofMillis(1500);
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

    private static Optional<Validators> asksBy(DownloadBench bench) {
        return bench.client.last().request().ifChanged();
    }

    private static Optional<Validators> since(Instant time) {
        return Optional.of(new Validators(Optional.of(time), ""));
    }

    // When mirrors are asked.

    @Test
    void howeverManyClientsAskMirrorsAreAskedOncePerInterval() {
        DownloadBench bench = benchWithFirst(2);
        bench.pass(CHECK_INTERVAL.minus(MOMENT));
        for (int i = 0; i < 10; i++) {
            TestClient client = bench.get(DATABASE);
            assertThat(client.opened().origin()).isEqualTo(Origin.HIT);
            assertGets(client, FIRST);
        }
        assertThat(bench.requests()).containsExactly("m1.example core.db", "m1.example core.db.sig");

        bench.pass(MOMENT);
        List<TestClient> waiting = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            waiting.add(bench.get(DATABASE, new Client("192.0.2." + i, "192.0.2." + i + " port 40000")));
        }
        assertThat(bench.askedCount()).isEqualTo(3);
        bench.lastAskedHasNothingNew();

        for (TestClient client : waiting) {
            assertThat(client.opened().origin()).isEqualTo(Origin.HIT);
            assertGets(client, FIRST);
        }
        bench.assertNothingIsLeft();
    }

    @Test
    void peopleSeeTheGenerationAndWhoConfirmedIt() {
        DownloadBench bench = benchWithFirst(2);

        assertThat(bench.databases.views()).singleElement().satisfies(view -> {
            assertThat(view.path()).isEqualTo(DATABASE);
            assertThat(view.source()).contains("http://m1.example/");
            assertThat(view.stale()).isFalse();
            assertThat(view.checking()).isFalse();
            assertThat(view.bytes()).isEqualTo(FIRST.length);
        });
        bench.assertNothingIsLeft();
    }

    @Test
    void evictedDatabaseIsFetchedAnewEvenIfItIsOlder() {
        DownloadBench bench = benchWithFirst(1);

        assertThat(bench.databases.evict(DATABASE)).isTrue();

        assertThat(bench.target(DATABASE)).doesNotExist();
        assertThat(bench.databases.views()).isEmpty();
        TestClient client = bench.get(DATABASE);
        bench.lastAskedDeliversUnsigned(OLDER);
        assertThat(client.opened().origin()).isEqualTo(Origin.MISS);
        assertGets(client, OLDER);
        bench.assertNothingIsLeft();
    }

    @Test
    void databaseIsNotEvictedWhileItIsBeingChecked() {
        DownloadBench bench = benchWithFirst(1);
        bench.pass(CHECK_INTERVAL);
        TestClient client = bench.get(DATABASE);

        assertThat(bench.databases.evict(DATABASE)).isFalse();

        bench.lastAskedHasNothingNew();
        assertGets(client, FIRST);
        bench.assertNothingIsLeft();
    }

    @Test
    void firstRequestsShareOneDownload() {
        DownloadBench bench = bench(1);
        TestClient first = bench.get(DATABASE);
        TestClient second = bench.get(DATABASE, OTHER_CLIENT);

        bench.lastAskedDeliversUnsigned(FIRST);

        assertThat(first.opened().origin()).isEqualTo(Origin.MISS);
        assertThat(second.opened().origin()).isEqualTo(Origin.JOINED);
        assertGets(first, FIRST);
        assertGets(second, FIRST);
        assertThat(bench.askedCount()).isEqualTo(2);
        bench.assertNothingIsLeft();
    }

    @Test
    void withoutAnIntervalEveryRequestThatFindsNoCheckAsks() {
        DownloadBench bench = DownloadBench.withoutCheckInterval(directory, 1);
        TestClient first = bench.get(DATABASE);
        bench.lastAskedDeliversUnsigned(FIRST);
        assertGets(first, FIRST);

        TestClient second = bench.get(DATABASE);
        assertThat(second.isAnswered()).isFalse();
        bench.lastAskedHasNothingNew();

        assertGets(second, FIRST);
        bench.assertNothingIsLeft();
    }

    @Test
    void requestThatArrivesBetweenTheAnswerOfTheMirrorAndTheEndOfTheCheckIsAnswered() {
        DownloadBench bench = DownloadBench.withoutCheckInterval(directory, 1);
        bench.get(DATABASE);
        bench.lastAskedDeliversUnsigned(FIRST);
        TestClient first = bench.get(DATABASE);
        List<TestClient> between = new ArrayList<>();
        first.whenAnswered(() -> between.add(bench.getUnsettled(DATABASE)));

        bench.lastAskedHasNothingNew();

        assertThat(between).hasSize(1);
        assertGets(between.get(0), FIRST);
        assertThat(bench.askedCount()).isEqualTo(3);
    }

    @Test
    void checkIntervalBeginsWithTheAnswer() {
        DownloadBench bench = bench(1);
        TestClient client = bench.get(DATABASE);
        bench.pass(Duration.ofSeconds(2));
        bench.lastAskedDeliversUnsigned(FIRST);
        assertGets(client, FIRST);

        bench.pass(CHECK_INTERVAL.minusNanos(1));
        assertGets(bench.get(DATABASE), FIRST);

        assertThat(bench.askedCount()).isEqualTo(2);
    }

    // By what they are asked.

    @Test
    void mirrorIsAskedByItsOwnTimeAndTag() {
        DownloadBench bench = bench(1);
        bench.get(DATABASE);
        bench.lastAskedDelivers(tagged(whole(FIRST, MODIFIED), "\"one\""), FIRST);
        bench.lastAskedHasNone();

        bench.getDatabaseLater();

        assertThat(asksBy(bench)).contains(new Validators(Optional.of(MODIFIED), "\"one\""));
    }

    @Test
    void tagOfOneMirrorIsNotShownToAnother() {
        DownloadBench bench = bench(2);
        bench.get(DATABASE);
        bench.lastAskedDelivers(tagged(whole(FIRST, MODIFIED), "\"one\""), FIRST);
        bench.lastAskedHasNone();
        bench.getDatabaseLater();

        bench.lastAskedFails();

        assertThat(bench.request(4)).isEqualTo("m2.example core.db");
        assertThat(asksBy(bench)).isEqualTo(since(MODIFIED));
    }

    @Test
    void mirrorWithoutATimeOrTagIsAskedForTheFile() {
        DownloadBench bench = bench(1);
        bench.get(DATABASE);
        bench.lastAskedDelivers(modified(whole(FIRST.length), Optional.empty()), FIRST);
        bench.lastAskedHasNone();

        bench.getDatabaseLater();

        assertThat(asksBy(bench)).isEmpty();
        assertThat(bench.client.last().responds(status(304)))
                .as("answers no question")
                .isFalse();
        bench.settle();
        assertThat(bench.mirrors.reports(2)).contains("failed BAD_STATUS");
    }

    @Test
    void sameBytesKeepTheTimeThatClientsKnowAndTheMirrorIsAskedByItsOwn() {
        DownloadBench bench = benchWithFirst(2);
        TestClient client = bench.getDatabaseLater();
        assertThat(asksBy(bench)).isEqualTo(since(MODIFIED));

        bench.lastAskedDelivers(whole(FIRST, LATER), FIRST);

        assertThat(bench.askedCount()).as("its signature is known").isEqualTo(3);
        assertThat(client.opened().origin()).isEqualTo(Origin.HIT);
        assertThat(client.content().head().lastModified()).isEqualTo(MODIFIED);
        assertGets(client, FIRST);
        assertThat(bench.fileNames()).containsExactly(".core.db.generation", "core.db", "databases");
        TestClient next = bench.getDatabaseLater();
        assertThat(asksBy(bench)).isEqualTo(since(LATER));
        bench.lastAskedFails();
        assertThat(asksBy(bench)).as("the other mirror").isEqualTo(since(MODIFIED));
        saysItHas(bench, MODIFIED);
        assertGets(next, FIRST);
        bench.assertNothingIsLeft();
    }

    @Test
    void sameBytesThatClientsReadAlreadyAreTheirsToTheEnd() {
        DownloadBench bench = benchWithFirst(1);
        TestClient client = bench.getDatabaseLater();
        bench.client.last().responds(whole(FIRST, LATER));
        bench.client.last().sends(slice(FIRST, 0, 300));
        bench.pass(EMBARGO);
        bench.client.last().sends(slice(FIRST, 300, FIRST.length));
        assertThat(client.reads().received()).hasSize(FIRST.length - 1);
        bench.settle();

        assertGets(client, FIRST);
        TestClient next = bench.get(DATABASE);
        assertThat(next.opened().origin()).isEqualTo(Origin.HIT);
        assertGets(next, FIRST);
        assertThat(bench.askedCount()).isEqualTo(3);
        bench.assertNothingIsLeft();
    }

    @Test
    void whatAMirrorSaidOfAFormerStateIsForgottenWithIt() {
        DownloadBench bench = benchWithFirst(2);
        assertGets(sameFromTheSecondMirror(bench), FIRST);
        TestClient client = bench.getDatabaseLater();
        bench.lastAskedDelivers(whole(SECOND, LATER), SECOND);
        bench.lastAskedHasNone();
        assertGets(client, SECOND);

        bench.getDatabaseLater();
        bench.lastAskedFails();

        assertThat(bench.client.last().request().uri()).hasHost("m2.example");
        assertThat(asksBy(bench)).isEqualTo(since(LATER));
    }

    private static TestClient sameFromTheSecondMirror(DownloadBench bench) {
        TestClient client = bench.getDatabaseLater();
        bench.lastAskedFails();
        bench.lastAskedDelivers(tagged(whole(FIRST, MODIFIED.plusSeconds(1)), "\"former\""), FIRST);
        return client;
    }

    private static void saysItHas(DownloadBench bench, Instant state) {
        assertThat(bench.client.last().responds(modified(status(304), Optional.of(state))))
                .isFalse();
        bench.settle();
    }

    // Newer and older.

    @Test
    void newerStateReplacesTheOlderWhoseReadersReadOn() {
        DownloadBench bench = benchWithFirst(1);
        TestClient reader = bench.get(DATABASE);
        TestClient client = bench.getDatabaseLater();

        bench.lastAskedDelivers(whole(SECOND, LATER), SECOND);
        bench.lastAskedHasNone();

        assertThat(client.opened().origin()).isEqualTo(Origin.MISS);
        assertThat(client.content().head().lastModified()).isEqualTo(LATER);
        assertGets(client, SECOND);
        assertThat(bench.target(DATABASE)).hasBinaryContent(SECOND);
        assertGets(reader, FIRST);
        bench.assertNothingIsLeft();
    }

    @Test
    void clientsAreAlwaysToldALaterTimeForANewerState() {
        DownloadBench bench = benchWithFirst(1);
        TestClient client = bench.getDatabaseLater();
        bench.lastAskedDelivers(whole(SECOND, MODIFIED), SECOND);
        bench.lastAskedHasNone();
        assertThat(client.content().head().lastModified()).isEqualTo(MODIFIED.plusSeconds(1));
        assertGets(client, SECOND);

        TestClient third = bench.getDatabaseLater();
        assertThat(asksBy(bench)).as("the mirror's time, not ours").isEqualTo(since(MODIFIED));
        byte[] next = DownloadBench.database("3");
        bench.lastAskedDelivers(whole(next, MODIFIED), next);
        bench.lastAskedHasNone();

        assertThat(third.content().head().lastModified()).isEqualTo(MODIFIED.plusSeconds(2));
        assertGets(third, next);
        bench.assertNothingIsLeft();
    }

    @Test
    void olderStateIsRefusedWithoutBlameAndTheNextMirrorAsked() {
        DownloadBench bench = benchWithFirst(2);
        TestClient client = bench.getDatabaseLater();

        bench.lastAskedDelivers(whole(OLDER, MODIFIED.minusSeconds(1)), OLDER);

        assertThat(bench.mirrors.reports(2)).endsWith("failed OUTDATED", "closed");
        assertThat(MirrorFailure.OUTDATED.blamesMirror()).isFalse();
        assertThat(bench.request(4)).isEqualTo("m2.example core.db");
        saysItHas(bench, MODIFIED);
        assertThat(client.opened().origin()).isEqualTo(Origin.HIT);
        assertGets(client, FIRST);
        bench.assertNothingIsLeft();
    }

    @Test
    void mirrorThatCallsAnOlderStateUnmodifiedIsPassedOverAsWell() {
        DownloadBench bench = benchWithFirst(2);
        TestClient client = bench.getDatabaseLater();

        saysItHas(bench, MODIFIED.minusSeconds(1));

        assertThat(bench.request(4)).as("is to send what it has").isEqualTo("m1.example core.db");
        assertThat(asksBy(bench)).isEmpty();
        bench.lastAskedDelivers(whole(OLDER, MODIFIED.minusSeconds(1)), OLDER);
        assertThat(bench.mirrors.reports(2)).endsWith("failed OUTDATED", "closed");
        assertThat(bench.request(5)).isEqualTo("m2.example core.db");
        saysItHas(bench, MODIFIED);
        assertThat(client.opened().origin()).isEqualTo(Origin.HIT);
        assertGets(client, FIRST);
        bench.assertNothingIsLeft();
    }

    @Test
    void mirrorThatTellsNoTimeIsJudgedByWhatItsDatabaseLists() {
        byte[] older = new RepositoryDatabaseFile()
                .add("package1", "1-1", new byte[1], MODIFIED.minus(Duration.ofHours(12)))
                .bytes();
        DownloadBench bench = benchWithFirst(2);
        TestClient client = bench.getDatabaseLater();
        bench.lastAskedFails();

        bench.lastAskedDelivers(modified(whole(older.length), Optional.empty()), older);

        assertThat(bench.mirrors.reports(3)).contains("failed OUTDATED");
        assertThat(client.opened().origin()).isEqualTo(Origin.STALE);
        assertGets(client, FIRST);
        TestClient next = bench.getDatabaseLater();
        bench.lastAskedDelivers(modified(whole(SECOND.length), Optional.empty()), SECOND);
        bench.lastAskedHasNone();
        assertGets(next, SECOND);
        bench.assertNothingIsLeft();
    }

    @Test
    void timeFarInTheFutureIsNotBelieved() {
        DownloadBench bench = bench(1);
        TestClient client = bench.get(DATABASE);
        bench.lastAskedDelivers(whole(FIRST, TODAY.plus(Duration.ofDays(2))), FIRST);
        bench.lastAskedHasNone();
        assertThat(client.content().head().lastModified()).isEqualTo(TODAY);
        assertGets(client, FIRST);

        TestClient second = bench.getDatabaseLater();
        assertThat(asksBy(bench)).isEmpty();
        bench.lastAskedDelivers(whole(SECOND, MODIFIED), SECOND);
        bench.lastAskedHasNone();

        assertThat(second.content().head().lastModified()).isEqualTo(TODAY.plusSeconds(1));
        assertGets(second, SECOND);
        bench.assertNothingIsLeft();
    }

    @Test
    void clockOfAMirrorMayBeADayAhead() {
        DownloadBench bench = bench(1);
        Instant ahead = TODAY.plus(Duration.ofHours(23));
        TestClient client = bench.get(DATABASE);
        bench.lastAskedDelivers(whole(FIRST, ahead), FIRST);
        bench.lastAskedHasNone();

        assertThat(client.content().head().lastModified()).isEqualTo(ahead);
        bench.getDatabaseLater();
        assertThat(asksBy(bench)).isEqualTo(since(ahead));
    }

    /** A time of the mirror's before that of its copy would have such a client believe that it has the newest state. */
    @Test
    void timeOfTheMirrorIsToldWhileTheClockIsNotSet() {
        DownloadBench bench = bench(1);
        bench.setClock(Duration.between(TODAY, Instant.EPOCH));
        TestClient client = bench.get(DATABASE);
        bench.lastAskedDelivers(whole(FIRST, MODIFIED), FIRST);
        bench.lastAskedHasNone();

        assertThat(client.content().head().lastModified()).isEqualTo(MODIFIED);
        assertGets(client, FIRST);
        bench.getDatabaseLater();
        assertThat(asksBy(bench)).isEqualTo(since(MODIFIED));
    }
}
