package flexo.download;

import static flexo.download.DownloadBench.DATABASE;
import static flexo.download.DownloadBench.LOW_SPEED_TIME;
import static flexo.download.DownloadBench.PACKAGE;
import static flexo.download.DownloadBench.body;
import static flexo.download.DownloadBench.database;
import static flexo.download.DownloadBench.slice;
import static flexo.download.Responses.part;
import static flexo.download.Responses.rest;
import static flexo.download.Responses.status;
import static flexo.download.Responses.whole;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.download.DownloadFailure.Reason;
import flexo.mirror.MirrorFailure;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** After the first byte: the next mirror continues at the exact byte, or the clients are cut. */
class BodyFailoverTest {
    private static final byte[] BODY = body(1000);
    /** How long the bytes of a database are kept from its clients. */
    private static final Duration EMBARGO = Duration.ofMillis(1500);

    private static final Duration PATIENCE = Duration.ofMillis(8500);

    @TempDir
    private Path directory;

    private DownloadBench bench(int mirrors) {
        return new DownloadBench(directory, mirrors);
    }

    @Test
    void secondMirrorContinuesAtTheExactByte() {
        DownloadBench bench = bench(2);
        TestClient client = bench.get(PACKAGE);
        bench.lastAskedSends(BODY, 333);
        bench.asked(1).fails(MirrorFailure.TRUNCATED);
        bench.settle();

        assertThat(bench.asked(2).fromByte()).isEqualTo(333);
        assertThat(client.reads().received()).isEqualTo(slice(BODY, 0, 333));
        bench.lastAskedDelivers(BODY);

        assertThat(client.wakeUps()).isEqualTo(1);
        assertThat(client.reads().received()).isEqualTo(BODY);
        assertThat(client.content().source()).isEqualTo("http://m2.example/");
        client.leaves();
        assertThat(bench.mirrors.reports(1)).containsExactly("first byte after 0 ms", "failed TRUNCATED", "closed");
        assertThat(bench.mirrors.reports(2))
                .containsExactly("first byte after 0 ms", "delivered 667 bytes in 0 ms", "closed");
        assertThat(bench.target(PACKAGE)).hasBinaryContent(BODY);
        bench.assertNothingIsLeft();
    }

    @Test
    void peopleSeeWhoDeliversAndWhyAnotherMirrorGoesOn() {
        DownloadBench bench = bench(2);
        TestClient client = bench.get(PACKAGE);
        bench.lastAskedSends(BODY, 333);
        bench.asked(1).fails(MirrorFailure.TRUNCATED);
        bench.settle();

        DownloadView running = bench.downloads.views(10).get(0);
        assertThat(running.path()).isEqualTo(PACKAGE);
        assertThat(running.state()).isEqualTo(DownloadState.RESUMING);
        assertThat(running.bytes()).isEqualTo(333);
        assertThat(running.totalBytes()).hasValue(1000);
        assertThat(running.clients()).isEqualTo(1);
        assertThat(running.mirrors()).containsExactly("http://m2.example/");
        assertThat(running.ended()).isEmpty();
        assertThat(running.switches()).singleElement().satisfies(change -> {
            assertThat(change.from()).hasToString("http://m1.example/");
            assertThat(change.to()).hasToString("http://m2.example/");
            assertThat(change.why()).isEqualTo("failed in the test");
            assertThat(change.fromByte()).isEqualTo(333);
        });

        bench.lastAskedDelivers(BODY);
        client.reads().leaves();

        assertThat(bench.downloads.views(10)).isEmpty();
        DownloadView ended = bench.downloads.ended().get(0);
        assertThat(ended.bytes()).isEqualTo(1000);
        assertThat(ended.ended()).isPresent();
        assertThat(ended.failure()).isEmpty();
        assertThat(ended.switches()).isEqualTo(running.switches());
        bench.assertNothingIsLeft();
    }

    @Test
    void bodyThatEndsEarlyIsTruncated() {
        DownloadBench bench = bench(2);
        bench.get(PACKAGE);
        bench.lastAskedSends(BODY, 999);

        bench.asked(1).ends();
        bench.settle();

        assertThat(bench.mirrors.reports(1)).contains("failed TRUNCATED");
        assertThat(bench.asked(2).fromByte()).isEqualTo(999);
    }

    @Test
    void bytesBeyondTheAnnouncedLengthAreNotTaken() {
        DownloadBench bench = bench(2);
        TestClient client = bench.get(PACKAGE);
        bench.lastAskedSends(BODY, 900);

        bench.asked(1).sends(new byte[101]);
        bench.settle();

        assertThat(bench.asked(1).isCancelled()).isTrue();
        assertThat(bench.mirrors.reports(1)).contains("failed WRONG_LENGTH");
        assertThat(bench.asked(2).fromByte()).isEqualTo(900);
        bench.lastAskedDelivers(BODY);
        assertThat(client.reads().received()).isEqualTo(BODY);
    }

    @Test
    void fileIsWholeWithItsLastByteWhateverBecomesOfTheConnection() {
        DownloadBench bench = bench(2);
        TestClient client = bench.get(PACKAGE);
        bench.lastAskedSends(BODY, 1000);

        bench.asked(1).fails(MirrorFailure.TRUNCATED);
        bench.settle();

        assertThat(bench.askedCount()).isEqualTo(1);
        assertThat(client.reads().received()).isEqualTo(BODY);
        client.leaves();
        assertThat(bench.target(PACKAGE)).hasBinaryContent(BODY);
        bench.assertNothingIsLeft();
    }

    @Test
    void lengthThatTurnsOutWrongWithTheFirstBytesDoesNotBindTheNextMirror() {
        DownloadBench bench = bench(2);
        TestClient client = bench.get(PACKAGE);
        bench.asked(1).responds(whole(1000));
        bench.asked(1).sends(new byte[1001]);
        bench.settle();

        assertThat(bench.asked(2).fromByte()).isZero();
        byte[] longer = body(1001);
        bench.lastAskedDelivers(longer);

        assertThat(client.content().head().lengthBytes()).isEqualTo(1001);
        assertThat(client.reads().received()).isEqualTo(longer);
        client.leaves();
        assertThat(bench.target(PACKAGE)).hasBinaryContent(longer);
        bench.assertNothingIsLeft();
    }

    private static Arguments answer(String name, MirrorResponse response, MirrorFailure failure) {
        return Arguments.of(name, response, failure);
    }

    static Stream<Arguments> answersThatDoNotContinue() {
        return Stream.of(
                answer("range ignored", whole(1000), MirrorFailure.RANGE_IGNORED),
                answer("earlier start", part(399, 999, 1000), MirrorFailure.RANGE_IGNORED),
                answer("later start", part(401, 999, 1000), MirrorFailure.RANGE_IGNORED),
                answer("earlier end", part(400, 998, 1000), MirrorFailure.RANGE_IGNORED),
                answer("other total", rest(400, 1001), MirrorFailure.WRONG_LENGTH),
                answer("416", status(416), MirrorFailure.WRONG_LENGTH),
                answer("404", status(404), MirrorFailure.NOT_FOUND));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("answersThatDoNotContinue")
    void mirrorThatDoesNotContinueAddsNothing(String name, MirrorResponse answer, MirrorFailure failure) {
        DownloadBench bench = bench(3);
        TestClient client = bench.get(PACKAGE);
        bench.lastAskedSends(BODY, 400);
        bench.asked(1).fails(MirrorFailure.TRUNCATED);
        bench.settle();

        assertThat(bench.asked(2).responds(answer)).isFalse();
        bench.asked(2).sends(new byte[] {9, 9, 9});
        bench.settle();

        assertThat(bench.mirrors.reports(2)).containsExactly("failed " + failure, "closed");
        assertThat(bench.asked(3).fromByte()).isEqualTo(400);
        bench.lastAskedDelivers(BODY);
        assertThat(client.reads().received()).isEqualTo(BODY);
        client.leaves();
        bench.assertNothingIsLeft();
    }

    @Test
    void standstillIsNoticedAfterTheLowSpeedTime() {
        DownloadBench bench = bench(2);
        bench.get(PACKAGE);
        bench.lastAskedSends(BODY, 500);

        bench.pass(LOW_SPEED_TIME.minusMillis(1));
        assertThat(bench.askedCount()).isEqualTo(1);
        bench.pass(Duration.ofMillis(1));

        assertThat(bench.askedCount()).isEqualTo(2);
        assertThat(bench.asked(2).fromByte()).isEqualTo(500);
        assertThat(bench.asked(1).isCancelled()).isFalse();
        bench.lastAskedSends(BODY, 501);
        assertThat(bench.asked(1).isCancelled()).isTrue();
        assertThat(bench.mirrors.reports(1)).containsExactly("first byte after 0 ms", "failed STALLED", "closed");
    }

    @Test
    void standstillIsMeasuredFromTheLastByte() {
        DownloadBench bench = bench(1);
        bench.get(PACKAGE);
        bench.lastAskedSends(BODY, 500);
        bench.pass(Duration.ofSeconds(3));
        bench.asked(1).sends(slice(BODY, 500, 600));

        bench.pass(LOW_SPEED_TIME.minusMillis(1));
        assertThat(bench.askedCount()).isEqualTo(1);
        bench.pass(Duration.ofMillis(1));

        assertThat(bench.asked(2).fromByte()).isEqualTo(600);
    }

    @Test
    void bytesOfAStalledTransferThatComeLaterDoNotReachTheFile() {
        DownloadBench bench = bench(2);
        TestClient client = bench.get(PACKAGE);
        bench.lastAskedSends(BODY, 500);
        bench.pass(LOW_SPEED_TIME);
        bench.lastAskedSends(BODY, 501);

        bench.asked(1).sends(new byte[500]);
        bench.asked(1).ends();
        bench.settle();

        assertThat(client.reads().received()).isEqualTo(slice(BODY, 0, 501));
        bench.asked(2).sends(slice(BODY, 501, 1000));
        bench.settle();
        assertThat(client.reads().received()).isEqualTo(BODY);
    }

    @Test
    void onlyMirrorMayPauseForAsLongAsClientsArePatient() {
        DownloadBench bench = bench(1);
        TestClient client = bench.get(PACKAGE);
        bench.lastAskedSends(BODY, 500);
        client.reads();

        bench.pass(PATIENCE.minusMillis(1));
        bench.asked(1).sends(slice(BODY, 500, 1000));
        bench.settle();

        assertThat(client.reads().received()).isEqualTo(BODY);
        assertThat(bench.mirrors.reports(1))
                .containsExactly("first byte after 0 ms", "delivered 1000 bytes in 8499 ms", "closed");
        client.leaves();
        bench.assertNothingIsLeft();
    }

    @Test
    void onlyMirrorThatStopsOnOneConnectionIsAskedForTheRestOnAnother() {
        DownloadBench bench = bench(1);
        TestClient client = bench.get(PACKAGE);
        bench.lastAskedSends(BODY, 500);

        bench.pass(LOW_SPEED_TIME);

        assertThat(bench.asked(2).request().uri()).hasHost("m1.example");
        assertThat(bench.asked(2).fromByte()).isEqualTo(500);
        bench.lastAskedDelivers(BODY);
        assertThat(client.reads().received()).isEqualTo(BODY);
        assertThat(bench.asked(1).isCancelled()).isTrue();
        client.leaves();
        bench.assertNothingIsLeft();
    }

    @Test
    void secondRequestOfAMirrorThatGoesOnIsDropped() {
        DownloadBench bench = bench(1);
        TestClient client = bench.get(PACKAGE);
        bench.lastAskedSends(BODY, 500);
        bench.pass(LOW_SPEED_TIME);

        bench.asked(1).sends(slice(BODY, 500, 600));
        assertThat(bench.asked(2).isCancelled()).isTrue();
        assertThat(bench.asked(2).responds(rest(500, 1000))).isFalse();
        bench.asked(1).sends(slice(BODY, 600, 1000));
        bench.settle();

        assertThat(client.reads().received()).isEqualTo(BODY);
        client.leaves();
        bench.assertNothingIsLeft();
    }

    @Test
    void mirrorWithoutRangesThatPausesIsNotGivenUpForRefusingASecondRequest() {
        DownloadBench bench = bench(1);
        TestClient client = bench.get(PACKAGE);
        bench.lastAskedSends(BODY, 500);
        bench.pass(LOW_SPEED_TIME);
        bench.asked(2).responds(whole(1000));
        bench.settle();

        bench.pass(Duration.ofSeconds(2));
        bench.asked(1).sends(slice(BODY, 500, 1000));
        bench.settle();

        assertThat(client.reads().received()).isEqualTo(BODY);
        client.leaves();
        bench.assertNothingIsLeft();
    }

    @Test
    void onlyMirrorThatStopsForGoodIsWaitedForUntilClientsLosePatience() {
        DownloadBench bench = bench(1);
        TestClient client = bench.get(PACKAGE);
        bench.lastAskedSends(BODY, 500);
        client.reads();

        bench.pass(PATIENCE);

        assertThat(client.wakeUps()).isEqualTo(1);
        assertThat(client.reads().cutBecause().reason()).isEqualTo(Reason.TIMED_OUT);
        assertThat(client.received()).isEqualTo(slice(BODY, 0, 500));
        client.leaves();
        bench.assertNothingIsLeft();
        assertThat(bench.part(PACKAGE)).hasBinaryContent(slice(BODY, 0, 500));
    }

    @Test
    void onlyMirrorThatCutsIsAskedAgainFromTheExactByte() {
        DownloadBench bench = bench(1);
        TestClient client = bench.get(PACKAGE);
        bench.lastAskedSends(BODY, 300);
        for (int cut = 1; cut <= 3; cut++) {
            bench.client.last().fails(MirrorFailure.TRUNCATED);
            bench.settle();
            bench.pass(Duration.ofMillis(100));
            assertThat(bench.askedCount()).isEqualTo(cut + 1);
            assertThat(bench.client.last().fromByte()).isEqualTo(200 + 100L * cut);
            bench.lastAskedSends(BODY, 300 + 100 * cut);
        }
        bench.client.last().sends(slice(BODY, 600, 1000));
        bench.settle();

        assertThat(client.reads().received()).isEqualTo(BODY);
        client.leaves();
        bench.assertNothingIsLeft();
    }

    @Test
    void onlyMirrorThatIsBeingRestartedIsAskedAgainWhileClientsArePatient() {
        DownloadBench bench = bench(1);
        TestClient client = bench.get(PACKAGE);
        bench.lastAskedSends(BODY, 300);
        bench.asked(1).fails(MirrorFailure.TRUNCATED);
        bench.settle();
        for (int second = 0; second < 6; second++) {
            bench.pass(Duration.ofSeconds(1));
            bench.client.last().fails(MirrorFailure.UNREACHABLE);
            bench.settle();
        }
        assertThat(bench.askedCount()).isLessThan(10);

        bench.pass(Duration.ofSeconds(1));
        bench.lastAskedDelivers(BODY);

        assertThat(client.reads().received()).isEqualTo(BODY);
        client.leaves();
        bench.assertNothingIsLeft();
    }

    @Test
    void mirrorsThatAllCutAreAskedInTurn() {
        DownloadBench bench = bench(2);
        TestClient client = bench.get(PACKAGE);
        bench.lastAskedSends(BODY, 300);
        bench.client.last().fails(MirrorFailure.TRUNCATED);
        bench.settle();
        bench.lastAskedSends(BODY, 600);
        bench.client.last().fails(MirrorFailure.TRUNCATED);
        bench.settle();
        bench.pass(Duration.ofMillis(100));

        assertThat(bench.client.last().request().uri()).hasHost("m1.example");
        bench.lastAskedDelivers(BODY);
        assertThat(client.reads().received()).isEqualTo(BODY);
        client.leaves();
        bench.assertNothingIsLeft();
    }

    @Test
    void slowMirrorIsLeftWhileAnotherIsLeft() {
        DownloadBench bench = new DownloadBench(directory, 2, 100);
        TestClient client = bench.get(PACKAGE);
        bench.lastAskedSends(BODY, 1);
        for (int second = 1; second <= 5; second++) {
            bench.pass(Duration.ofSeconds(1));
            if (bench.askedCount() == 1) {
                bench.asked(1).sends(slice(BODY, second, second + 1));
            }
        }
        bench.pass(Duration.ofSeconds(1));

        assertThat(bench.askedCount()).isEqualTo(2);
        assertThat(bench.asked(1).isCancelled()).isTrue();
        assertThat(bench.mirrors.reports(1)).contains("failed TOO_SLOW").endsWith("closed");
        bench.lastAskedDelivers(BODY);
        assertThat(client.reads().received()).isEqualTo(BODY);
        client.leaves();
        bench.assertNothingIsLeft();
    }

    @Test
    void slowMirrorIsBetterThanNone() {
        DownloadBench bench = new DownloadBench(directory, 1, 100);
        TestClient client = bench.get(PACKAGE);
        bench.lastAskedSends(BODY, 1);
        for (int at = 1; at < 1000; at++) {
            bench.pass(Duration.ofMillis(500));
            bench.asked(1).sends(slice(BODY, at, at + 1));
        }
        bench.asked(1).ends();
        bench.settle();

        assertThat(client.reads().received()).isEqualTo(BODY);
        assertThat(bench.mirrors.reports(1)).hasSize(3);
        client.leaves();
        bench.assertNothingIsLeft();
    }

    @Test
    void slowDatabaseIsWaitedForSinceNoOtherMirrorCouldTakeOver() {
        DownloadBench bench = new DownloadBench(directory, 2, 100);
        byte[] database = database("1");
        TestClient client = bench.get(DATABASE);
        bench.lastAskedSends(database, 1);
        for (int at = 1; at < database.length; at++) {
            bench.pass(Duration.ofMillis(500));
            bench.asked(1).sends(slice(database, at, at + 1));
        }
        bench.settle();
        bench.lastAskedHasNone();

        assertThat(client.reads().received()).isEqualTo(database);
        assertThat(bench.mirrors.leases()).hasSize(1);
        client.leaves();
        bench.assertNothingIsLeft();
    }

    @Test
    void patienceBeginsAnewWhenBytesHaveCome() {
        DownloadBench bench = bench(3);
        TestClient client = bench.get(PACKAGE);
        bench.pass(Duration.ofSeconds(2));
        bench.lastAskedSends(BODY, 100);
        bench.pass(Duration.ofSeconds(4));
        bench.asked(1).fails(MirrorFailure.TRUNCATED);
        bench.settle();

        // Of the patience since those bytes, the four seconds are gone.
        bench.pass(PATIENCE.minusSeconds(4).minusMillis(1));
        assertThat(client.reads().isCut()).isFalse();
        assertThat(bench.askedCount()).isEqualTo(3);
        bench.pass(Duration.ofMillis(1));

        assertThat(client.reads().cutBecause().reason()).isEqualTo(Reason.TIMED_OUT);
        client.leaves();
        bench.assertNothingIsLeft();
    }

    @Test
    void patienceIsNotRenewedByMirrorsThatDeliverNothing() {
        DownloadBench bench = bench(30);
        TestClient client = bench.get(PACKAGE);
        bench.lastAskedSends(BODY, 100);
        bench.asked(1).fails(MirrorFailure.TRUNCATED);
        bench.settle();

        bench.pass(PATIENCE);

        assertThat(client.reads().cutBecause().reason()).isEqualTo(Reason.TIMED_OUT);
        assertThat(bench.askedCount()).isGreaterThanOrEqualTo(30);
        client.leaves();
        bench.assertNothingIsLeft();
    }

    private static Arguments inTheBody(String name, Consumer<DownloadBench> fails) {
        return Arguments.of(name, fails);
    }

    static Stream<Arguments> waysToFailInTheBody() {
        return Stream.of(
                inTheBody("cut", bench -> bench.asked(1).fails(MirrorFailure.TRUNCATED)),
                inTheBody("ends early", bench -> bench.asked(1).ends()),
                inTheBody("stops", bench -> bench.pass(LOW_SPEED_TIME)),
                inTheBody("sends too much", bench -> bench.asked(1).sends(new byte[2000])));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("waysToFailInTheBody")
    void databaseThatWasReleasedIsNeverSpliced(String name, Consumer<DownloadBench> fails) {
        DownloadBench bench = bench(3);
        byte[] database = database("1");
        TestClient client = bench.get(DATABASE);
        bench.lastAskedSends(database, 300);
        bench.pass(EMBARGO);
        bench.asked(1).sends(slice(database, 300, 400));
        assertThat(client.reads().received()).isEqualTo(slice(database, 0, 400));

        fails.accept(bench);
        bench.settle();
        bench.pass(PATIENCE.minus(LOW_SPEED_TIME));

        assertThat(bench.askedCount()).isEqualTo(1);
        assertThat(client.reads().isCut()).isTrue();
        client.leaves();
        assertThat(bench.fileNames()).isEmpty();
        bench.assertNothingIsLeft();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("waysToFailInTheBody")
    void databaseThatWasNotReleasedStartsOverAtTheNextMirror(String name, Consumer<DownloadBench> fails) {
        DownloadBench bench = bench(3);
        byte[] other = database("2");
        TestClient client = bench.get(DATABASE);
        bench.lastAskedSends(database("1"), 400);

        fails.accept(bench);
        bench.settle();

        assertThat(client.isAnswered()).isFalse();
        assertThat(bench.asked(2).request().uri()).hasHost("m2.example");
        assertThat(bench.asked(2).fromByte()).isZero();
        bench.lastAskedDeliversUnsigned(other);
        assertThat(client.reads().received()).isEqualTo(other);
        client.leaves();
        assertThat(bench.target(DATABASE)).hasBinaryContent(other);
        bench.assertNothingIsLeft();
    }

    @Test
    void databaseThatNoMirrorDeliversLeavesNothing() {
        DownloadBench bench = bench(2);
        TestClient client = bench.get(DATABASE);
        for (int mirror = 1; mirror <= 2; mirror++) {
            bench.lastAskedSends(database("1"), 400);
            assertThat(bench.fileNames()).containsExactly(".core.db.part");
            bench.client.last().fails(MirrorFailure.TRUNCATED);
            bench.settle();
        }

        assertThat(client.refusal().reason()).isEqualTo(Reason.BAD_ANSWERS);
        assertThat(bench.fileNames()).isEmpty();
        bench.assertNothingIsLeft();
    }
}
