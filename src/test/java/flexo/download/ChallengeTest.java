package flexo.download;

import static flexo.download.DownloadBench.PACKAGE;
import static flexo.download.DownloadBench.body;
import static flexo.download.DownloadBench.slice;
import static flexo.download.Responses.rest;
import static flexo.download.Responses.whole;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.mirror.MirrorFailure;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A mirror that crawls is compared with another in mid-file, and the faster goes on. */
class ChallengeTest {
    private static final byte[] BODY = body(200_000);
    private static final Duration STEP = Duration.ofMillis(100);

    @TempDir
    private Path directory;

    private DownloadBench bench;
    private TestClient client;
    /** How far each request has come, by its number. */
    private final int[] at = new int[10];

    @BeforeEach
    void oneMirrorCrawlsAndNothingIsKnownOfTheOthers() {
        bench = new DownloadBench(directory, 3);
        bench.othersGive(0);
        client = bench.get(PACKAGE);
        assertThat(bench.asked(1).responds(whole(BODY.length))).isTrue();
        sends(1, 100);
    }

    @AfterEach
    void nothingIsLeft() {
        client.leaves();
        bench.assertNothingIsLeft();
    }

    private void sends(int nth, int bytes) {
        ScriptedMirrors.Asked asked = bench.asked(nth);
        int from = Math.max(at[nth], (int) asked.fromByte());
        at[nth] = Math.min(BODY.length, from + bytes);
        asked.sends(slice(BODY, from, at[nth]));
        bench.settle();
    }

    /** Lets time pass in which the first sends so many bytes in each step, and the challenger so many. */
    private void pass(Duration duration, int bytes, int challengersBytes) {
        for (Duration passed = Duration.ZERO; passed.compareTo(duration) < 0; passed = passed.plus(STEP)) {
            bench.pass(STEP);
            sends(1, bytes);
            if (challengersBytes > 0) {
                sends(2, challengersBytes);
            }
        }
    }

    private void challengerAnswers(int nth) {
        assertThat(bench.asked(nth).responds(rest(bench.asked(nth).fromByte(), BODY.length)))
                .isTrue();
    }

    private void crawlUntilChallenged() {
        pass(Duration.ofSeconds(3), 100, 0);
        assertThat(bench.askedCount()).isEqualTo(2);
        assertThat(bench.asked(2).fromByte()).isEqualTo(3000);
        assertThat(bench.asked(1).isCancelled()).isFalse();
    }

    private void finish(int nth) {
        bench.asked(nth).sends(slice(BODY, at[nth], BODY.length));
        bench.asked(nth).ends();
        bench.settle();
        assertReads(BODY.length);
    }

    private void assertReads(int bytes) {
        byte[] received = client.reads().received();
        assertThat(received).hasSize(bytes);
        assertThat(Arrays.mismatch(received, slice(BODY, 0, bytes))).isEqualTo(-1);
    }

    @Test
    void fasterMirrorGoesOnAloneAndTheOtherIsAvoided() {
        crawlUntilChallenged();
        challengerAnswers(2);
        pass(Duration.ofMillis(2100), 100, 2000);

        assertThat(bench.asked(1).isCancelled()).isTrue();
        assertThat(bench.mirrors.reports(1)).contains("failed TOO_SLOW").endsWith("closed");
        assertThat(bench.mirrors.reports(1)).anyMatch(report -> report.startsWith("delivered"));
        finish(2);
    }

    @Test
    void mirrorThatIsFarSlowerIsAvoidedThoughTheOtherIsDoneAtOnce() {
        crawlUntilChallenged();
        challengerAnswers(2);
        sends(2, 10);
        pass(STEP, 100, 10_000);
        finish(2);

        assertThat(bench.asked(1).isCancelled()).isTrue();
        assertThat(bench.mirrors.reports(1)).contains("failed TOO_SLOW").endsWith("closed");
    }

    @Test
    void bytesOfTheFasterReachTheClientWhileTheyAreCompared() {
        crawlUntilChallenged();
        challengerAnswers(2);
        pass(STEP, 100, 50_000);

        assertReads(53_000);
        pass(STEP.multipliedBy(2), 100, 10_000);
        assertReads(73_000);
        pass(Duration.ofSeconds(2), 100, 100);
        finish(2);
    }

    @Test
    void slowerMirrorIsLeftAgainAndNothingWasLost() {
        crawlUntilChallenged();
        challengerAnswers(2);
        pass(Duration.ofMillis(2100), 100, 20);

        assertThat(bench.asked(2).isCancelled()).isTrue();
        assertThat(bench.asked(1).isCancelled()).isFalse();
        assertThat(bench.mirrors.reports(2)).noneMatch(report -> report.startsWith("failed"));
        assertReads(at[1]);
        finish(1);
    }

    @Test
    void mirrorThatSendsMuchAtOnceAndThenCrawlsWinsNothing() {
        crawlUntilChallenged();
        challengerAnswers(2);
        sends(2, 500);
        pass(Duration.ofMillis(2100), 100, 1);

        assertThat(bench.asked(2).isCancelled()).isTrue();
        assertThat(bench.asked(1).isCancelled()).isFalse();
        finish(1);
    }

    @Test
    void lineWhereTwoOthersAreAlikeIsLeftInPeace() {
        crawlUntilChallenged();
        challengerAnswers(2);
        pass(Duration.ofMillis(2100), 100, 100);
        assertThat(bench.asked(2).isCancelled()).isTrue();
        pass(Duration.ofSeconds(3), 100, 0);
        assertThat(bench.askedCount()).isEqualTo(3);
        challengerAnswers(3);
        for (int i = 0; i < 22; i++) {
            bench.pass(STEP);
            sends(1, 100);
            if (!bench.asked(3).isCancelled()) {
                sends(3, 90);
            }
        }

        pass(Duration.ofMinutes(1), 100, 0);

        assertThat(bench.askedCount()).isEqualTo(3);
        finish(1);
    }

    @Test
    void challengerThatLacksTheFileCostsNothing() {
        crawlUntilChallenged();
        assertThat(bench.asked(2).responds(Responses.status(404))).isFalse();
        bench.settle();

        assertThat(bench.asked(1).isCancelled()).isFalse();
        pass(Duration.ofSeconds(3), 100, 0);
        assertThat(bench.asked(3).request().uri()).hasHost("m3.example");
        bench.asked(3).fails(MirrorFailure.UNREACHABLE);
        bench.settle();
        finish(1);
    }

    @Test
    void challengerThatIsSilentIsGivenUp() {
        crawlUntilChallenged();
        pass(Duration.ofMillis(2500), 100, 0);

        assertThat(bench.asked(2).isCancelled()).isTrue();
        assertThat(bench.mirrors.reports(2)).contains("failed STALLED");
        finish(1);
    }

    @Test
    void challengerGoesOnAtTheExactByteWhenTheOtherBreaksOff() {
        crawlUntilChallenged();
        challengerAnswers(2);
        sends(2, 10);
        pass(STEP, 100, 10);
        bench.asked(1).fails(MirrorFailure.TRUNCATED);
        bench.settle();

        assertThat(bench.askedCount()).isEqualTo(2);
        finish(2);
    }

    @Test
    void challengerTakesOverWhenTheOtherFallsSilent() {
        pass(Duration.ofSeconds(3), 100, 0);
        challengerAnswers(2);
        sends(2, 10);
        bench.pass(Duration.ofMillis(1900));
        sends(2, 10);
        bench.pass(DownloadBench.LOW_SPEED_TIME);

        assertThat(bench.asked(1).isCancelled()).isTrue();
        finish(2);
    }

    @Test
    void mirrorThatIsNearlyDoneEndsTheComparison() {
        crawlUntilChallenged();
        challengerAnswers(2);
        sends(2, 10);
        finish(1);

        assertThat(bench.asked(2).isCancelled()).isTrue();
    }

    @Test
    void anotherStateOfTheFileIsNoChallenger() {
        crawlUntilChallenged();

        assertThat(bench.asked(2).responds(rest(bench.asked(2).fromByte(), BODY.length + 1)))
                .isFalse();
        bench.settle();
        finish(1);
    }
}
