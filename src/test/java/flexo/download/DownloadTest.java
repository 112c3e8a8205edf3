package flexo.download;

import static flexo.download.DownloadBench.MODIFIED;
import static flexo.download.DownloadBench.PACKAGE;
import static flexo.download.DownloadBench.body;
import static flexo.download.DownloadBench.slice;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import flexo.alpm.RepositoryPath;
import flexo.cache.ContentHead;
import flexo.cache.PackageCache;
import flexo.cache.PartFile;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The producer's and the readers' sides of one download, in every order that matters. */
class DownloadTest {
    private static final byte[] BODY = body(300);
    private static final ContentHead HEAD = new ContentHead(BODY.length, MODIFIED);
    private static final DownloadFailure BROKEN =
            new DownloadFailure(DownloadFailure.Reason.BAD_ANSWERS, "broken in the test");

    @TempDir
    private Path directory;

    /** Null until {@link #begin}. */
    private PartFile part;

    private final Download download = new Download(PACKAGE);

    @AfterEach
    void closePart() throws IOException {
        if (part != null) {
            part.close();
        }
    }

    private void begin() throws IOException {
        begin(download.path());
    }

    private void begin(RepositoryPath path) throws IOException {
        part = new PackageCache(directory).create(path, HEAD);
        download.streaming(HEAD, part, 0, "m1");
    }

    private void write(int from, int to) throws IOException {
        part.write(ByteBuffer.wrap(slice(BODY, from, to)), from);
        download.advanced(to);
    }

    private boolean partIsClosed() throws IOException {
        try {
            part.read(ByteBuffer.allocate(1), 0);
            return false;
        } catch (EOFException e) {
            return false;
        } catch (ClosedChannelException e) {
            return true;
        }
    }

    private TestClient starter() {
        return new TestClient(download.started().thenApply(content -> new Opened(content, Opened.Origin.MISS)));
    }

    // The head.

    @Test
    void readersWaitUntilTheFirstByteTellsTheHead() throws IOException {
        TestClient reader = starter();
        assertThat(reader.isAnswered()).isFalse();

        begin();

        assertThat(reader.content().head()).isEqualTo(HEAD);
        assertThat(reader.content().source()).isEqualTo("m1");
        assertThat(reader.content().wholeFile()).isEmpty();
    }

    @Test
    void headIsSetOnceAndSourceFollowsTheMirror() throws IOException {
        begin();
        write(0, 100);
        download.resuming();

        download.streaming(new ContentHead(999, MODIFIED.plusSeconds(1)), part, 0, "m2");

        assertThat(download.head()).isEqualTo(HEAD);
        assertThat(download.source()).isEqualTo("m2");
        assertThat(starter().reads().received()).isEqualTo(slice(BODY, 0, 100));
    }

    @Test
    void bytesOfAnEarlierDownloadAreReadableWithTheHead() throws IOException {
        part = new PackageCache(directory).create(PACKAGE, HEAD);
        part.write(ByteBuffer.wrap(slice(BODY, 0, 200)), 0);

        download.streaming(HEAD, part, 200, "m1");

        assertThat(starter().reads().received()).isEqualTo(slice(BODY, 0, 200));
    }

    @Test
    void headAloneCompletesWithoutAByte() {
        TestClient reader = starter();

        download.completeWithHead(HEAD, "m1");

        assertThat(reader.content().head()).isEqualTo(HEAD);
        assertThat(reader.content().source()).isEqualTo("m1");
        assertThat(download.join()).isTrue();
        reader.leaves();
        reader.leaves();
        assertThat(download.join()).isFalse();
    }

    @Test
    void failureBeforeTheHeadIsTheAnswer() {
        TestClient reader = starter();

        download.fail(BROKEN);

        assertThat(reader.refusal()).isEqualTo(BROKEN);
        assertThat(starter().refusal()).isEqualTo(BROKEN);
    }

    // Bytes.

    @Test
    void readerThatComesFirstIsWokenByTheBytes() throws IOException {
        begin();
        TestClient reader = starter().reads();
        assertThat(reader.received()).isEmpty();

        write(0, 100);

        assertThat(reader.wakeUps()).isEqualTo(1);
        assertThat(reader.reads().received()).isEqualTo(slice(BODY, 0, 100));
    }

    @Test
    void readerThatComesAfterTheBytesReadsAtOnce() throws IOException {
        begin();
        write(0, 100);

        TestClient reader = starter().reads();

        assertThat(reader.received()).isEqualTo(slice(BODY, 0, 100));
        assertThat(reader.wakeUps()).isZero();
    }

    @Test
    void readerIsWokenOnceForEachTimeItFoundNothing() throws IOException {
        begin();
        TestClient reader = starter().reads().reads();

        write(0, 50);
        write(50, 100);

        assertThat(reader.wakeUps()).isEqualTo(1);
        reader.reads();
        write(100, 150);
        assertThat(reader.wakeUps()).isEqualTo(2);
    }

    @Test
    void readNeverGoesBeyondWhatIsWrittenAndLeavesTheBufferAsItWas() throws IOException {
        begin();
        part.write(ByteBuffer.wrap(BODY), 0);
        download.advanced(10);
        ByteBuffer buffer = ByteBuffer.allocate(40).limit(30);

        assertThat(download.read(4, buffer, () -> {})).isEqualTo(6);

        assertThat(buffer.limit()).isEqualTo(30);
        assertThat(buffer.position()).isEqualTo(6);
    }

    @Test
    void readTakesNoMoreThanTheBufferHolds() throws IOException {
        begin();
        write(0, 300);
        ByteBuffer buffer = ByteBuffer.allocate(7);

        assertThat(download.read(290, buffer, () -> {})).isEqualTo(7);
        assertThat(buffer.array()).isEqualTo(slice(BODY, 290, 297));
    }

    @Test
    void readersAtDifferentPlacesEachGetTheirBytes() throws IOException {
        begin();
        assertThat(download.join()).isTrue();
        write(0, 100);
        TestClient early = starter().reads();
        write(100, 200);
        TestClient late = TestClient.of(download).reads();

        write(200, 300);
        download.complete();

        assertThat(early.reads().received()).isEqualTo(BODY);
        assertThat(late.reads().received()).isEqualTo(BODY);
        assertThat(early.wakeUps()).isEqualTo(1);
        assertThat(late.wakeUps()).isEqualTo(1);
    }

    @Test
    void everyWaiterIsWokenThoughOneOfThemThrows() throws IOException {
        begin();
        List<String> woken = new ArrayList<>();
        assertThat(download.read(0, ByteBuffer.allocate(1), () -> {
                    throw new IllegalStateException("a waiter fails in the test");
                }))
                .isZero();
        assertThat(download.read(0, ByteBuffer.allocate(1), () -> woken.add("second")))
                .isZero();

        write(0, 10);

        assertThat(woken).containsExactly("second");
    }

    @Test
    void wakeUpMayReadAgainAtOnce() throws IOException {
        begin();
        List<Integer> read = new ArrayList<>();
        Runnable[] again = new Runnable[1];
        again[0] = () -> {
            try {
                read.add(download.read(read.size(), ByteBuffer.allocate(1), again[0]));
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        };
        assertThat(download.read(0, ByteBuffer.allocate(1), again[0])).isZero();

        write(0, 1);
        assertThat(read).containsExactly(1);
        assertThat(download.read(1, ByteBuffer.allocate(1), again[0])).isZero();
        write(1, 2);

        assertThat(read).containsExactly(1, 1);
    }

    @Test
    void forgottenReaderIsNotWoken() throws IOException {
        begin();
        TestClient reader = starter().reads();
        assertThat(download.join()).isTrue();

        reader.leaves();
        write(0, 100);

        assertThat(reader.wakeUps()).isZero();
    }

    // The end.

    @Test
    void readerThatIsBehindGetsEverythingThatIsThereAfterTheFailure() throws IOException {
        begin();
        TestClient reader = starter();
        write(0, 200);

        download.fail(BROKEN);

        reader.reads();
        assertThat(reader.received()).isEqualTo(slice(BODY, 0, 200));
        assertThat(reader.cutBecause()).isEqualTo(BROKEN);
    }

    @Test
    void waitingReaderIsWokenByTheFailure() throws IOException {
        begin();
        TestClient reader = starter().reads();

        download.fail(BROKEN);

        assertThat(reader.wakeUps()).isEqualTo(1);
        assertThat(reader.reads().cutBecause()).isEqualTo(BROKEN);
    }

    @Test
    void finalStateIsFinal() throws IOException {
        begin();
        write(0, 300);
        download.complete();

        download.fail(BROKEN);
        download.resuming();
        download.streaming(HEAD, part, 0, "m2");

        assertThat(starter().reads().received()).isEqualTo(BODY);
        assertThat(download.source()).isEqualTo("m1");
    }

    @Test
    void firstFailureIsTheOneThatCounts() throws IOException {
        begin();
        download.fail(BROKEN);
        download.fail(new DownloadFailure(DownloadFailure.Reason.ABANDONED, "later"));
        download.complete();

        assertThat(starter().reads().cutBecause()).isEqualTo(BROKEN);
    }

    @Test
    void stateThatCannotFollowIsAMistakeOfTheCaller() throws IOException {
        begin();
        download.resuming();

        assertThatThrownBy(download::complete)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("RESUMING cannot become COMPLETE");
    }

    // Joining and leaving.

    @Test
    void joinerOfARunningDownloadGetsTheWholeFile() throws IOException {
        begin();
        write(0, 150);
        assertThat(download.join()).isTrue();
        TestClient joiner = TestClient.of(download).reads();
        write(150, 300);

        assertThat(joiner.reads().received()).isEqualTo(BODY);
    }

    @Test
    void failedDownloadCannotBeJoined() throws IOException {
        begin();
        download.fail(BROKEN);

        assertThat(download.join()).isFalse();
    }

    @Test
    void completeDownloadCanBeJoinedWhileItsPartFileIsRead() throws IOException {
        begin();
        write(0, 300);
        download.complete();
        assertThat(download.join()).isTrue();
        TestClient joiner = TestClient.of(download);

        download.close();
        assertThat(joiner.reads().received()).isEqualTo(BODY);
        joiner.leaves();

        assertThat(download.join()).isFalse();
    }

    @Test
    void partFileIsClosedByTheEndIfNobodyReads() throws IOException {
        begin();
        download.close();
        assertThat(partIsClosed()).isFalse();

        write(0, 300);
        download.complete();

        assertThat(partIsClosed()).isTrue();
    }

    @Test
    void partFileIsClosedByTheLastReaderIfTheEndCameFirst() throws IOException {
        begin();
        assertThat(download.join()).isTrue();
        download.fail(BROKEN);
        download.close();
        assertThat(partIsClosed()).isFalse();

        download.close();

        assertThat(partIsClosed()).isTrue();
    }

    @Test
    void partFileThatComesAfterTheEndIsClosed() throws IOException {
        download.fail(BROKEN);

        begin();

        assertThat(partIsClosed()).isTrue();
    }

    @Test
    void packageGoesOnWithoutReadersAndCanBeJoinedThen() throws IOException {
        begin();
        write(0, 100);
        download.close();

        write(100, 200);

        assertThat(download.join()).isTrue();
        assertThat(TestClient.of(download).reads().received()).isEqualTo(slice(BODY, 0, 200));
    }
}
