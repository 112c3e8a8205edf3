package flexo.download;

import static flexo.download.DownloadBench.CLIENT;
import static flexo.download.DownloadBench.DATABASE;
import static flexo.download.DownloadBench.MODIFIED;
import static flexo.download.DownloadBench.OTHER_CLIENT;
import static flexo.download.DownloadBench.PACKAGE;
import static flexo.download.DownloadBench.body;
import static flexo.download.DownloadBench.database;
import static flexo.download.DownloadBench.slice;
import static flexo.download.Responses.rest;
import static flexo.download.Responses.whole;
import static flexo.download.TestClient.assertGets;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.alpm.RepositoryPath;
import flexo.download.DownloadFailure.Reason;
import flexo.mirror.MirrorFailure;
import flexo.testing.FileContent;
import flexo.testing.TestPaths;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that the disk does not take: room is made for them, or each reader goes on alone, and nothing is left of them. */
class UncachedDownloadTest {
    private static final byte[] BODY = body(1000);
    /** Far more than a pipe holds. */
    private static final byte[] LARGE = body(3 << 20);
    /** So long that it is handed on from its first byte. */
    private static final byte[] LONG = body(17 << 20);

    private static final int PIECE = 32 << 10;
    private static final RepositoryPath OTHER_PACKAGE = TestPaths.path("core/os/x86_64/zsh-5.9-1-x86_64.pkg.tar.zst");

    @TempDir
    private Path directory;

    private DownloadBench full() {
        DownloadBench bench = new DownloadBench(directory, 1);
        bench.room.is(100);
        return bench;
    }

    /** Something lies in the way of the part file, so that it cannot be created. */
    private DownloadBench refusing() throws IOException {
        return refusing(new DownloadBench(directory, 2));
    }

    private static DownloadBench refusing(DownloadBench bench) throws IOException {
        Files.createDirectories(bench.part(PACKAGE).resolve("in-the-way"));
        return bench;
    }

    private static void outOfTheWay(DownloadBench bench) throws IOException {
        Files.delete(bench.part(PACKAGE).resolve("in-the-way"));
        Files.delete(bench.part(PACKAGE));
    }

    /** A client has the head, and what is on disk, and asks for more. */
    private static void reads(DownloadBench bench, TestClient... clients) {
        for (TestClient client : clients) {
            client.reads();
            bench.settle();
        }
    }

    /** Clients of a file of which the disk takes nothing; each has asked for its own rest. */
    private static List<TestClient> alone(DownloadBench bench, byte[] body, Client... clients) {
        List<TestClient> all =
                Stream.of(clients).map(client -> bench.get(PACKAGE, client)).toList();
        bench.lastAskedSends(body, 100);
        all.forEach(client -> reads(bench, client));
        return all;
    }

    /** Sends bytes as far as they are wanted; returns up to where. */
    private static int sendWhileWanted(DownloadBench bench, int nth, byte[] body, int from) {
        int at = from;
        while (at < body.length && !bench.asked(nth).isPaused()) {
            int next = Math.min(body.length, at + PIECE);
            bench.asked(nth).sends(slice(body, at, next));
            bench.settle();
            at = next;
        }
        return at;
    }

    /** Sends all the rest, while a client reads what is there. */
    private static void sendTo(TestClient reader, DownloadBench bench, int nth, byte[] body, int from) {
        assertThat(bench.asked(nth).responds(from == 0 ? whole(body.length) : rest(from, body.length)))
                .isTrue();
        int at = from;
        while (at < body.length) {
            int before = at;
            at = sendWhileWanted(bench, nth, body, at);
            assertThat(at).as("more is wanted when all is read").isGreaterThan(before);
            reads(bench, reader);
        }
    }

    @Test
    void mirrorIsPausedWhileRoomIsMadeAndTheFileIsCached() {
        DownloadBench bench = full();
        TestClient client = bench.get(PACKAGE);
        bench.lastAskedSends(BODY, 500);

        assertThat(bench.room.wanted()).containsExactly(1000L);
        assertThat(bench.asked(1).isPaused()).isTrue();
        bench.asked(1).sends(slice(BODY, 500, 600));

        bench.room.is(5000);
        bench.room.wasTried();
        bench.settle();
        assertThat(bench.asked(1).isPaused()).isFalse();
        bench.asked(1).sends(slice(BODY, 600, 1000));
        bench.asked(1).ends();
        bench.settle();

        assertGets(client, BODY);
        assertThat(bench.target(PACKAGE)).hasBinaryContent(BODY);
        assertThat(bench.fileNames()).containsExactly(PACKAGE.fileName());
        assertThat(bench.askedCount()).isEqualTo(1);
        bench.assertNothingIsLeft();
    }

    @Test
    void fileThatIsWholeBeforeRoomIsMadeIsCachedToo() {
        DownloadBench bench = full();
        TestClient client = bench.get(PACKAGE);
        bench.lastAskedDelivers(BODY);
        bench.room.is(5000);
        bench.room.wasTried();
        bench.settle();

        assertGets(client, BODY);
        assertThat(bench.target(PACKAGE)).hasBinaryContent(BODY);
        bench.assertNothingIsLeft();
    }

    @Test
    void mirrorThatFailsWhileRoomIsMadeIsLeftForTheNext() {
        DownloadBench bench = new DownloadBench(directory, 2);
        bench.room.is(100);
        TestClient client = bench.get(PACKAGE);
        bench.lastAskedSends(BODY, 500);
        bench.asked(1).ends();
        bench.room.is(5000);
        bench.room.wasTried();
        bench.settle();

        assertThat(bench.asked(2).fromByte()).isEqualTo(500);
        bench.lastAskedDelivers(BODY);
        assertGets(client, BODY);
        assertThat(bench.target(PACKAGE)).hasBinaryContent(BODY);
        bench.assertNothingIsLeft();
    }

    @Test
    void fileThatFitsWaitsForNobody() {
        DownloadBench bench = full();
        bench.room.is(1000);
        TestClient client = bench.get(PACKAGE);
        bench.lastAskedDelivers(BODY);

        assertThat(bench.room.wanted()).isEmpty();
        assertGets(client, BODY);
        assertThat(bench.target(PACKAGE)).hasBinaryContent(BODY);
        bench.assertNothingIsLeft();
    }

    @Test
    void whatRunningDownloadsAreStillToWriteIsNotUsable() {
        DownloadBench bench = full();
        bench.room.is(1500);
        TestClient client = bench.get(PACKAGE);
        bench.lastAskedSends(BODY, 10);
        TestClient other = bench.get(OTHER_PACKAGE);
        bench.lastAskedSends(BODY, 10);

        assertThat(bench.room.wanted()).containsExactly(1000L + 990L);
        bench.pass(Duration.ofMillis(1500));
        reads(bench, other);
        bench.lastAskedDelivers(BODY);
        bench.asked(1).sends(slice(BODY, 10, 1000));
        bench.settle();
        assertGets(client, BODY);
        assertGets(other, BODY);
        assertThat(bench.fileNames()).containsExactly(PACKAGE.fileName());
        bench.assertNothingIsLeft();
    }

    @Test
    void roomIsMadeForWhatIsToComeSoonNotForWhatAMirrorAnnounces() {
        DownloadBench bench = full();
        TestClient client = bench.get(PACKAGE);
        assertThat(bench.asked(1).responds(whole(95_000_000))).isTrue();
        bench.asked(1).sends(new byte[10]);
        bench.settle();

        assertThat(bench.room.wanted()).containsExactly(PartWriter.LEAST_STEP_BYTES);
        assertThat(bench.room.wantedInTheEnd()).containsExactly(95_000_000L);
        assertThat(client.isAnswered()).isFalse();
    }

    @Test
    void roomIsMadeForAllOfAFileWhoseLengthADatabaseLists() {
        DownloadBench bench = full();
        bench.list(95_000_000, FileContent.of(BODY).sha256());
        bench.get(PACKAGE);
        assertThat(bench.asked(1).responds(whole(95_000_000))).isTrue();
        bench.asked(1).sends(new byte[10]);
        bench.settle();

        assertThat(bench.room.wanted()).containsExactly(95_000_000L);
    }

    @Test
    void roomIsMadeForAsMuchAsHasArrived() {
        DownloadBench bench = full();
        long step = PartWriter.LEAST_STEP_BYTES;
        bench.room.is(step);
        TestClient client = bench.get(PACKAGE);
        assertThat(bench.asked(1).responds(whole(95_000_000))).isTrue();
        byte[] piece = new byte[1 << 20];
        for (long end : new long[] {step, 2 * step, 4 * step}) {
            bench.room.is(100);
            for (int i = 0; i < 100 && !bench.asked(1).isPaused(); i++) {
                if (i == 0 && end == step) {
                    bench.room.is(step);
                }
                bench.asked(1).sends(piece);
                bench.room.is(100);
            }
            bench.room.is(95_000_000);
            bench.room.wasTried();
            bench.settle();
            assertThat(bench.asked(1).isPaused()).isFalse();
        }

        assertThat(bench.room.wanted()).containsExactly(step, 2 * step, 4 * step);
        assertThat(bench.room.wantedInTheEnd())
                .containsExactly(95_000_000 - step, 95_000_000 - 2 * step, 95_000_000 - 4 * step);
        client.leaves();
    }

    @Test
    void withoutRoomEachReaderGoesOnAloneAndNothingIsLeft() {
        DownloadBench bench = full();
        TestClient client = bench.get(PACKAGE);
        bench.lastAskedSends(BODY, 500);
        TestClient joiner = bench.get(PACKAGE, OTHER_CLIENT);
        bench.room.wasTried();
        bench.settle();
        assertThat(bench.asked(1).isCancelled()).isTrue();

        reads(bench, client, joiner);
        assertThat(bench.askedCount()).isEqualTo(3);
        assertThat(joiner.content().source()).endsWith(", not kept");
        for (int nth = 2; nth <= 3; nth++) {
            bench.asked(nth).responds(whole(1000));
            bench.asked(nth).sends(BODY);
            bench.settle();
        }

        assertGets(client, BODY);
        assertGets(joiner, BODY);
        assertThat(bench.fileNames()).isEmpty();
        bench.assertNothingIsLeft();
    }

    @Test
    void roomThatTakesTooLongIsNotWaitedFor() {
        DownloadBench bench = full();
        TestClient client = bench.get(PACKAGE);
        bench.lastAskedSends(BODY, 500);
        bench.pass(Duration.ofMillis(1500));

        reads(bench, client);
        bench.lastAskedDelivers(BODY);
        assertGets(client, BODY);
        assertThat(bench.fileNames()).isEmpty();
        bench.assertNothingIsLeft();
    }

    @Test
    void whoHasAFileFetchedAheadLearnsThatItIsNotKept() throws IOException {
        DownloadBench bench = refusing();
        CompletionStage<AheadSource.Ahead> ahead = bench.downloads.fetchAhead(PACKAGE, false);
        bench.settle();
        bench.lastAskedDelivers(BODY);

        assertThat(ahead.toCompletableFuture().join().end()).isEqualTo(AheadSource.End.FAILED);
        bench.assertNothingIsLeft();
    }

    @Test
    void directoryThatTakesNothingIsServedWithoutAndUsedAgainByTheVeryNextRequest() throws IOException {
        DownloadBench bench = refusing();
        TestClient client = alone(bench, BODY, CLIENT).get(0);
        bench.lastAskedDelivers(BODY);

        assertGets(client, BODY);
        assertThat(bench.room.wanted()).as("room would not help").isEmpty();
        assertThat(bench.context.disk().isRefusing()).isTrue();
        assertThat(bench.fileNames()).isEmpty();

        outOfTheWay(bench);
        TestClient next = bench.get(PACKAGE);
        bench.lastAskedDelivers(BODY);
        assertGets(next, BODY);
        assertThat(bench.target(PACKAGE)).hasBinaryContent(BODY);
        assertThat(bench.context.disk().isRefusing()).isFalse();
        bench.assertNothingIsLeft();
    }

    @Test
    void newcomerTriesTheDiskAnewWhileOthersGoOnAlone() throws IOException {
        DownloadBench bench = refusing();
        TestClient first = alone(bench, BODY, CLIENT).get(0);
        outOfTheWay(bench);

        TestClient next = bench.get(PACKAGE, OTHER_CLIENT);
        bench.lastAskedDelivers(BODY);

        assertThat(next.opened().origin()).isEqualTo(Opened.Origin.MISS);
        assertGets(next, BODY);
        assertThat(bench.target(PACKAGE)).hasBinaryContent(BODY);
        bench.asked(2).responds(whole(1000));
        bench.asked(2).sends(BODY);
        bench.settle();
        assertGets(first, BODY);
        bench.assertNothingIsLeft();
    }

    @Test
    void memoryIsBoundedByTheMirrorBeingPausedUntilTheReaderHasCaughtUp() throws IOException {
        DownloadBench bench = refusing();
        TestClient client = alone(bench, LARGE, CLIENT).get(0);
        assertThat(bench.asked(2).request().inSmallPieces()).isTrue();
        assertThat(bench.asked(2).responds(whole(LARGE.length))).isTrue();
        int sent = 0;
        while (sent < LARGE.length) {
            int from = sent;
            sent = sendWhileWanted(bench, 2, LARGE, sent);
            assertThat(sent - from).as("bytes that came at once").isPositive().isLessThanOrEqualTo(Pipe.FULL_BYTES);
            // Alone, it may take its time.
            bench.pass(Duration.ofSeconds(30));
            reads(bench, client);
        }
        assertGets(client, LARGE);
        assertThat(bench.askedCount()).isEqualTo(2);
        bench.assertNothingIsLeft();
    }

    @Test
    void readerWhoLeavesEndsItsOwnTransferOnly() throws IOException {
        DownloadBench bench = refusing();
        List<TestClient> clients = alone(bench, LARGE, CLIENT, OTHER_CLIENT);

        clients.get(0).leaves();
        bench.settle();

        assertThat(bench.asked(2).isCancelled()).isTrue();
        assertThat(bench.asked(3).isCancelled()).isFalse();
        sendTo(clients.get(1), bench, 3, LARGE, 0);
        assertGets(clients.get(1), LARGE);
        bench.assertNothingIsLeft();
    }

    @Test
    void mirrorThatFailsIsReplacedAtTheExactByte() throws IOException {
        DownloadBench bench = refusing();
        TestClient client = alone(bench, BODY, CLIENT).get(0);
        bench.lastAskedSends(BODY, 300);
        bench.asked(2).fails(MirrorFailure.TRUNCATED);
        bench.settle();

        assertThat(bench.asked(3).fromByte()).isEqualTo(300);
        bench.lastAskedDelivers(BODY);
        assertGets(client, BODY);
        bench.assertNothingIsLeft();
    }

    @Test
    void wrongFileThatIsNotKeptNeverLooksWhole() throws IOException {
        DownloadBench bench = refusing();
        bench.list(LONG.length, FileContent.of(LONG).sha256());
        byte[] wrong = LONG.clone();
        wrong[5]++;
        TestClient client = alone(bench, wrong, CLIENT).get(0);
        sendTo(client, bench, 2, wrong, 0);

        assertThat(client.reads().hasAll()).isFalse();
        assertThat(client.cutBecause().reason()).isEqualTo(Reason.BAD_ANSWERS);
        client.leaves();
        bench.assertNothingIsLeft();
    }

    // Turns.

    /** Two readers of a file that is not kept, where there is a place for one. */
    private List<TestClient> twoForOnePlace(DownloadBench bench) throws IOException {
        List<TestClient> both = alone(refusing(bench), LARGE, CLIENT, OTHER_CLIENT);
        assertThat(bench.askedCount()).as("one waits for its turn").isEqualTo(2);
        return both;
    }

    private DownloadBench withOnePlace() {
        return DownloadBench.withPlaces(directory, new Admission.Limits(1, 1, 1));
    }

    @Test
    void readersTakeTurnsWhereThereAreFewerPlaces() throws IOException {
        DownloadBench bench = withOnePlace();
        List<TestClient> both = twoForOnePlace(bench);
        int[] sent = new int[2];
        for (int nth = 2, who = 0; sent[0] < LARGE.length || sent[1] < LARGE.length; nth++, who = 1 - who) {
            assertThat(bench.asked(nth).fromByte()).isEqualTo(sent[who]);
            bench.asked(nth).responds(sent[who] == 0 ? whole(LARGE.length) : rest(sent[who], LARGE.length));
            int turnBegan = sent[who];
            while (sent[who] < LARGE.length && !bench.asked(nth).isCancelled()) {
                int next = Math.min(LARGE.length, sent[who] + PIECE);
                bench.asked(nth).sends(slice(LARGE, sent[who], next));
                sent[who] = next;
                reads(bench, both.get(who));
            }
            if (sent[1 - who] < LARGE.length) {
                assertThat(sent[who] - turnBegan).as("a turn").isLessThanOrEqualTo(Pipe.TURN_BYTES);
            }
            reads(bench, both.get(who));
            if (sent[who] == LARGE.length) {
                assertGets(both.get(who), LARGE);
                bench.settle();
            }
        }

        bench.assertNothingIsLeft();
    }

    @Test
    void readerThatIsSlowerThanItsMirrorLetsOthersHaveTheirTurnWhenItHasDrainedItsPipe() throws IOException {
        DownloadBench bench = withOnePlace();
        List<TestClient> both = twoForOnePlace(bench);
        bench.asked(2).responds(whole(LARGE.length));
        int sent = 0;
        for (; sent < Pipe.FULL_BYTES; sent += PIECE) {
            bench.asked(2).sends(slice(LARGE, sent, sent + PIECE));
        }
        bench.settle();
        assertThat(bench.asked(2).isCancelled()).isTrue();
        assertThat(bench.askedCount()).as("its bytes take memory").isEqualTo(2);

        reads(bench, both.get(0));
        assertThat(bench.askedCount()).isEqualTo(3);
        both.get(1).leaves();
        bench.settle();
        sendTo(both.get(0), bench, 4, LARGE, sent);
        assertGets(both.get(0), LARGE);
        bench.assertNothingIsLeft();
    }

    @Test
    void databaseThatTheDiskRefusesIsHandedOutFromMemoryAndStoredWhenItIsNext() throws IOException {
        DownloadBench bench = DownloadBench.withoutCheckInterval(directory, 1);
        Path inTheWay = Files.createDirectories(bench.part(DATABASE).resolve("in-the-way"));
        byte[] database = database("1");
        TestClient client = bench.get(DATABASE);
        bench.lastAskedDeliversUnsigned(database);
        assertGets(client, database);
        assertThat(bench.fileNames()).containsExactly("databases");

        TestClient next = bench.get(DATABASE);
        Files.delete(inTheWay);
        Files.delete(inTheWay.getParent());
        bench.lastAskedHasNothingNew();
        assertThat(next.opened().origin()).isEqualTo(Opened.Origin.HIT);
        assertGets(next, database);
        assertThat(bench.target(DATABASE)).hasBinaryContent(database);
        assertThat(Files.getLastModifiedTime(bench.target(DATABASE)).toInstant())
                .isEqualTo(MODIFIED);
        assertThat(bench.context.disk().isRefusing()).isFalse();
        bench.assertNothingIsLeft();
    }

    @Test
    void databaseWhoseNoteIsRefusedIsHandedOutAllTheSame() throws IOException {
        DownloadBench bench = new DownloadBench(directory, 1);
        Path note = bench.target(DATABASE).resolveSibling(".core.db.next");
        Files.createDirectories(note.resolve("in-the-way"));
        byte[] database = database("1");
        TestClient client = bench.get(DATABASE);
        bench.lastAskedDelivers(database);
        Files.delete(note.resolve("in-the-way"));
        Files.createDirectories(note.resolve("in-the-way"));
        bench.lastAskedHasNone();

        assertGets(client, database);
        TestClient next = bench.get(DATABASE);
        assertThat(next.opened().origin()).isEqualTo(Opened.Origin.HIT);
        assertGets(next, database);
        assertThat(bench.fileNames()).containsExactly("databases");
        bench.assertNothingIsLeft();
    }
}
