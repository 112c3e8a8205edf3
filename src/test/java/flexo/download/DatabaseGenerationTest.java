package flexo.download;

import static flexo.download.DownloadBench.CHECK_INTERVAL;
import static flexo.download.DownloadBench.DATABASE;
import static flexo.download.DownloadBench.MAX_STALE;
import static flexo.download.DownloadBench.MODIFIED;
import static flexo.download.DownloadBench.OTHER_CLIENT;
import static flexo.download.DownloadBench.TODAY;
import static flexo.download.DownloadBench.database;
import static flexo.download.DownloadBench.slice;
import static flexo.download.Responses.modified;
import static flexo.download.Responses.status;
import static flexo.download.Responses.tagged;
import static flexo.download.Responses.whole;
import static flexo.download.TestClient.assertGets;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.cache.Generations;
import flexo.cache.Validators;
import flexo.download.DownloadFailure.Reason;
import flexo.download.Opened.Origin;
import flexo.mirror.MirrorFailure;
import flexo.testing.RepositoryDatabaseFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** One database from generation to generation: when mirrors are asked, which answers count, and what clients are given. */
class DatabaseGenerationTest {
    private static final byte[] FIRST = database("1");
    private static final byte[] SECOND = database("2");
    private static final Instant LATER = MODIFIED.plusSeconds(3600);
    private static final Duration EMBARGO = Duration.ofMillis(1500);
    private static final Duration MOMENT = Duration.ofNanos(1);

    @TempDir
    private Path directory;

    private DownloadBench bench(int mirrors) {
        return new DownloadBench(directory, mirrors);
    }

    /** With the first generation, which a mirror has just confirmed. */
    private DownloadBench benchWithFirst(int mirrors) {
        DownloadBench bench = bench(mirrors);
        TestClient client = bench.get(DATABASE);
        bench.lastAskedDeliversUnsigned(FIRST);
        assertGets(client, FIRST);
        return bench;
    }

    /** The next request asks a mirror again. */
    private static TestClient getLater(DownloadBench bench) {
        bench.pass(CHECK_INTERVAL);
        return bench.get(DATABASE);
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

    // By what they are asked.

    @Test
    void mirrorIsAskedByItsOwnTimeAndTag() {
        DownloadBench bench = bench(1);
        bench.get(DATABASE);
        bench.lastAskedDelivers(tagged(whole(FIRST, MODIFIED), "\"one\""), FIRST);
        bench.lastAskedHasNone();

        getLater(bench);

        assertThat(asksBy(bench)).contains(new Validators(Optional.of(MODIFIED), "\"one\""));
    }

    @Test
    void tagOfOneMirrorIsNotShownToAnother() {
        DownloadBench bench = bench(2);
        bench.get(DATABASE);
        bench.lastAskedDelivers(tagged(whole(FIRST, MODIFIED), "\"one\""), FIRST);
        bench.lastAskedHasNone();
        getLater(bench);

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

        getLater(bench);

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
        TestClient client = getLater(bench);
        assertThat(asksBy(bench)).isEqualTo(since(MODIFIED));

        bench.lastAskedDelivers(whole(FIRST, LATER), FIRST);

        assertThat(bench.askedCount()).as("its signature is known").isEqualTo(3);
        assertThat(client.opened().origin()).isEqualTo(Origin.HIT);
        assertThat(client.content().head().lastModified()).isEqualTo(MODIFIED);
        assertGets(client, FIRST);
        assertThat(bench.fileNames()).containsExactly(".core.db.generation", ".databases", "core.db");
        TestClient next = getLater(bench);
        assertThat(asksBy(bench)).isEqualTo(since(LATER));
        bench.lastAskedFails();
        assertThat(asksBy(bench)).as("the other mirror").isEqualTo(since(MODIFIED));
        bench.lastAskedHasNothingNew();
        assertGets(next, FIRST);
        bench.assertNothingIsLeft();
    }

    @Test
    void sameBytesThatClientsReadAlreadyAreTheirsToTheEnd() {
        DownloadBench bench = benchWithFirst(1);
        TestClient client = getLater(bench);
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
        TestClient client = getLater(bench);
        bench.lastAskedDelivers(whole(SECOND, LATER), SECOND);
        bench.lastAskedHasNone();
        assertGets(client, SECOND);

        getLater(bench);
        bench.lastAskedFails();

        assertThat(bench.client.last().request().uri()).hasHost("m2.example");
        assertThat(asksBy(bench)).isEqualTo(since(LATER));
    }

    private static TestClient sameFromTheSecondMirror(DownloadBench bench) {
        TestClient client = getLater(bench);
        bench.lastAskedFails();
        bench.lastAskedDelivers(tagged(whole(FIRST, MODIFIED.plusSeconds(1)), "\"former\""), FIRST);
        return client;
    }

    // Newer and older.

    @Test
    void newerStateReplacesTheOlderWhoseReadersReadOn() {
        DownloadBench bench = benchWithFirst(1);
        TestClient reader = bench.get(DATABASE);
        TestClient client = getLater(bench);

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
        TestClient client = getLater(bench);
        bench.lastAskedDelivers(whole(SECOND, MODIFIED), SECOND);
        bench.lastAskedHasNone();
        assertThat(client.content().head().lastModified()).isEqualTo(MODIFIED.plusSeconds(1));
        assertGets(client, SECOND);

        TestClient third = getLater(bench);
        assertThat(asksBy(bench)).as("the mirror's time, not ours").isEqualTo(since(MODIFIED));
        bench.lastAskedDelivers(whole(FIRST, MODIFIED), FIRST);
        bench.lastAskedHasNone();

        assertThat(third.content().head().lastModified()).isEqualTo(MODIFIED.plusSeconds(2));
        assertGets(third, FIRST);
        bench.assertNothingIsLeft();
    }

    @Test
    void olderStateIsRefusedWithoutBlameAndTheNextMirrorAsked() {
        DownloadBench bench = benchWithFirst(2);
        TestClient client = getLater(bench);

        assertThat(bench.client.last().responds(whole(SECOND, MODIFIED.minusSeconds(1))))
                .isFalse();
        bench.settle();

        assertThat(bench.mirrors.reports(2)).containsExactly("failed OUTDATED", "closed");
        assertThat(MirrorFailure.OUTDATED.blamesMirror()).isFalse();
        assertThat(bench.request(4)).isEqualTo("m2.example core.db");
        bench.lastAskedHasNothingNew();
        assertThat(client.opened().origin()).isEqualTo(Origin.HIT);
        assertGets(client, FIRST);
        bench.assertNothingIsLeft();
    }

    @Test
    void mirrorThatCallsAnOlderStateUnmodifiedIsPassedOverAsWell() {
        DownloadBench bench = benchWithFirst(2);
        TestClient client = getLater(bench);

        assertThat(bench.client.last().responds(modified(status(304), Optional.of(MODIFIED.minusSeconds(1)))))
                .isFalse();
        bench.settle();

        assertThat(bench.mirrors.reports(2)).containsExactly("failed OUTDATED", "closed");
        assertThat(bench.request(4)).isEqualTo("m2.example core.db");
        assertThat(bench.client.last().responds(modified(status(304), Optional.of(MODIFIED))))
                .isFalse();
        bench.settle();
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
        TestClient client = getLater(bench);
        bench.lastAskedFails();

        bench.lastAskedDelivers(modified(whole(older.length), Optional.empty()), older);

        assertThat(bench.mirrors.reports(3)).contains("failed OUTDATED");
        assertThat(client.opened().origin()).isEqualTo(Origin.STALE);
        assertGets(client, FIRST);
        TestClient next = getLater(bench);
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

        TestClient second = getLater(bench);
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
        getLater(bench);
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
        getLater(bench);
        assertThat(asksBy(bench)).isEqualTo(since(MODIFIED));
    }

    // What is no database.

    private static byte[] cut(byte[] whole) {
        return Arrays.copyOf(whole, whole.length - 20);
    }

    private static byte[] flipped(byte[] whole) {
        byte[] wrong = whole.clone();
        wrong[whole.length / 2] ^= 0x10;
        return wrong;
    }

    static Stream<Arguments> whatIsNoDatabase() {
        return Stream.of(
                Arguments.of(
                        "a portal's page", "<html><body>Please log in</body></html>".getBytes(StandardCharsets.UTF_8)),
                Arguments.of("cut off", cut(SECOND)),
                Arguments.of("damaged", flipped(SECOND)),
                Arguments.of("anything", DownloadBench.body(900)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("whatIsNoDatabase")
    void whatIsNoDatabaseIsReplacedByTheNextMirrorsBeforeAnyClientSeesIt(String name, byte[] wrong) {
        DownloadBench bench = bench(2);
        TestClient client = bench.get(DATABASE);
        bench.lastAskedDelivers(wrong);

        assertThat(client.isAnswered()).isFalse();
        assertThat(bench.requests()).containsExactly("m1.example core.db", "m2.example core.db");
        assertThat(bench.asked(2).fromByte()).isZero();
        assertThat(bench.mirrors.reports(1)).contains("failed WRONG_CONTENT").endsWith("closed");
        assertThat(bench.fileNames()).isEmpty();
        bench.lastAskedDeliversUnsigned(FIRST);

        assertGets(client, FIRST);
        assertThat(bench.target(DATABASE)).hasBinaryContent(FIRST);
        bench.assertNothingIsLeft();
    }

    /** Of a web page, no byte is ever released. */
    static Stream<Arguments> whatItsFirstBytesDoNotTell() {
        return whatIsNoDatabase().filter(what -> !what.get()[0].equals("a portal's page"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("whatItsFirstBytesDoNotTell")
    void whatIsNoDatabaseAfterItsReleaseCutsTheClientsAndTheKnownOneStays(String name, byte[] wrong) {
        DownloadBench bench = benchWithFirst(2);
        TestClient client = getLater(bench);
        bench.client.last().responds(whole(wrong, LATER));
        bench.client.last().sends(slice(wrong, 0, 20));
        bench.pass(EMBARGO);
        bench.client.last().sends(slice(wrong, 20, wrong.length));
        bench.settle();

        assertThat(client.reads().isCut()).isTrue();
        assertThat(client.received()).as("never whole").hasSizeLessThan(wrong.length);
        client.leaves();
        assertThat(bench.askedCount()).isEqualTo(3);
        assertThat(bench.target(DATABASE)).hasBinaryContent(FIRST);
        assertThat(bench.fileNames()).containsExactly(".core.db.generation", ".databases", "core.db");
        TestClient next = bench.get(DATABASE);
        assertThat(next.opened().origin()).isEqualTo(Origin.STALE);
        assertGets(next, FIRST);
        bench.assertNothingIsLeft();
    }

    @Test
    void bytesAreKeptFromClientsForAMomentOnly() {
        DownloadBench bench = bench(1);
        TestClient client = bench.get(DATABASE);
        bench.lastAskedSends(FIRST, 100);
        bench.pass(EMBARGO.minus(MOMENT));
        bench.asked(1).sends(slice(FIRST, 100, 200));
        assertThat(client.isAnswered()).isFalse();

        bench.pass(MOMENT);
        bench.asked(1).sends(slice(FIRST, 200, 201));

        assertThat(client.reads().received()).isEqualTo(slice(FIRST, 0, 201));
        TestClient joiner = bench.get(DATABASE, OTHER_CLIENT);
        assertThat(joiner.opened().origin()).isEqualTo(Origin.JOINED);
        assertThat(joiner.reads().received()).hasSize(201);
        bench.asked(1).sends(slice(FIRST, 201, FIRST.length));
        bench.settle();
        assertThat(client.reads().received())
                .as("the last byte waits for the signature")
                .hasSize(FIRST.length - 1);
        bench.lastAskedHasNone();
        assertGets(client, FIRST);
        assertGets(joiner, FIRST);
        bench.assertNothingIsLeft();
    }

    @Test
    void fileFarTooLongForADatabaseIsRefusedAtItsHead() {
        DownloadBench bench = bench(2);
        bench.get(DATABASE);

        assertThat(bench.asked(1).responds(whole((512L << 20) + 1))).isFalse();
        bench.settle();

        assertThat(bench.mirrors.reports(1)).containsExactly("failed WRONG_CONTENT", "closed");
        assertThat(bench.askedCount()).isEqualTo(2);
    }

    // When no mirror answers.

    @Test
    void whoHasNothingNewIn5SecondsGivesWhatIsKnownAndSaysSo() {
        DownloadBench bench = benchWithFirst(5);
        TestClient client = getLater(bench);
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
        TestClient client = getLater(bench);
        bench.lastAskedFails();
        assertThat(client.opened().origin()).isEqualTo(Origin.STALE);
        assertGets(client, FIRST);
        int asked = bench.askedCount();
        TestClient atOnce = bench.get(DATABASE);
        assertThat(atOnce.opened().origin()).isEqualTo(Origin.STALE);
        assertGets(atOnce, FIRST);
        assertThat(bench.askedCount()).as("not before the interval is over").isEqualTo(asked);

        TestClient next = getLater(bench);
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
        TestClient client = getLater(bench);
        bench.lastAskedHasNothingNew();
        assertThat(client.opened().origin()).isEqualTo(Origin.HIT);
        assertThat(client.opened().age()).isEmpty();
        assertGets(client, FIRST);

        TestClient next = getLater(bench);
        bench.pass(Duration.ofSeconds(2));

        assertThat(next.isAnswered()).as("five seconds again").isFalse();
    }

    private static TestClient failingCheck(DownloadBench bench) {
        TestClient client = getLater(bench);
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
            TestClient client = getLater(bench);
            bench.lastAskedFails();
            assertThat(client.opened().origin()).as("%s years", years).isEqualTo(Origin.STALE);
            assertThat(client.opened().age().orElseThrow()).isBetween(Duration.ZERO, Duration.ofMinutes(1));
            assertGets(client, FIRST);
        }

        bench.setClock(Duration.ofDays(3650));
        getLater(bench);
        bench.lastAskedHasNothingNew();
        bench.setClock(Duration.ZERO);
        bench.pass(Duration.ofMinutes(10));
        getLater(bench);
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
        TestClient client = getLater(bench);

        bench.lastAskedHasNone();

        assertThat(client.refusal().reason()).isEqualTo(Reason.NOT_FOUND);
        bench.assertNothingIsLeft();
    }

    @Test
    void checkGoesOnForTheNextClientAfterAllWereGivenAStaleOne() {
        DownloadBench bench = benchWithFirst(1);
        TestClient client = getLater(bench);
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
