package flexo.download;

import static flexo.download.DownloadBench.DATABASE;
import static flexo.download.DownloadBench.MODIFIED;
import static flexo.download.DownloadBench.OTHER_CLIENT;
import static flexo.download.DownloadBench.PACKAGE;
import static flexo.download.DownloadBench.body;
import static flexo.download.DownloadBench.database;
import static flexo.download.DownloadBench.slice;
import static flexo.download.Responses.whole;
import static flexo.download.TestClient.assertGets;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.download.DownloadFailure.Reason;
import flexo.testing.FileContent;
import flexo.testing.TestPaths;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that the disk does not take: room is made for them, or they are shared in memory, and nothing is left of them. */
class UncachedDownloadTest {
    private static final byte[] BODY = body(1000);
    /** Far more than all the memory of a bench. */
    private static final byte[] LARGE = body(3 << 20);

    private static final int PIECE = 32 << 10;
    private static final Duration SECOND = Duration.ofSeconds(1);

    @TempDir
    private Path directory;

    private DownloadBench full(int mirrors) {
        DownloadBench bench = new DownloadBench(directory, mirrors);
        bench.room.is(100);
        return bench;
    }

    /** Something lies in the way of the part file, so that it cannot be created. */
    private DownloadBench refusing() throws IOException {
        DownloadBench bench = new DownloadBench(directory, 2);
        inTheWay(bench);
        return bench;
    }

    private static void inTheWay(DownloadBench bench) throws IOException {
        Files.createDirectories(bench.part(PACKAGE).resolve("in-the-way"));
    }

    private static void outOfTheWay(DownloadBench bench) throws IOException {
        Files.delete(bench.part(PACKAGE).resolve("in-the-way"));
        Files.delete(bench.part(PACKAGE));
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
        int at = from;
        while (at < body.length) {
            int before = at;
            at = sendWhileWanted(bench, nth, body, at);
            assertThat(at).as("more is wanted when all is read").isGreaterThan(before);
            reader.reads();
            bench.settle();
        }
    }

    @Test
    void roomIsMadeWhileClientsReadAndTheFileIsCached() {
        DownloadBench bench = full(1);
        TestClient client = bench.get(PACKAGE);
        bench.lastAskedSends(BODY, 500);

        assertThat(bench.room.wanted()).containsExactly(1000L);
        assertThat(bench.asked(1).isPaused())
                .as("no more than needed goes to memory")
                .isTrue();
        assertThat(client.reads().received()).hasSize(499 + 1);

        bench.room.is(5000);
        bench.room.wasTried();
        bench.settle();
        assertThat(bench.asked(1).isPaused()).isFalse();
        bench.asked(1).sends(slice(BODY, 500, 1000));
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
        DownloadBench bench = full(1);
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
    void fileThatFitsWaitsForNobody() {
        DownloadBench bench = full(1);
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
        DownloadBench bench = full(1);
        bench.room.is(1500);
        TestClient client = bench.get(PACKAGE);
        bench.lastAskedSends(BODY, 10);
        TestClient other = bench.get(TestPaths.path("core/os/x86_64/zsh-5.9-1-x86_64.pkg.tar.zst"));
        bench.lastAskedSends(BODY, 10);

        assertThat(bench.room.wanted()).containsExactly(1000L + 990L);
        bench.pass(Duration.ofMillis(1500));
        bench.asked(1).sends(slice(BODY, 10, 1000));
        bench.asked(2).sends(slice(BODY, 10, 1000));
        bench.settle();
        assertGets(client, BODY);
        assertGets(other, BODY);
        assertThat(bench.fileNames()).containsExactly(PACKAGE.fileName());
        bench.assertNothingIsLeft();
    }

    @Test
    void withoutRoomTheFileIsSharedAndNothingIsLeftOfIt() {
        DownloadBench bench = full(1);
        TestClient client = bench.get(PACKAGE);
        bench.lastAskedSends(BODY, 500);
        bench.room.wasTried();
        bench.settle();
        TestClient joiner = bench.get(PACKAGE, OTHER_CLIENT);
        assertThat(joiner.opened().origin()).isEqualTo(Opened.Origin.JOINED);
        assertThat(joiner.content().source()).endsWith(", not kept");

        bench.asked(1).sends(slice(BODY, 500, 1000));
        bench.asked(1).ends();
        bench.settle();

        assertGets(client, BODY);
        assertGets(joiner, BODY);
        assertThat(bench.askedCount()).isEqualTo(1);
        assertThat(bench.fileNames()).isEmpty();
        bench.assertNothingIsLeft();
    }

    @Test
    void roomThatTakesTooLongIsNotWaitedFor() {
        DownloadBench bench = full(1);
        TestClient client = bench.get(PACKAGE);
        bench.lastAskedSends(BODY, 500);
        bench.pass(Duration.ofMillis(1500));

        assertThat(bench.asked(1).isPaused()).isFalse();
        bench.asked(1).sends(slice(BODY, 500, 1000));
        bench.settle();
        assertGets(client, BODY);
        assertThat(bench.fileNames()).isEmpty();
        bench.assertNothingIsLeft();
    }

    @Test
    void directoryThatTakesNothingIsServedWithoutAndUsedAgainByTheVeryNextRequest() throws IOException {
        DownloadBench bench = refusing();
        TestClient client = bench.get(PACKAGE);
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
    void memoryIsBoundedByTheMirrorBeingPausedUntilClientsHaveCaughtUp() throws IOException {
        DownloadBench bench = refusing();
        TestClient client = bench.get(PACKAGE);
        assertThat(bench.asked(1).responds(whole(LARGE.length))).isTrue();
        int sent = 0;
        while (sent < LARGE.length) {
            int from = sent;
            sent = sendWhileWanted(bench, 1, LARGE, sent);
            assertThat(sent - from).as("bytes that came at once").isPositive().isLessThanOrEqualTo((1 << 20) + PIECE);
            // Alone, it may take its time.
            bench.pass(Duration.ofSeconds(30));
            client.reads();
            bench.settle();
        }
        assertGets(client, LARGE);
        assertThat(bench.askedCount()).isEqualTo(1);
        bench.assertNothingIsLeft();
    }

    @Test
    void whoIsSlowIsLeftBehindAndGoesOnWhereItWasWithAnotherRequest() throws IOException {
        DownloadBench bench = refusing();
        TestClient fast = bench.get(PACKAGE);
        assertThat(bench.asked(1).responds(whole(LARGE.length))).isTrue();
        bench.asked(1).sends(slice(LARGE, 0, 100));
        bench.settle();
        TestClient slow = bench.get(PACKAGE, OTHER_CLIENT);
        slow.reads();
        fast.reads();
        int sent = sendWhileWanted(bench, 1, LARGE, 100);
        assertThat(sent).isLessThan(LARGE.length);
        while (sent < LARGE.length) {
            fast.reads();
            bench.settle();
            if (bench.asked(1).isPaused()) {
                bench.pass(SECOND);
            }
            assertThat(bench.asked(1).isPaused())
                    .as("is paused for more than a second")
                    .isFalse();
            sent = sendWhileWanted(bench, 1, LARGE, sent);
        }
        assertGets(fast, LARGE);
        assertThat(bench.askedCount()).isEqualTo(1);

        slow.reads();
        bench.settle();
        assertThat(bench.asked(2).fromByte()).isEqualTo(100);
        bench.asked(2).responds(Responses.rest(100, LARGE.length));
        sendTo(slow, bench, 2, LARGE, 100);
        assertGets(slow, LARGE);
        bench.assertNothingIsLeft();
    }

    @Test
    void restOfAFileIsProvenWithTheBytesBeforeIt() throws IOException {
        DownloadBench bench = refusing();
        bench.list(3 << 20, FileContent.of(LARGE).sha256());
        // Too long to be held back.
        TestClient slow = leftBehind(bench, body(17 << 20));
        byte[] wrong = body(17 << 20);
        wrong[wrong.length - 1]++;
        int from = (int) bench.asked(2).fromByte();
        bench.asked(2).responds(Responses.rest(from, wrong.length));
        sendTo(slow, bench, 2, wrong, from);

        assertThat(slow.reads().hasAll()).isFalse();
        assertThat(slow.cutBecause().reason()).isEqualTo(Reason.BAD_ANSWERS);
        slow.leaves();
        bench.assertNothingIsLeft();
    }

    @Test
    void restOfAFileTakesNoMoreMemoryThanAnyOther() throws IOException {
        DownloadBench bench = refusing();
        byte[] body = body(17 << 20);
        TestClient slow = leftBehind(bench, body);
        int from = (int) bench.asked(2).fromByte();
        bench.asked(2).responds(Responses.rest(from, body.length));

        int sent = sendWhileWanted(bench, 2, body, from);

        assertThat(sent - from).isLessThanOrEqualTo((1 << 20) + PIECE);
        slow.reads();
        bench.settle();
        sendTo(slow, bench, 2, body, sent);
        assertGets(slow, body);
        bench.assertNothingIsLeft();
    }

    @Test
    void whatIsHeldBackIsHandedOnWhenMemoryTakesNoMore() throws IOException {
        DownloadBench bench = refusing();
        bench.list(LARGE.length, FileContent.of(LARGE).sha256());
        TestClient client = bench.get(PACKAGE);
        assertThat(bench.asked(1).responds(whole(LARGE.length))).isTrue();

        sendTo(client, bench, 1, LARGE, 0);

        assertGets(client, LARGE);
        bench.assertNothingIsLeft();
    }

    /** A client of a verified file that has read one byte, and whose rest was asked for. */
    private static TestClient leftBehind(DownloadBench bench, byte[] body) {
        bench.list(body.length, FileContent.of(body).sha256());
        TestClient fast = bench.get(PACKAGE);
        assertThat(bench.asked(1).responds(whole(body.length))).isTrue();
        bench.asked(1).sends(slice(body, 0, 2));
        bench.settle();
        TestClient slow = bench.get(PACKAGE, OTHER_CLIENT);
        slow.reads();
        int sent = 2;
        while (sent < body.length) {
            fast.reads();
            bench.settle();
            if (bench.asked(1).isPaused()) {
                bench.pass(SECOND);
            }
            sent = sendWhileWanted(bench, 1, body, sent);
        }
        assertGets(fast, body);
        slow.reads();
        bench.settle();
        return slow;
    }

    @Test
    void wrongFileInMemoryNeverLooksWhole() throws IOException {
        DownloadBench bench = refusing();
        byte[] body = body(17 << 20);
        bench.list(body.length, FileContent.of(body).sha256());
        TestClient client = bench.get(PACKAGE);
        assertThat(bench.asked(1).responds(whole(body.length))).isTrue();
        body[5]++;
        sendTo(client, bench, 1, body, 0);

        assertThat(client.reads().hasAll()).isFalse();
        assertThat(client.cutBecause().reason()).isEqualTo(Reason.BAD_ANSWERS);
        client.leaves();
        bench.assertNothingIsLeft();
    }

    @Test
    void whoComesWhenTheBeginningIsGoneGetsADownloadOfItsOwn() throws IOException {
        DownloadBench bench = refusing();
        TestClient first = bench.get(PACKAGE);
        assertThat(bench.asked(1).responds(whole(LARGE.length))).isTrue();
        int sent = sendWhileWanted(bench, 1, LARGE, 0);
        first.reads();
        bench.settle();
        assertThat(sendWhileWanted(bench, 1, LARGE, sent)).isGreaterThan(sent);

        TestClient late = bench.get(PACKAGE, OTHER_CLIENT);
        assertThat(late.isAnswered()).isFalse();
        assertThat(bench.asked(2).fromByte()).isZero();
        outOfTheWay(bench);
        bench.lastAskedDelivers(LARGE);
        assertThat(late.opened().origin()).isEqualTo(Opened.Origin.MISS);
        assertGets(late, LARGE);
        assertThat(bench.target(PACKAGE))
                .as("what the second one has put there")
                .hasBinaryContent(LARGE);

        first.leaves();
        bench.settle();
        assertThat(bench.asked(1).isCancelled())
                .as("nobody reads it any longer")
                .isTrue();
        assertThat(bench.target(PACKAGE)).hasBinaryContent(LARGE);
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
