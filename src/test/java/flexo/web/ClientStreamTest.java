package flexo.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import flexo.testing.SteppedTimer;
import flexo.web.ByteRange.Slice;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One response, with the container, the content, the time and the executor in the test's hand. */
class ClientStreamTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final int KIB = 1024;
    private static final int MIB = 1024 * 1024;

    private final ScriptedResponse response = new ScriptedResponse();
    private final SteppedTimer timer = new SteppedTimer();
    private final Queue<Runnable> pumps = new ArrayDeque<>();
    private final List<String> ends = new ArrayList<>();
    private final ClientStreams streams = new ClientStreams(pumps::add, timer, () -> TIMEOUT, timer::nanoTime, 1);
    private ScriptedContent content;
    private ClientStream stream;

    @AfterEach
    void nothingWasDoneThatMayNotBe() {
        assertThat(response.faults()).isEmpty();
        assertThat(ends).hasSizeLessThanOrEqualTo(1);
        assertThat(content.timesClosed()).isEqualTo(ends.size());
        assertThat(streams.count()).isEqualTo(1 - ends.size());
        if (!ends.isEmpty()) {
            streams.stop();
            assertThat(ends).as("it is no longer among those that run").hasSize(1);
            assertThat(content.waiters()).isEmpty();
            assertThat(timer.delays()).isEmpty();
        }
    }

    // The way to its end.

    @Test
    void wholeContentIsWrittenFlushedAndCompleted() throws IOException {
        stream(200_000, 200_000);

        response.begin();

        assertThat(response.received()).isEqualTo(ScriptedContent.expected(0, 200_000));
        assertThat(response.events()).endsWith("flush", "complete").containsOnlyOnce("complete");
        assertThat(ends).containsExactly("200000 bytes");
        assertThat(pumps).isEmpty();
    }

    @Test
    void nothingIsWrittenBeforeTheContainerCalls() {
        stream(1000, 1000);

        assertThat(response.received()).isEmpty();
        assertThat(pumps).isEmpty();
    }

    @Test
    void sliceIsExactlyTheBytesAskedFor() throws IOException {
        stream(500_000, 500_000, new Slice(70_001, 270_003));

        response.begin();

        assertThat(response.received()).isEqualTo(ScriptedContent.expected(70_001, 270_003));
        assertThat(ends).containsExactly("200002 bytes");
    }

    @Test
    void caughtUpMeansFlushed() throws IOException {
        stream(1000, 100);

        response.begin();

        assertThat(response.received()).isEqualTo(ScriptedContent.expected(0, 100));
        assertThat(response.events()).containsExactly("flush");
        assertThat(content.waiters()).hasSize(1);
        assertThat(pumps).isEmpty();
    }

    @Test
    void eachStepOfAGrowingFileReachesTheClientAtOnce() throws IOException {
        stream(1000, 0);
        response.begin();
        for (int available = 1; available <= 1000; available += 111) {
            content.growTo(available);
            runPumps();
            assertThat(response.received()).isEqualTo(ScriptedContent.expected(0, available));
        }
        assertThat(response.events()).endsWith("flush", "complete");
    }

    @Test
    void nothingNewMeansNothingToFlush() throws IOException {
        stream(1000, 100);
        response.begin();
        content.growTo(100);
        runPumps();
        content.growTo(100);
        runPumps();

        assertThat(response.count("flush")).isOne();
        assertThat(content.waiters()).hasSize(1);
    }

    @Test
    void fullSocketIsLeftToTheContainer() throws IOException {
        stream(300_000, 300_000);
        response.room(100_000);
        response.begin();
        assertThat(response.received()).hasSize(100_000);
        assertThat(pumps).as("who is woken by the container needs nobody else").isEmpty();
        assertThat(content.waiters()).isEmpty();

        response.drain(100_000);
        assertThat(response.received()).hasSize(200_000);

        response.drain(Long.MAX_VALUE);
        assertThat(response.received()).isEqualTo(ScriptedContent.expected(0, 300_000));
        assertThat(ends).containsExactly("300000 bytes");
    }

    @Test
    void tailIsNotCompletedWhileTheSocketIsFull() throws IOException {
        stream(100_000, 100_000);
        response.room(99_999);
        response.begin();
        assertThat(response.events()).doesNotContain("complete");
        assertThat(ends).isEmpty();

        response.drain(1);
        assertThat(response.events()).endsWith("flush", "complete").containsOnlyOnce("complete");
    }

    @Test
    void flushThatFillsTheSocketIsWaitedForToo() throws IOException {
        stream(1000, 1000);
        response.room(999);
        response.begin();
        assertThat(response.events()).containsExactly("flush");

        response.drain(1);
        assertThat(response.events()).containsExactly("flush", "complete");
        assertThat(response.received()).isEqualTo(ScriptedContent.expected(0, 1000));
    }

    @Test
    void socketThatTakesByteAfterByteGetsThemAll() throws IOException {
        stream(20_000, 20_000);
        response.room(1);
        response.begin();
        for (int i = 0; i < 20_000; i++) {
            response.drain(1);
        }
        assertThat(response.received()).isEqualTo(ScriptedContent.expected(0, 20_000));
        assertThat(response.events()).endsWith("complete");
    }

    // Wake-ups and turns.

    @Test
    void manyWakeUpsAreOneTask() throws IOException {
        stream(1000, 100);
        response.begin();
        Runnable onMore = content.waiters().iterator().next();

        for (int i = 0; i < 5; i++) {
            onMore.run();
        }
        assertThat(pumps).hasSize(1);

        runPumps();
        onMore.run();
        assertThat(pumps).as("the next one counts again").hasSize(1);
    }

    @Test
    void whoTellsOfBytesDoesNotWriteThem() throws IOException {
        stream(1000, 100);
        response.begin();

        content.growTo(1000);

        assertThat(response.received()).hasSize(100);
        runPumps();
        assertThat(response.received()).hasSize(1000);
    }

    @Test
    void contentKnowsTheStreamByOneRunnable() throws IOException {
        stream(1000, 100);
        response.begin();
        Runnable first = content.waiters().iterator().next();
        content.growTo(200);
        runPumps();

        assertThat(content.waiters()).containsExactly(first);
    }

    @Test
    void wakeUpThatComesDuringAPumpIsNotLost() throws IOException {
        stream(1000, 100);
        response.begin();
        content.growTo(200);
        // While the bytes up to 200 are written, the next ones come.
        Runnable onMore = pumps.element();
        response.duringWrite(() -> content.growTo(1000));
        pumps.remove(onMore);
        onMore.run();
        response.duringWrite(() -> {});
        runPumps();

        assertThat(response.received()).hasSize(1000);
        assertThat(ends).containsExactly("1000 bytes");
    }

    @Test
    void oneTurnIsAtMostOneMebibyteThenTheOthersAreServed() throws IOException {
        stream(5 * MIB / 2, 5 * MIB / 2);

        response.begin();
        assertThat(response.received()).hasSize(MIB);
        assertThat(pumps).hasSize(1);

        pumps.remove().run();
        assertThat(response.received()).hasSize(2 * MIB);
        assertThat(pumps).hasSize(1);

        pumps.remove().run();
        assertThat(response.received()).isEqualTo(ScriptedContent.expected(0, 5 * MIB / 2));
        assertThat(pumps).isEmpty();
        assertThat(ends).hasSize(1);
    }

    @Test
    void contentOfExactlyOneTurnIsCompletedInTheNext() throws IOException {
        stream(MIB, MIB);
        response.begin();
        assertThat(ends).isEmpty();

        runPumps();
        assertThat(response.events()).endsWith("flush", "complete").containsOnlyOnce("complete");
        assertThat(response.received()).hasSize(MIB);
    }

    // Ends that are none.

    @Test
    void contentThatWillNeverComeCutsTheResponse() throws IOException {
        stream(1000, 100);
        response.begin();
        content.fail("every mirror failed");
        runPumps();

        assertThat(response.received()).hasSize(100);
        assertThat(response.events()).containsExactly("flush", "dispatch").doesNotContain("complete");
        assertThat(response.attributes()).containsValue("every mirror failed");
        assertThat(ends).containsExactly("100 bytes, cut: every mirror failed");
    }

    @Test
    void brokenContentIsCutAfterTheBytesThatAreThere() throws IOException {
        stream(100_000, 70_000);
        content.fail("every mirror failed");
        response.begin();

        assertThat(ends).containsExactly("70000 bytes, cut: every mirror failed");
        assertThat(response.events()).endsWith("flush", "dispatch");
    }

    @Test
    void clientThatIsGoneIsLeftToTheContainer() throws IOException {
        stream(1000, 100);
        response.begin();
        response.breakConnection();
        content.growTo(1000);
        runPumps();
        assertThat(response.events()).as("neither completed nor dispatched").containsExactly("flush");
        assertThat(ends).containsExactly("100 bytes, cut: the client left");

        response.endWithError();
        assertThat(ends).hasSize(1);
    }

    @Test
    void clientThatIsGoneAtAFlushIsLeftToTheContainer() throws IOException {
        stream(1000, 100);
        response.duringWrite(response::breakConnection);
        response.begin();

        assertThat(response.events()).isEmpty();
        assertThat(ends).containsExactly("100 bytes, cut: the client left");
    }

    @Test
    void nothingIsTouchedAfterTheContainersError() throws IOException {
        stream(1000, 100);
        response.begin();
        Runnable onMore = content.waiters().iterator().next();

        response.endWithError();
        onMore.run();
        content.growTo(1000);
        runPumps();
        stream.cut(ResponseEnd.STOPPED);
        timer.advance(TIMEOUT.multipliedBy(2));

        assertThat(response.received()).hasSize(100);
        assertThat(response.events()).containsExactly("flush");
        assertThat(ends).containsExactly("100 bytes, cut: the client left");
    }

    @Test
    void errorWhileATaskIsQueuedMakesTheTaskDoNothing() throws IOException {
        stream(1000, 100);
        response.begin();
        content.growTo(1000);
        assertThat(pumps).hasSize(1);

        response.endWithError();
        runPumps();

        assertThat(response.received()).hasSize(100);
    }

    @Test
    void endIsToldOnceWhenTheContainerConfirmsIt() throws IOException {
        stream(1000, 1000);
        response.begin();

        response.endAsAsked();

        assertThat(ends).containsExactly("1000 bytes");
    }

    @Test
    void responseThatTheContainerEndsByItselfIsLetGo() throws IOException {
        stream(1000, 100);
        response.begin();

        response.endAsAsked();

        assertThat(ends).containsExactly("100 bytes, cut: the container ended it");
    }

    @Test
    void responseThatTheContainerEndsJustBeforeItsCompletionIsLetGo() throws IOException {
        stream(1000, 1000);
        response.endJustBeforeCompletion();

        response.begin();
        response.endWithError();

        assertThat(response.received()).hasSize(1000);
        assertThat(ends).containsExactly("1000 bytes");
    }

    @Test
    void containersTimeoutCutsTheResponse() throws IOException {
        stream(1000, 100);
        response.begin();

        response.timeout();

        assertThat(response.events()).containsExactly("flush", "dispatch");
        assertThat(ends).containsExactly("100 bytes, cut: the container's patience was over");
    }

    @Test
    void stopLetsGoOfAStreamAndHasTheContainerEndItsResponse() throws IOException {
        stream(1000, 100);
        response.begin();

        streams.beginToStop();
        streams.stop();
        streams.stop();

        assertThat(response.events()).containsExactly("flush", "time out after 1 ms");
        assertThat(ends).containsExactly("100 bytes, cut: the application is being stopped");
    }

    /** A container that stops an application takes no dispatch for it. */
    @Test
    void nothingIsDispatchedToAnApplicationThatIsBeingStopped() throws IOException {
        stream(1000, 100);
        response.begin();

        streams.beginToStop();
        content.fail("the application is being stopped");
        runPumps();
        streams.stop();

        assertThat(response.events()).containsExactly("flush", "time out after 1 ms");
        assertThat(ends).containsExactly("100 bytes, cut: the application is being stopped");
    }

    /** A thread of the container would wait for its client. */
    @Test
    void responseThatIsStoppedWhileTheSocketIsFullFailsWhenTheSocketTakesBytesAgain() throws IOException {
        stream(300_000, 300_000);
        response.room(10);
        response.begin();

        streams.beginToStop();
        streams.stop();
        assertThat(response.events()).isEmpty();
        assertThat(ends).hasSize(1);

        assertThatThrownBy(() -> response.drain(Long.MAX_VALUE)).hasMessage("the application is being stopped");
        assertThat(response.events()).isEmpty();
    }

    @Test
    void streamThatBeginsWhileTheApplicationIsBeingStoppedEndsAtOnce() {
        streams.beginToStop();

        stream(1000, 1000);

        assertThat(response.events()).containsExactly("time out after 1 ms");
        assertThat(ends).hasSize(1);
    }

    @Test
    void cutEndsAStreamThatWaitsForItsClient() throws IOException {
        stream(300_000, 300_000);
        response.room(10);
        response.begin();

        stream.cut(ResponseEnd.byContainer("enough"));
        response.drain(Long.MAX_VALUE);

        assertThat(response.events()).endsWith("dispatch").containsOnlyOnce("dispatch");
    }

    @Test
    void cutBeforeTheContainersFirstCallIsAnEndToo() throws IOException {
        stream(1000, 1000);

        stream.cut(ResponseEnd.byContainer("enough"));
        response.begin();

        assertThat(response.received()).isEmpty();
        assertThat(ends).containsExactly("0 bytes, cut: enough");
    }

    // The client's patience, and ours with it.

    @Test
    void clientThatTakesNothingForTheTimeoutIsCut() throws IOException {
        stream(300_000, 300_000);
        response.room(10);
        response.begin();

        timer.advance(TIMEOUT.minusMillis(1));
        assertThat(ends).isEmpty();

        timer.advance(Duration.ofMillis(1));
        assertThat(ends)
                .hasSize(1)
                .allMatch(end -> end.endsWith("cut: the client took no byte for 60 s (client_timeout_secs)"));
        assertThat(response.events())
                .as("a container's thread would wait for the client")
                .doesNotContain("dispatch");

        response.drain(Long.MAX_VALUE);
        assertThat(response.events()).endsWith("dispatch").containsOnlyOnce("dispatch");
        assertThat(response.received()).isEqualTo(ScriptedContent.expected(0, response.received().length));
    }

    @Test
    void clientThatTakesLittleButOftenIsKept() throws IOException {
        stream(300_000, 300_000);
        response.room(10);
        response.begin();
        for (int i = 0; i < 10; i++) {
            timer.advance(TIMEOUT.minusSeconds(1));
            // All of what was written, so that the container calls, and a little of the next.
            response.drain(64 * KIB);
            assertThat(response.events()).doesNotContain("dispatch");
            if (!ends.isEmpty()) {
                break;
            }
        }
        assertThat(ends).containsExactly("300000 bytes");
    }

    @Test
    void timeoutCountsFromTheLastProgress() throws IOException {
        stream(300_000, 300_000);
        response.room(10);
        response.begin();
        timer.advance(Duration.ofSeconds(40));
        response.drain(70_000);
        timer.advance(Duration.ofSeconds(59));
        assertThat(ends).isEmpty();

        timer.advance(Duration.ofSeconds(1));
        assertThat(ends).hasSize(1);
    }

    @Test
    void clientThatWaitsForTheMirrorIsNeverCut() throws IOException {
        stream(1000, 100);
        response.begin();

        timer.advance(TIMEOUT.multipliedBy(1000));

        assertThat(ends).isEmpty();
        assertThat(timer.delays()).isEmpty();
    }

    @Test
    void clientThatWasSlowAndNowWaitsForTheMirrorIsNotCut() throws IOException {
        stream(300_000, 100_000);
        response.room(10);
        response.begin();
        timer.advance(Duration.ofSeconds(30));
        response.drain(Long.MAX_VALUE);
        assertThat(response.received()).hasSize(100_000);

        timer.advance(TIMEOUT.multipliedBy(10));

        assertThat(ends).isEmpty();
    }

    @Test
    void streamThatWasSlowOnceIsStillWatchedLater() throws IOException {
        stream(500_000, 100_000);
        response.room(10);
        response.begin();
        timer.advance(Duration.ofSeconds(30));
        response.drain(Long.MAX_VALUE);
        timer.advance(TIMEOUT.multipliedBy(10));
        response.room(10);
        content.growTo(500_000);
        runPumps();

        timer.advance(TIMEOUT.minusSeconds(1));
        assertThat(ends).isEmpty();
        timer.advance(Duration.ofSeconds(1));
        assertThat(ends).hasSize(1);
    }

    @Test
    void onlyOneTaskWatchesAClientHoweverOftenItsSocketIsFull() throws IOException {
        stream(MIB, MIB);
        response.room(10);
        response.begin();
        for (int i = 0; i < 10; i++) {
            response.drain(64 * KIB);
            assertThat(timer.delays()).hasSize(1);
        }
    }

    // The lock.

    @Test
    void containerWaitsForARunningWriteBeforeItMayRecycleTheResponse() throws Exception {
        stream(1000, 100);
        response.begin();
        content.growTo(1000);
        CountDownLatch writing = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        response.duringWrite(() -> {
            writing.countDown();
            awaitUninterrupted(goOn);
        });
        Thread pump = new Thread(pumps.remove(), "pump");
        Thread container = new Thread(() -> stream.onError(new IOException("Connection reset")), "container");
        pump.start();
        writing.await();
        container.start();

        await().until(() -> container.getState() == Thread.State.WAITING);
        goOn.countDown();
        pump.join();
        container.join();

        assertThat(ends).hasSize(1);
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void stream(long lengthBytes, long available) {
        stream(lengthBytes, available, new Slice(0, lengthBytes));
    }

    private void stream(long lengthBytes, long available, Slice slice) {
        content = new ScriptedContent(lengthBytes, available);
        stream = new ClientStream(
                response.context(),
                response.out(),
                content,
                slice,
                64 * 1024,
                "192.0.2.1",
                streams,
                (bytes, end) -> ends.add(bytes + " bytes" + (end.why().isEmpty() ? "" : ", cut: " + end.why())));
        stream.start();
    }

    private void runPumps() {
        while (!pumps.isEmpty()) {
            pumps.remove().run();
        }
    }
}
