package flexo.database;

import static flexo.database.DatabaseStates.FIRST;
import static flexo.database.DatabaseStates.LATER;
import static flexo.database.DatabaseStates.OLDER;
import static flexo.database.DatabaseStates.SECOND;
import static flexo.download.DownloadBench.DATABASE;
import static flexo.download.DownloadBench.MODIFIED;
import static flexo.download.DownloadBench.PACKAGE;
import static flexo.download.Responses.modified;
import static flexo.download.Responses.status;
import static flexo.download.Responses.whole;
import static flexo.download.TestClient.assertGets;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.download.Client;
import flexo.download.DownloadBench;
import flexo.download.ExpectedFile;
import flexo.download.Opened.Origin;
import flexo.download.Responses;
import flexo.download.TestClient;
import flexo.mirror.Mirror;
import flexo.testing.RepositoryDatabaseFile;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which of two states is taken for the newer one, whatever the clocks of mirrors say; and when an older one is taken after all. */
class TimeIsNotTruthTest {
    private static final Instant AHEAD = LATER.plus(Duration.ofHours(5));
    private static final Duration ROLLED_BACK = Belief.ROLLED_BACK_AFTER;

    @TempDir
    private Path directory;

    private DownloadBench bench(int mirrors) {
        return new DownloadBench(directory, mirrors);
    }

    private DownloadBench benchWith(int mirrors, byte[] database, Instant time) {
        DownloadBench bench = bench(mirrors);
        TestClient client = bench.get(DATABASE);
        takes(bench, database, time);
        assertGets(client, database);
        return bench;
    }

    /** The mirror asked last delivers a database, of which the signature is asked for then. */
    private static void takes(DownloadBench bench, byte[] database, Instant time) {
        bench.lastAskedDelivers(whole(database, time), database);
        bench.lastAskedHasNone();
    }

    private static void hasTheState(DownloadBench bench, Instant time) {
        assertThat(bench.client.last().responds(modified(status(304), Optional.of(time))))
                .isFalse();
        bench.settle();
    }

    /** What lies between the two is one package by its name and version. */
    private static byte[] listing(String... packages) {
        RepositoryDatabaseFile file = new RepositoryDatabaseFile();
        for (String one : packages) {
            String[] words = one.split(" ", 2);
            file.add(words[0], words[1], one.getBytes(UTF_8), MODIFIED);
        }
        return file.bytes();
    }

    // Older by what it lists.

    @Test
    void olderDatabaseWithALaterTimeRollsNobodyBack() {
        DownloadBench bench = benchWith(2, SECOND, LATER);
        TestClient client = bench.getDatabaseLater();
        bench.lastAskedDelivers(whole(FIRST, AHEAD), FIRST);
        assertThat(bench.mirrors.reports(2)).endsWith("failed OUTDATED", "closed");

        hasTheState(bench, LATER);

        assertThat(client.opened().origin()).isEqualTo(Origin.HIT);
        assertGets(client, SECOND);
        bench.assertNothingIsLeft();
    }

    @Test
    void honestMirrorWithAnEarlierTimeIsBelievedAfterOneThatWasAhead() {
        DownloadBench bench = benchWith(2, FIRST, AHEAD);
        TestClient client = bench.getDatabaseLater();
        bench.lastAskedFails();
        hasTheState(bench, LATER);
        assertThat(bench.client.last().request().ifChanged())
                .as("is to send what it has")
                .isEmpty();

        takes(bench, SECOND, LATER);

        assertGets(client, SECOND);
        assertThat(client.content().head().lastModified())
                .as("pacman has to see a later time")
                .isAfter(AHEAD);
        bench.assertNothingIsLeft();
    }

    @Test
    void identicalBytesAreTheSameWhateverTimeTheyHave() {
        DownloadBench bench = benchWith(2, FIRST, LATER);
        TestClient client = bench.getDatabaseLater();
        bench.lastAskedFails();
        hasTheState(bench, MODIFIED);

        bench.lastAskedDelivers(whole(FIRST, MODIFIED), FIRST);

        assertThat(client.opened().origin()).isEqualTo(Origin.HIT);
        assertThat(bench.mirrors.reports(3)).doesNotContain("failed OUTDATED");
        assertGets(client, FIRST);
        bench.assertNothingIsLeft();
    }

    @Test
    void twoMirrorsWithTheSameBytesOutweighOneThatWasAhead() {
        byte[] wrong = listing("a 1-1", "b 1-1");
        byte[] right = listing("a 1-1", "c 1-1");
        DownloadBench bench = benchWith(3, wrong, AHEAD);
        TestClient client = bench.getDatabaseLater();
        bench.lastAskedFails();
        for (int mirror = 2; mirror <= 3; mirror++) {
            hasTheState(bench, LATER);
            bench.lastAskedDelivers(whole(right, LATER), right);
        }
        assertThat(client.isAnswered()).as("asked once more").isFalse();
        bench.lastAskedFails();
        hasTheState(bench, LATER);

        takes(bench, right, LATER);

        assertGets(client, right);
        bench.assertNothingIsLeft();
    }

    @Test
    void lateMirrorsDoNotRollBackHoweverManyTheyAre() {
        DownloadBench bench = benchWith(3, SECOND, LATER);
        TestClient client = bench.getDatabaseLater();
        bench.lastAskedFails();
        for (int mirror = 2; mirror <= 3; mirror++) {
            hasTheState(bench, MODIFIED);
            bench.lastAskedDelivers(whole(FIRST, MODIFIED), FIRST);
        }

        assertThat(client.opened().origin()).isEqualTo(Origin.STALE);
        assertGets(client, SECOND);
        bench.assertNothingIsLeft();
    }

    @Test
    void packageThatItsOwnerTakesOutIsGoneAtOnceIfNoMirrorHasItAnyMore() {
        byte[] with = listing("a 1-1", "b 1-1");
        byte[] without = listing("a 1-1");
        DownloadBench bench = benchWith(1, with, MODIFIED);
        TestClient client = bench.getDatabaseLater();
        bench.lastAskedDelivers(whole(without, LATER), without);

        takes(bench, without, LATER);

        assertGets(client, without);
        bench.assertNothingIsLeft();
    }

    @Test
    void stateBeforeAPackageWasAddedDoesNotTakeItAwayWhileAnotherMirrorHasIt() {
        byte[] with = listing("a 1-1", "b 1-1");
        byte[] without = listing("a 1-1");
        DownloadBench bench = benchWith(2, with, MODIFIED);
        TestClient client = bench.getDatabaseLater();
        bench.lastAskedDelivers(whole(without, AHEAD), without);

        hasTheState(bench, MODIFIED);

        assertGets(client, with);
        bench.assertNothingIsLeft();
    }

    // Taken back on purpose.

    @Test
    void olderDatabaseThatEveryMirrorHasHadForAnHourIsARollBack() {
        DownloadBench bench = benchWith(1, SECOND, LATER);
        assertStays(bench, AHEAD);
        bench.pass(ROLLED_BACK.minusMinutes(1));
        assertStays(bench, AHEAD);
        bench.pass(Duration.ofMinutes(1));

        TestClient client = bench.getDatabaseLater();
        bench.lastAskedDelivers(whole(FIRST, AHEAD), FIRST);
        takes(bench, FIRST, AHEAD);

        assertGets(client, FIRST);
        bench.assertNothingIsLeft();
    }

    private static void assertStays(DownloadBench bench, Instant time) {
        TestClient client = bench.getDatabaseLater();
        bench.lastAskedDelivers(whole(FIRST, time), FIRST);
        assertThat(client.opened().origin()).isEqualTo(Origin.STALE);
        assertGets(client, SECOND);
    }

    @Test
    void mirrorThatStillHasTheNewerOneBeginsTheHourAnew() {
        DownloadBench bench = benchWith(1, SECOND, LATER);
        assertStays(bench, AHEAD);
        bench.pass(ROLLED_BACK.minusMinutes(1));
        TestClient client = bench.getDatabaseLater();
        hasTheState(bench, LATER);
        assertGets(client, SECOND);
        bench.pass(Duration.ofMinutes(1));

        assertStays(bench, AHEAD);
        bench.assertNothingIsLeft();
    }

    @Test
    void mirrorThatDoesNotAnswerConfirmsNoRollBack() {
        DownloadBench bench = benchWith(2, SECOND, LATER);
        for (Duration pause : new Duration[] {ROLLED_BACK, Duration.ZERO}) {
            TestClient client = bench.getDatabaseLater();
            bench.lastAskedDelivers(whole(FIRST, MODIFIED), FIRST);
            bench.lastAskedFails();
            assertThat(client.opened().origin()).isEqualTo(Origin.STALE);
            assertGets(client, SECOND);
            bench.pass(pause);
        }
        bench.assertNothingIsLeft();
    }

    // Another upstream.

    @Test
    void databaseOfAnotherUpstreamCountsAtOnceHoweverOldItIs() {
        DownloadBench bench = benchWith(1, SECOND, LATER);
        bench.mirrors.name(Mirror.of("http://other.example/"), Mirror.of("http://m1.example/"));
        assertGets(bench.get(DATABASE), SECOND);

        bench.mirrors.name(Mirror.of("http://other.example/"));
        TestClient client = bench.get(DATABASE);
        assertThat(bench.client.last().request().ifChanged()).isEmpty();
        takes(bench, OLDER, MODIFIED);

        assertGets(client, OLDER);
        assertThat(client.content().head().lastModified()).isAfter(LATER);
    }

    @Test
    void upstreamOfADatabaseOutlivesTheRun() {
        DownloadBench earlier = benchWith(1, SECOND, LATER);
        earlier.assertNothingIsLeft();
        DownloadBench bench = bench(1);
        bench.mirrors.name(Mirror.of("http://other.example/"));
        TestClient client = bench.get(DATABASE);
        assertThat(bench.client.last().request().ifChanged()).isEmpty();

        takes(bench, OLDER, MODIFIED);

        assertGets(client, OLDER);
    }

    // What cannot be unpacked.

    private static byte[] unreadable() {
        return Arrays.copyOf(HexFormat.of().parseHex("04224d18"), 1000);
    }

    @Test
    void whatCannotBeUnpackedNeverReplacesWhatCould() {
        DownloadBench bench = benchWith(1, FIRST, MODIFIED);
        ExpectedFile before = bench.databases.learned(PACKAGE);
        TestClient client = bench.getDatabaseLater();

        bench.lastAskedDelivers(whole(unreadable(), AHEAD), unreadable());

        assertThat(bench.mirrors.reports(2)).contains("failed WRONG_CONTENT");
        assertThat(client.opened().origin()).isEqualTo(Origin.STALE);
        assertGets(client, FIRST);
        assertThat(bench.databases.learned(PACKAGE)).isEqualTo(before);
        bench.assertNothingIsLeft();
    }

    @Test
    void whatCannotBeUnpackedIsGivenOnlyIfNoMirrorHasBetter() {
        DownloadBench bench = bench(2);
        TestClient client = bench.get(DATABASE);
        bench.lastAskedDelivers(whole(unreadable(), AHEAD), unreadable());

        takes(bench, FIRST, MODIFIED);

        assertGets(client, FIRST);
        bench.assertNothingIsLeft();
    }

    @Test
    void whatCannotBeUnpackedSetsNoFloorForOthers() {
        DownloadBench bench = bench(1);
        TestClient client = bench.get(DATABASE);
        bench.lastAskedDelivers(whole(unreadable(), AHEAD), unreadable());
        takes(bench, unreadable(), AHEAD);
        assertGets(client, unreadable());

        TestClient next = bench.getDatabaseLater();
        takes(bench, FIRST, MODIFIED);

        assertGets(next, FIRST);
        bench.assertNothingIsLeft();
    }

    // Caches in between, and clients that know better.

    @Test
    void staleAnswerOfACacheConfirmsNothingAndAnotherMirrorIsAsked() {
        DownloadBench bench = benchWith(2, FIRST, MODIFIED);
        TestClient client = bench.getDatabaseLater();
        assertThat(bench.client.last().responds(Responses.stale(status(304), Duration.ofDays(1))))
                .isFalse();
        bench.settle();
        assertThat(bench.mirrors.reports(2)).contains("failed OUTDATED");

        hasTheState(bench, MODIFIED);

        assertThat(client.opened().origin()).isEqualTo(Origin.HIT);
        assertGets(client, FIRST);
        bench.assertNothingIsLeft();
    }

    @Test
    void ageOfAStaleAnswerIsHandedOnIfThereIsNoOther() {
        Duration age = Duration.ofDays(2);
        DownloadBench bench = bench(1);
        TestClient client = bench.get(DATABASE);
        bench.lastAskedDelivers(Responses.stale(whole(FIRST, MODIFIED), age), FIRST);
        bench.lastAskedDelivers(Responses.stale(whole(FIRST, MODIFIED), age), FIRST);
        bench.lastAskedHasNone();

        assertThat(client.opened().origin()).isEqualTo(Origin.STALE);
        assertThat(client.opened().age()).contains(age);
        assertGets(client, FIRST);
        bench.assertNothingIsLeft();
    }

    @Test
    void staleAnswerMakesNothingYoungerOrOlderThanItIs() {
        DownloadBench bench = benchWith(1, FIRST, MODIFIED);
        TestClient client = bench.getDatabaseLater();
        for (int attempt = 1; attempt <= 2; attempt++) {
            assertThat(bench.client.last().responds(Responses.stale(status(304), Duration.ofDays(1))))
                    .isFalse();
            bench.settle();
        }

        assertThat(client.opened().age()).as("confirmed to ourselves since").contains(DownloadBench.CHECK_INTERVAL);
        assertGets(client, FIRST);
        bench.assertNothingIsLeft();
    }

    @Test
    void clientWithALaterCopyMakesUsAskTheOtherMirrors() {
        DownloadBench bench = benchWith(2, FIRST, MODIFIED);
        Client knowing = new Client("192.0.2.9", "192.0.2.9 port 1", Optional.of(LATER), "");
        TestClient client = bench.get(DATABASE, knowing);
        assertThat(client.isAnswered())
                .as("though the check interval is not over")
                .isFalse();
        bench.lastAskedHasNothingNew();
        assertThat(bench.request(4)).isEqualTo("m2.example core.db");

        takes(bench, SECOND, LATER);

        assertGets(client, SECOND);
        bench.assertNothingIsLeft();
    }

    @Test
    void clientWithALaterCopyThanAnyMirrorHasIsAnsweredAndAsksOncePerInterval() {
        DownloadBench bench = benchWith(1, FIRST, MODIFIED);
        Client knowing = new Client("192.0.2.9", "192.0.2.9 port 1", Optional.of(LATER), "");
        TestClient client = bench.get(DATABASE, knowing);
        bench.lastAskedHasNothingNew();
        bench.lastAskedHasNothingNew();
        assertThat(client.opened().origin()).isEqualTo(Origin.HIT);
        assertGets(client, FIRST);
        int asked = bench.askedCount();

        assertGets(bench.get(DATABASE, knowing), FIRST);

        assertThat(bench.askedCount()).isEqualTo(asked);
        bench.assertNothingIsLeft();
    }
}
