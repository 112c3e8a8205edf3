package flexo.download;

import static flexo.download.DownloadBench.OTHER_CLIENT;
import static flexo.download.DownloadBench.PACKAGE;
import static flexo.download.DownloadBench.body;
import static flexo.download.DownloadBench.slice;
import static flexo.download.Responses.rest;
import static flexo.download.Responses.whole;
import static flexo.download.TestClient.assertGets;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.download.DownloadFailure.Reason;
import flexo.mirror.MirrorFailure;
import flexo.testing.FileContent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A client who wants a file from a byte on that is far from what is there. */
class ReadAheadTest {
    private static final byte[] BODY = body(4 << 20);
    private static final int BEGUN = 64 << 10;
    private static final int FAR = 3 << 20;
    private static final Duration LOOKED = Duration.ofMillis(700);

    @TempDir
    private Path directory;

    @TempDir
    private Path crashed;

    private DownloadBench bench;

    /** A client who resumes, of a file of which a mirror has just sent the first bytes. */
    private TestClient resumes(int mirrors) {
        bench = new DownloadBench(directory, mirrors);
        TestClient client = bench.get(PACKAGE).startsAt(FAR);
        assertThat(bench.asked(1).responds(whole(BODY.length))).isTrue();
        send(1, 0, BEGUN);
        client.reads();
        return client;
    }

    /** The same, whose bytes are being fetched ahead. */
    private TestClient resumesAhead(int mirrors) {
        TestClient client = resumes(mirrors);
        bench.pass(LOOKED);
        assertThat(bench.asked(2).fromByte()).isEqualTo(FAR);
        return client;
    }

    private void send(int nth, int from, int to) {
        for (int at = from; at < to && !bench.asked(nth).isCancelled(); at += BEGUN) {
            bench.asked(nth).sends(slice(BODY, at, Math.min(to, at + BEGUN)));
            bench.settle();
        }
    }

    private void sendAhead(int nth, int from, int to) {
        assertThat(bench.asked(nth).responds(rest(from, BODY.length))).isTrue();
        send(nth, from, to);
    }

    private void assertGetsTheRest(TestClient client) {
        assertThat(client.reads().received()).isEqualTo(slice(BODY, FAR, BODY.length));
        client.leaves();
    }

    private void assertCached() {
        assertThat(bench.target(PACKAGE)).hasBinaryContent(BODY);
        assertThat(bench.fileNames()).containsExactly(PACKAGE.fileName());
        bench.assertNothingIsLeft();
    }

    @Test
    void isServedFromItsByteWhileTheBeginningIsFetchedAndTheFileIsCached() {
        TestClient client = resumesAhead(2);
        sendAhead(2, FAR, BODY.length);
        assertGetsTheRest(client);

        send(1, BEGUN, BODY.length);

        assertThat(bench.asked(1).isCancelled()).as("the rest is there").isTrue();
        assertThat(bench.askedCount()).isEqualTo(2);
        assertCached();
    }

    @Test
    void sameMirrorIsAskedIfThereIsNoOther() {
        TestClient client = resumesAhead(1);
        sendAhead(2, FAR, BODY.length);
        assertGetsTheRest(client);
        send(1, BEGUN, FAR);

        assertCached();
    }

    @Test
    void whoReadsFromTheFrontGetsEveryByteOnce() {
        TestClient client = resumesAhead(2);
        TestClient other = bench.get(PACKAGE, OTHER_CLIENT);
        sendAhead(2, FAR, BODY.length - BEGUN);
        send(1, BEGUN, FAR);
        other.reads();
        bench.settle();
        assertThat(other.received()).hasSizeGreaterThanOrEqualTo(FAR);
        send(2, BODY.length - BEGUN, BODY.length);

        assertGets(other, BODY);
        assertGetsTheRest(client);
        assertCached();
    }

    @Test
    void nothingIsFetchedAheadOfAPrefixThatComesInTime() {
        TestClient client = resumes(2);
        send(1, BEGUN, 2 << 20);
        bench.pass(LOOKED);
        assertThat(bench.askedCount()).isEqualTo(1);

        send(1, 2 << 20, BODY.length);
        assertGetsTheRest(client);
        assertCached();
    }

    @Test
    void nothingIsFetchedForAClientWhoHasLeft() {
        TestClient client = resumes(2);
        client.leaves();
        bench.pass(LOOKED);

        assertThat(bench.askedCount()).isEqualTo(1);
        send(1, BEGUN, BODY.length);
        assertCached();
    }

    @Test
    void mirrorThatFailsAheadIsReplacedAtTheExactByte() {
        TestClient client = resumesAhead(3);
        sendAhead(2, FAR, FAR + BEGUN);
        bench.asked(2).fails(MirrorFailure.TRUNCATED);
        bench.settle();
        assertThat(bench.asked(3).fromByte()).isEqualTo(FAR + BEGUN);
        sendAhead(3, FAR + BEGUN, BODY.length);

        assertGetsTheRest(client);
        send(1, BEGUN, FAR);
        assertCached();
    }

    @Test
    void whatNoMirrorSendsAheadComesInItsTurn() {
        TestClient client = resumesAhead(1);
        assertThat(bench.asked(2).responds(Responses.status(503))).isFalse();
        bench.settle();

        send(1, BEGUN, BODY.length);

        assertThat(bench.askedCount()).isEqualTo(2);
        assertGetsTheRest(client);
        assertCached();
    }

    @Test
    void prefixGoesOnBehindWhatEndedEarly() {
        TestClient client = resumesAhead(1);
        sendAhead(2, FAR, FAR + BEGUN);
        send(1, BEGUN, FAR);
        assertThat(bench.askedCount()).as("waits for the other one").isEqualTo(2);
        bench.asked(2).fails(MirrorFailure.TRUNCATED);
        bench.settle();

        assertThat(bench.asked(3).fromByte()).isEqualTo(FAR + BEGUN);
        bench.asked(3).responds(rest(FAR + BEGUN, BODY.length));
        send(3, FAR + BEGUN, BODY.length);
        assertGetsTheRest(client);
        assertCached();
    }

    @Test
    void mirrorWithAnotherFileIsNotUsedAhead() {
        TestClient client = resumesAhead(2);
        assertThat(bench.asked(2).responds(rest(FAR, BODY.length + 1))).isFalse();
        bench.settle();
        sendAhead(3, FAR, BODY.length);

        assertGetsTheRest(client);
        send(1, BEGUN, FAR);
        assertCached();
    }

    @Test
    void wrongBytesAheadAreNotCached() {
        bench = new DownloadBench(directory, 2);
        bench.list(BODY.length, FileContent.of(body(5 << 20)).sha256());
        TestClient front = bench.get(PACKAGE);
        assertThat(bench.asked(1).responds(whole(BODY.length))).isTrue();
        send(1, 0, BEGUN);
        bench.pass(Duration.ofMillis(1500));
        send(1, BEGUN, 2 * BEGUN);
        TestClient client = bench.get(PACKAGE, OTHER_CLIENT).startsAt(FAR).reads();
        bench.pass(LOOKED);
        sendAhead(2, FAR, BODY.length);
        assertGetsTheRest(client);
        send(1, 2 * BEGUN, FAR);

        assertThat(front.reads().cutBecause().reason()).isEqualTo(Reason.BAD_ANSWERS);
        front.leaves();
        bench.downloads.close();
        bench.settle();
        assertThat(bench.fileNames()).isEmpty();
        bench.assertNothingIsLeft();
    }

    @Test
    void whatIsResumedAfterAStopHasNoHoles() {
        TestClient client = resumesAhead(2);
        sendAhead(2, FAR, BODY.length);
        send(1, BEGUN, 4 * BEGUN);
        bench.downloads.close();
        bench.settle();
        client.leaves();
        bench.assertNothingIsLeft();

        assertIsResumed(directory, 4 * BEGUN);
    }

    @Test
    void whatIsResumedAfterACrashHasNoHoles() throws IOException {
        TestClient client = resumesAhead(2);
        sendAhead(2, FAR, BODY.length);
        send(1, BEGUN, 4 * BEGUN);
        for (Path file : new Path[] {bench.part(PACKAGE), bench.promise(PACKAGE)}) {
            Path copy = crashed.resolve(directory.relativize(file));
            Files.createDirectories(copy.getParent());
            Files.copy(file, copy);
        }
        assertGetsTheRest(client);
        send(1, 4 * BEGUN, FAR);
        assertCached();

        assertIsResumed(crashed, BEGUN);
    }

    private void assertIsResumed(Path root, long from) {
        bench = new DownloadBench(root, 1);
        TestClient client = bench.get(PACKAGE);
        assertThat(bench.asked(1).fromByte()).isEqualTo(from);
        bench.lastAskedDelivers(BODY);
        assertGets(client, BODY);
        assertCached();
    }
}
