package flexo.download;

import static flexo.download.DownloadBench.DATABASE;
import static flexo.download.DownloadBench.PACKAGE;
import static flexo.download.DownloadBench.body;
import static flexo.download.Responses.rest;
import static flexo.download.Responses.status;
import static flexo.download.Responses.wantsRest;
import static flexo.download.Responses.whole;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.download.DownloadFailure.Reason;
import flexo.mirror.MirrorFailure;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** From the request until the first byte of the file: which mirrors are asked, when, and what is said of them. */
class FirstByteTest {
    private static final byte[] BODY = body(1000);
    private static final Duration FIRST_BYTE = Duration.ofMillis(2500);
    private static final Duration PATIENCE = Duration.ofMillis(8500);
    private static final Duration MOMENT = Duration.ofNanos(1);

    @TempDir
    private Path directory;

    private DownloadBench bench(int mirrors) {
        return new DownloadBench(directory, mirrors);
    }

    @Test
    void firstMirrorIsAskedForTheWholeFile() {
        DownloadBench bench = bench(2);

        TestClient client = bench.get(PACKAGE);

        assertThat(bench.askedCount()).isEqualTo(1);
        assertThat(bench.asked(1).request().uri()).hasToString("http://m1.example/" + PACKAGE);
        assertThat(bench.asked(1).fromByte()).isZero();
        assertThat(bench.asked(1).request().headOnly()).isFalse();
        assertThat(client.isAnswered()).isFalse();
    }

    @Test
    void deliveredFileIsReportedToItsMirrorAndLeavesNothingBehind() {
        DownloadBench bench = bench(2);
        TestClient client = bench.get(PACKAGE);

        bench.pass(Duration.ofMillis(120));
        bench.asked(1).responds(whole(1000));
        bench.asked(1).sends(DownloadBench.slice(BODY, 0, 600));
        bench.pass(Duration.ofMillis(80));
        bench.asked(1).sends(DownloadBench.slice(BODY, 600, 1000));
        bench.asked(1).ends();
        bench.settle();

        assertThat(client.reads().received()).isEqualTo(BODY);
        assertThat(client.opened().origin()).isEqualTo(Opened.Origin.MISS);
        assertThat(client.content().source()).isEqualTo("http://m1.example/");
        client.leaves();
        assertThat(bench.mirrors.reports(1))
                .containsExactly("first byte after 120 ms", "delivered 1000 bytes in 80 ms", "closed");
        assertThat(bench.asked(1).isCancelled()).isFalse();
        bench.assertNothingIsLeft();
    }

    @Test
    void headIsNotOutBeforeTheFirstByteOfTheBody() {
        DownloadBench bench = bench(2);
        TestClient client = bench.get(PACKAGE);

        assertThat(bench.asked(1).responds(whole(1000))).isTrue();
        bench.settle();

        assertThat(client.isAnswered()).isFalse();
        assertThat(bench.fileNames()).isEmpty();
    }

    private static Arguments refusal(String name, MirrorResponse response, MirrorFailure failure) {
        Consumer<ScriptedMirrors.Asked> does =
                asked -> assertThat(asked.responds(response)).isFalse();
        return Arguments.of(name, does, failure);
    }

    private static Arguments failing(String name, Consumer<ScriptedMirrors.Asked> does, MirrorFailure failure) {
        return Arguments.of(name, does, failure);
    }

    static Stream<Arguments> waysToFailBeforeTheFirstByte() {
        return Stream.of(
                failing("refuses", asked -> asked.fails(MirrorFailure.UNREACHABLE), MirrorFailure.UNREACHABLE),
                failing(
                        "cut after the head",
                        asked -> {
                            asked.responds(whole(1000));
                            asked.fails(MirrorFailure.TRUNCATED);
                        },
                        MirrorFailure.TRUNCATED),
                failing(
                        "ends without a byte",
                        asked -> {
                            asked.responds(whole(1000));
                            asked.ends();
                        },
                        MirrorFailure.TRUNCATED),
                refusal("500", status(500), MirrorFailure.BAD_STATUS),
                refusal("404", status(404), MirrorFailure.NOT_FOUND),
                refusal("416", status(416), MirrorFailure.WRONG_LENGTH),
                refusal("206", rest(0, 1000), MirrorFailure.RANGE_IGNORED),
                refusal("empty", whole(0), MirrorFailure.WRONG_CONTENT),
                failing(
                        "web page",
                        asked -> {
                            asked.responds(whole(1000));
                            asked.sends("<html><title>Log in</title>".getBytes(StandardCharsets.US_ASCII));
                        },
                        MirrorFailure.WRONG_CONTENT));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("waysToFailBeforeTheFirstByte")
    void nextMirrorIsAskedAtOnceAndTheFirstIsToldWhy(
            String name, Consumer<ScriptedMirrors.Asked> fails, MirrorFailure failure) {
        DownloadBench bench = bench(2);
        TestClient client = bench.get(PACKAGE);

        fails.accept(bench.asked(1));
        bench.settle();

        assertThat(bench.askedCount()).isEqualTo(2);
        assertThat(bench.asked(2).request().uri()).hasHost("m2.example");
        assertThat(bench.asked(2).fromByte()).isZero();
        assertThat(bench.mirrors.reports(1)).containsExactly("failed " + failure, "closed");
        bench.lastAskedDelivers(BODY);
        assertThat(client.reads().received()).isEqualTo(BODY);
        client.leaves();
        bench.assertNothingIsLeft();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("waysToFailBeforeTheFirstByte")
    void clientIsAnsweredWhenTheLastMirrorHasFailed(
            String name, Consumer<ScriptedMirrors.Asked> fails, MirrorFailure failure) {
        DownloadBench bench = bench(1);
        TestClient client = bench.get(PACKAGE);

        fails.accept(bench.asked(1));
        bench.settle();

        assertThat(client.refusal().reason())
                .isEqualTo(failure == MirrorFailure.NOT_FOUND ? Reason.NOT_FOUND : Reason.BAD_ANSWERS);
        assertThat(client.refusal().message()).contains(PACKAGE.toString(), "http://m1.example/");
        assertThat(bench.fileNames()).isEmpty();
        bench.assertNothingIsLeft();
    }

    @Test
    void requestThatCannotBeSentAtAllIsTheMirrorsFailure() {
        DownloadBench bench = bench(2);
        bench.client.breakNextRequest(new IllegalStateException("broken in the test"));

        bench.get(PACKAGE);

        assertThat(bench.askedCount()).isEqualTo(1);
        assertThat(bench.asked(1).request().uri()).hasHost("m2.example");
        assertThat(bench.mirrors.reports(1)).containsExactly("failed UNREACHABLE", "closed");
    }

    @Test
    void silentMirrorIsLeftWhenAnotherThatWasAskedAfterItsTimeAnswers() {
        DownloadBench bench = bench(2);
        bench.get(PACKAGE);

        bench.pass(FIRST_BYTE.minus(MOMENT));
        assertThat(bench.askedCount()).isEqualTo(1);
        bench.pass(MOMENT);

        assertThat(bench.askedCount()).isEqualTo(2);
        assertThat(bench.asked(1).isCancelled()).isFalse();
        bench.lastAskedSends(BODY, 1);

        assertThat(bench.asked(1).isCancelled()).isTrue();
        assertThat(bench.mirrors.reports(1)).containsExactly("failed STALLED", "closed");
    }

    @Test
    void mirrorThatAnswersLateAndFirstAllTheSameDeliversTheFile() {
        DownloadBench bench = bench(2);
        TestClient client = bench.get(PACKAGE);
        bench.pass(Duration.ofSeconds(4));
        assertThat(bench.askedCount()).isEqualTo(2);

        bench.asked(1).responds(whole(1000));
        bench.asked(1).sends(BODY);
        bench.settle();

        assertThat(client.reads().received()).isEqualTo(BODY);
        assertThat(bench.asked(2).isCancelled()).isTrue();
        assertThat(bench.mirrors.reports(2)).as("it was not given its time").containsExactly("closed");
        client.leaves();
        bench.assertNothingIsLeft();
    }

    @Test
    void oneMirrorAliveAmongThirtyDeadOnesServesTheFirstRequest() {
        DownloadBench bench = bench(31);
        TestClient client = bench.get(PACKAGE);
        Duration waited = Duration.ZERO;
        while (bench.askedCount() < 31) {
            bench.pass(Duration.ofMillis(100));
            waited = waited.plusMillis(100);
        }

        assertThat(waited).isLessThanOrEqualTo(PATIENCE.minusMillis(1500));
        bench.lastAskedDelivers(BODY);
        assertThat(client.reads().received()).isEqualTo(BODY);
        assertThat(bench.mirrors.reports(1)).containsExactly("failed STALLED", "closed");
        client.leaves();
        bench.assertNothingIsLeft();
    }

    @Test
    void onlyMirrorIsAskedOnceMoreBesideARequestThatIsSilentForLong() {
        DownloadBench bench = bench(1);
        TestClient client = bench.get(PACKAGE);
        bench.pass(Duration.ofSeconds(6));
        assertThat(bench.askedCount()).isEqualTo(2);
        bench.lastAskedDelivers(BODY);

        assertThat(client.reads().received()).isEqualTo(BODY);
        assertThat(bench.asked(1).isCancelled()).isTrue();
        assertThat(bench.mirrors.reports(1)).containsExactly("closed");
        client.leaves();
        bench.assertNothingIsLeft();
    }

    @Test
    void mirrorsThatFailWhileOthersAreSilentAreReplacedAtOnce() {
        DownloadBench bench = bench(4);
        TestClient client = bench.get(PACKAGE);
        bench.pass(FIRST_BYTE);
        bench.asked(2).fails(MirrorFailure.UNREACHABLE);
        bench.settle();

        assertThat(bench.askedCount()).isEqualTo(3);
        assertThat(bench.mirrors.reports(2)).containsExactly("failed UNREACHABLE", "closed");
        bench.lastAskedDelivers(BODY);
        assertThat(client.reads().received()).isEqualTo(BODY);
        client.leaves();
        bench.assertNothingIsLeft();
    }

    @Test
    void headWithoutABodyIsSilenceToo() {
        DownloadBench bench = bench(2);
        bench.get(PACKAGE);
        bench.pass(Duration.ofMillis(2400));
        bench.asked(1).responds(whole(1000));

        bench.pass(Duration.ofMillis(100));
        bench.lastAskedSends(BODY, 1);

        assertThat(bench.mirrors.reports(1)).containsExactly("failed STALLED", "closed");
    }

    @Test
    void deadlineRunsWhileTheNameIsResolved() {
        DownloadBench bench = bench(2);
        TestClient client = bench.getUnsettled(PACKAGE);
        assertThat(bench.storage.runOne()).isTrue();

        bench.timer.pass(FIRST_BYTE, () -> {});
        assertThat(bench.storage.runOne()).isTrue();
        bench.settle();

        assertThat(bench.askedCount()).isEqualTo(2);
        assertThat(bench.client.last().request().uri()).hasHost("m2.example");
        bench.lastAskedDelivers(BODY);
        client.reads().leaves();
        bench.assertNothingIsLeft();
    }

    @Test
    void onlyMirrorIsGivenTheWholePatience() {
        DownloadBench bench = bench(1);
        TestClient client = bench.get(PACKAGE);

        bench.pass(PATIENCE.minus(MOMENT));
        assertThat(client.isAnswered()).isFalse();
        assertThat(bench.asked(1).isCancelled()).isFalse();
        bench.asked(1).responds(whole(1000));
        bench.asked(1).sends(new byte[1]);
        bench.settle();

        assertThat(client.content().head().lengthBytes()).isEqualTo(1000);
        assertThat(bench.asked(1).isCancelled()).isFalse();
    }

    @Test
    void lastMirrorIsGivenWhatRemainsOfThePatience() {
        DownloadBench bench = bench(2);
        TestClient client = bench.get(PACKAGE);
        bench.pass(FIRST_BYTE);

        bench.pass(PATIENCE.minus(FIRST_BYTE).minus(MOMENT));
        assertThat(client.isAnswered()).isFalse();
        bench.pass(MOMENT);

        assertThat(client.refusal().reason()).isEqualTo(Reason.TIMED_OUT);
        assertThat(bench.mirrors.reports(2)).containsExactly("failed STALLED", "closed");
        assertThat(bench.asked(2).isCancelled()).isTrue();
        bench.assertNothingIsLeft();
    }

    @Test
    void thirtyDeadMirrorsAreAnsweredWhenThePatienceIsOver() {
        DownloadBench bench = bench(30);
        TestClient client = bench.get(PACKAGE);

        bench.pass(PATIENCE.minus(MOMENT));
        assertThat(client.isAnswered()).isFalse();
        bench.pass(MOMENT);

        assertThat(client.refusal().reason()).isEqualTo(Reason.TIMED_OUT);
        assertThat(bench.askedCount()).isEqualTo(30);
        bench.assertNothingIsLeft();
    }

    @Test
    void bytesAfterTheDeadlineDoNotReachTheFile() {
        DownloadBench bench = bench(2);
        TestClient client = bench.get(PACKAGE);
        bench.pass(FIRST_BYTE);
        bench.lastAskedSends(BODY, 100);

        assertThat(bench.asked(1).responds(whole(4))).isFalse();
        bench.asked(1).sends(new byte[] {9, 9, 9, 9});
        bench.asked(1).ends();
        bench.asked(1).fails(MirrorFailure.TRUNCATED);
        bench.settle();

        assertThat(bench.mirrors.reports(1)).containsExactly("failed STALLED", "closed");
        assertThat(bench.askedCount()).isEqualTo(2);
        bench.asked(2).sends(DownloadBench.slice(BODY, 100, 1000));
        bench.asked(2).ends();
        bench.settle();
        assertThat(client.reads().received()).isEqualTo(BODY);
    }

    @Test
    void fileNoMirrorHasIsNotFound() {
        DownloadBench bench = bench(3);
        TestClient client = bench.get(PACKAGE);
        for (int mirror = 1; mirror <= 3; mirror++) {
            bench.asked(mirror).responds(status(404));
            bench.settle();
        }

        assertThat(client.refusal().reason()).isEqualTo(Reason.NOT_FOUND);
        bench.assertNothingIsLeft();
    }

    @Test
    void fileSomeMirrorsCouldNotTellAboutIsNotNotFound() {
        DownloadBench bench = bench(2);
        TestClient client = bench.get(PACKAGE);
        bench.asked(1).responds(status(404));
        bench.settle();
        bench.asked(2).responds(status(503));
        bench.settle();

        assertThat(client.refusal().reason()).isEqualTo(Reason.BAD_ANSWERS);
    }

    @Test
    void fileSomeMirrorsWereNotAskedForInTimeIsNotNotFound() {
        DownloadBench bench = bench(200);
        TestClient client = bench.get(PACKAGE);
        bench.pass(Duration.ofSeconds(7));
        bench.asked(1).responds(status(404));
        bench.pass(Duration.ofMillis(1500));

        bench.settle();

        assertThat(bench.askedCount()).isBetween(32, 64);
        assertThat(client.refusal().reason()).isEqualTo(Reason.TIMED_OUT);
        bench.assertNothingIsLeft();
    }

    @Test
    void mirrorThatAsksForRestIsToldSoAndTheNextIsAsked() {
        DownloadBench bench = bench(2);
        TestClient client = bench.get(PACKAGE);
        assertThat(bench.asked(1).responds(wantsRest(503, Duration.ofSeconds(30))))
                .isFalse();
        bench.settle();

        assertThat(bench.mirrors.reports(1)).containsExactly("wants rest for 30 s", "failed WANTS_REST", "closed");
        bench.lastAskedDelivers(BODY);
        assertThat(client.reads().received()).isEqualTo(BODY);
    }

    @Test
    void tooManyRequestsIsAWishForRestThoughNoTimeIsTold() {
        DownloadBench bench = bench(1);
        bench.get(PACKAGE);
        bench.asked(1).responds(status(429));
        bench.settle();

        assertThat(bench.mirrors.reports(1)).contains("wants rest for 10 s");
    }

    @Test
    void missingDatabaseIsAskedOfEveryMirror() {
        DownloadBench bench = bench(2);
        bench.get(DATABASE);

        bench.asked(1).responds(status(404));
        bench.settle();

        assertThat(bench.askedCount()).isEqualTo(2);
    }

    @Test
    void withoutMirrorsTheAnswerComesAtOnce() {
        DownloadBench bench = bench(0);

        TestClient client = bench.get(PACKAGE);

        assertThat(client.refusal().reason()).isEqualTo(Reason.BAD_ANSWERS);
        bench.assertNothingIsLeft();
    }

    @Test
    void staleConnectionIsAskedAgainOnTheSameMirrorUnderTheSameLease() {
        DownloadBench bench = bench(2);
        TestClient client = bench.get(PACKAGE);

        bench.asked(1).findsItsConnectionStale();
        bench.settle();

        assertThat(bench.askedCount()).isEqualTo(2);
        assertThat(bench.asked(2).request()).isEqualTo(bench.asked(1).request());
        bench.lastAskedDelivers(BODY);
        client.reads().leaves();
        assertThat(client.received()).isEqualTo(BODY);
        assertThat(bench.mirrors.leases()).hasSize(1);
        assertThat(bench.mirrors.reports(1))
                .containsExactly("first byte after 0 ms", "delivered 1000 bytes in 0 ms", "closed");
        bench.assertNothingIsLeft();
    }

    @Test
    void mirrorWhoseConnectionsAreAlwaysStaleIsLeftAndTold() {
        DownloadBench bench = bench(2);
        bench.get(PACKAGE);
        for (int request = 1; request <= 3; request++) {
            bench.asked(request).findsItsConnectionStale();
            bench.settle();
        }

        assertThat(bench.askedCount()).isEqualTo(4);
        assertThat(bench.asked(4).request().uri()).hasHost("m2.example");
        assertThat(bench.mirrors.reports(1)).containsExactly("failed UNREACHABLE", "closed");
    }

    @Test
    void everyMirrorMayHaveAStaleConnection() {
        DownloadBench bench = bench(3);
        bench.get(PACKAGE);
        for (int mirror = 0; mirror < 3; mirror++) {
            assertThat(bench.askedCount()).isEqualTo(2 * mirror + 1);
            bench.client.last().findsItsConnectionStale();
            bench.settle();
            bench.client.last().responds(status(500));
            bench.settle();
        }

        bench.assertNothingIsLeft();
        assertThat(bench.askedCount()).isEqualTo(6);
    }
}
