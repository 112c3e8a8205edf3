package flexo.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.mirror.MirrorTest.Plan;
import flexo.mirror.ProbeResult.Answered;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MirrorTestTest {

    private static final Instant NOW = Instant.parse("2025-03-01T12:00:00Z");
    private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
    private static final Duration TIMEOUT = Duration.ofMillis(350);
    private static final Mirror A = Mirror.of("https://a.example/");
    private static final Mirror B = Mirror.of("https://b.example/");
    private static final Mirror C = Mirror.of("https://c.example/");

    private final FakeMirrors mirrors = new FakeMirrors();

    @Test
    void mirrorsAreRankedByTheMedianOfTheirAttempts() {
        mirrors.good(A, 300, 90, 80).good(B, 20, 200, 200).good(C, 60, 60, 60);

        MirrorTestResults results = test(A, B, C);

        assertThat(results.tested()).isEqualTo(NOW);
        assertThat(results.mirrors()).extracting(MirrorTestResult::mirror).containsExactly(C, A, B);
        assertThat(results.mirrors())
                .extracting(result -> result.latency().toMillis())
                .containsExactly(60L, 90L, 200L);
    }

    @Test
    void staleMirrorsGoBehindHoweverQuickTheyAre() {
        mirrors.answer(A, 10, 200, false, NOW.minus(Duration.ofDays(9)))
                .answer(B, 50, 200, false, NOW.minus(Duration.ofHours(2)))
                .answer(C, 40, 200, false, NOW.minus(Duration.ofHours(5)));

        assertThat(test(A, B, C).mirrors()).extracting(MirrorTestResult::mirror).containsExactly(C, B, A);
    }

    @Test
    void cloudflareIsLeftOutAndNotAskedAgain() {
        mirrors.answer(A, 1, 200, true, null).good(B, 100);

        assertThat(test(A, B).mirrors()).extracting(MirrorTestResult::mirror).containsExactly(B);
        assertThat(mirrors.asked()).containsOnlyOnce(A);
    }

    @Test
    void aFailingStatusFailsTheTestAtOnce() {
        mirrors.answer(A, 1, 404, false, null).answer(B, 1, 500, false, null);

        assertThat(test(A, B).mirrors()).isEmpty();
        assertThat(mirrors.asked()).containsExactly(A, B);
    }

    @Test
    void oneLostPacketIsForgivenAndADeadMirrorCostsTwoTimeouts() {
        mirrors.good(A, 30).silent(A).good(A, 40);
        mirrors.silent(B);

        assertThat(test(A, B).mirrors()).extracting(MirrorTestResult::mirror).containsExactly(A);
        assertThat(mirrors.asked()).filteredOn(B::equals).hasSize(2);
    }

    @Test
    void fourHundredMirrorsAreTestedInSeconds() {
        List<Mirror> many = IntStream.range(0, 400)
                .mapToObj(i -> Mirror.of("https://m" + i + ".example/"))
                .toList();
        for (int i = 0; i < many.size(); i++) {
            if (i % 5 == 0) {
                mirrors.silent(many.get(i));
            } else {
                mirrors.good(many.get(i), 20 + i * 380L / 400);
            }
        }
        var outcome = start(Duration.ofMillis(450), Plan.USUAL, many);

        Duration taken = mirrors.runAll();

        assertThat(taken).isLessThan(Duration.ofSeconds(6));
        assertThat(mirrors.mostRunning()).isEqualTo(Plan.USUAL.concurrency());
        assertThat(outcome.join().mirrors())
                .hasSize(320)
                .first()
                .extracting(MirrorTestResult::mirror)
                .isEqualTo(many.get(1));
    }

    @Test
    void concurrencyIsBounded() {
        mirrors.good(A, 10).good(B, 10).good(C, 10);
        var outcome = start(TIMEOUT, new Plan(2, 3), List.of(A, B, C));

        mirrors.runAll();

        assertThat(mirrors.mostRunning()).isEqualTo(2);
        assertThat(outcome.join().mirrors()).hasSize(3);
    }

    @Test
    void probesThatAnswerAtOnceDoNotExhaustTheStack() {
        List<MirrorCandidate> many = IntStream.range(0, 20_000)
                .mapToObj(i -> new MirrorCandidate(Mirror.of("https://m" + i + "/"), ""))
                .toList();
        MirrorProbe atOnce = (mirror, timeout) ->
                CompletableFuture.completedStage(new Answered(200, Duration.ofMillis(1), false, null));

        assertThat(new MirrorTest(atOnce, many, TIMEOUT, Plan.USUAL, CLOCK)
                        .run()
                        .toCompletableFuture()
                        .join()
                        .mirrors())
                .hasSize(20_000);
    }

    @Test
    void probesThatBreakCountAsUnanswered() {
        MirrorProbe broken = (mirror, timeout) -> {
            if (mirror.equals(A)) {
                throw new IllegalStateException("closed");
            }
            return CompletableFuture.failedStage(new IllegalStateException("closed"));
        };

        assertThat(new MirrorTest(broken, candidates(List.of(A, B)), TIMEOUT, Plan.USUAL, CLOCK)
                        .run()
                        .toCompletableFuture()
                        .join()
                        .mirrors())
                .isEmpty();
    }

    @Test
    void aTestOfNothingIsOverAtOnce() {
        assertThat(start(TIMEOUT, Plan.USUAL, Collections.emptyList()).join().mirrors())
                .isEmpty();
    }

    private MirrorTestResults test(Mirror... tested) {
        var outcome = start(TIMEOUT, Plan.USUAL, Arrays.asList(tested));
        mirrors.runAll();
        return outcome.join();
    }

    private CompletableFuture<MirrorTestResults> start(Duration timeout, Plan plan, List<Mirror> tested) {
        return new MirrorTest(mirrors, candidates(tested), timeout, plan, CLOCK)
                .run()
                .toCompletableFuture();
    }

    private static List<MirrorCandidate> candidates(List<Mirror> mirrors) {
        return mirrors.stream().map(mirror -> new MirrorCandidate(mirror, "DE")).toList();
    }
}
