package flexo.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.mirror.MirrorCriteria.Order;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class MirrorSearchTest {

    private static final Mirror GERMAN = Mirror.of("https://de.example/");
    private static final Mirror SWEDISH = Mirror.of("https://se.example/");
    private static final Mirror WORSE = Mirror.of("https://worse.example/");

    private final FakeMirrors mirrors = new FakeMirrors();
    private final MirrorSearch search =
            new MirrorSearch(mirrors, MirrorTest.Plan.USUAL, new Random(1), Clock.fixed(Instant.EPOCH, ZoneOffset.UTC));
    private final List<MirrorStatus> statuses =
            List.of(status(GERMAN, "DE", 1), status(SWEDISH, "SE", 2), status(WORSE, "DE", 7));

    @Test
    void allMirrorsThatFitAreTested() {
        mirrors.good(GERMAN, 30).good(SWEDISH, 20);

        assertThat(found(search.full(criteria(), statuses))).containsExactly(SWEDISH, GERMAN);
    }

    @Test
    void criteriaAreRelaxedUntilAMirrorIsFound() {
        mirrors.silent(GERMAN).silent(SWEDISH).good(WORSE, 420);

        assertThat(found(search.full(criteria(), statuses))).containsExactly(WORSE);
    }

    @Test
    void afterFiveAttemptsItIsGivenUp() {
        mirrors.silent(GERMAN).silent(SWEDISH).silent(WORSE);

        assertThat(found(search.full(criteria(), statuses))).isEmpty();
        assertThat(mirrors.asked()).filteredOn(GERMAN::equals).hasSize(5 * 2);
    }

    @Test
    void followUpTestsOnlyMirrorsOfKnownCountries() {
        mirrors.good(GERMAN, 30).good(SWEDISH, 20);

        assertThat(found(search.followUp(criteria(), statuses, last(GERMAN, "DE"))))
                .containsExactly(GERMAN);
        assertThat(mirrors.asked()).containsOnly(GERMAN);
    }

    @Test
    void followUpThatFindsNothingBecomesAFullTest() {
        mirrors.silent(GERMAN).good(SWEDISH, 20);

        assertThat(found(search.followUp(criteria(), statuses, last(GERMAN, "DE"))))
                .containsExactly(SWEDISH);
    }

    @Test
    void withoutAStatusDocumentTheMirrorsOfLastTimeAreTestedAgain() {
        mirrors.good(GERMAN, 30);

        assertThat(found(search.again(criteria(), last(GERMAN, "DE")))).containsExactly(GERMAN);
    }

    private List<Mirror> found(CompletionStage<MirrorTestResults> results) {
        mirrors.runAll();
        return results.toCompletableFuture().join().mirrors().stream()
                .map(MirrorTestResult::mirror)
                .toList();
    }

    private static MirrorTestResults last(Mirror mirror, String country) {
        return new MirrorTestResults(
                Instant.EPOCH,
                List.of(MirrorTestResult.measured(new MirrorCandidate(mirror, country), Duration.ofMillis(1), null)));
    }

    private static MirrorCriteria criteria() {
        return new MirrorCriteria(true, true, false, 2.5, Set.of(), Set.of(), 8, Order.SORT, Duration.ofMillis(350));
    }

    private static MirrorStatus status(Mirror mirror, String country, double score) {
        return new MirrorStatus(
                mirror.base().toString(),
                "https",
                true,
                Instant.EPOCH,
                1.0,
                Duration.ZERO,
                0.1,
                0.1,
                score,
                country,
                true,
                true);
    }
}
