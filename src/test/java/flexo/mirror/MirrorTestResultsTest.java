package flexo.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MirrorTestResultsTest {

    private static final Instant NOW = Instant.parse("2025-03-01T12:00:00Z");
    private static final Instant FRESH = NOW.minus(Duration.ofHours(3));
    private static final Instant YESTERDAY = FRESH.minus(Duration.ofHours(23));
    private static final Instant LAST_WEEK = NOW.minus(Duration.ofDays(7));
    private static final Instant LAST_MONTH = NOW.minus(Duration.ofDays(31));

    @Test
    void mirrorsOfAboutTheSameFreshnessAreRankedByLatency() {
        assertThat(order(result("slow", 90, FRESH), result("quick", 10, YESTERDAY), result("middle", 40, FRESH)))
                .containsExactly("quick", "middle", "slow");
    }

    @Test
    void staleMirrorsGoBehindHoweverQuickTheyAre() {
        assertThat(order(
                        result("month", 1, LAST_MONTH),
                        result("week", 5, LAST_WEEK),
                        result("far", 300, FRESH),
                        result("near", 20, FRESH)))
                .containsExactly("near", "far", "week", "month");
    }

    @Test
    void mirrorsThatDoNotTellAreNotBlamedForIt() {
        assertThat(order(result("silent", 10, null), result("fresh", 20, FRESH), result("week", 1, LAST_WEEK)))
                .containsExactly("silent", "fresh", "week");
    }

    @Test
    void oneMirrorWithAWrongClockDoesNotMakeTheOthersLookStale() {
        assertThat(order(
                        result("invents", 50, NOW.minusSeconds(1)),
                        result("future", 60, NOW.plus(Duration.ofDays(400))),
                        result("holiday1", 10, LAST_WEEK),
                        result("holiday2", 20, LAST_WEEK)))
                .containsExactly("holiday1", "holiday2", "invents", "future");
    }

    @Test
    void staleMirrorsAreNamed() {
        assertThat(MirrorTestResults.ranked(NOW, List.of(result("week", 5, LAST_WEEK), result("far", 300, FRESH)))
                        .stale())
                .containsExactly(Mirror.of("https://week/"));
    }

    @Test
    void aFullTestIsDueAfterTheGivenAgeAndAfterAClockWasPutBack() {
        MirrorTestResults results = new MirrorTestResults(NOW, List.of());
        Duration week = Duration.ofDays(7);

        assertThat(results.olderThan(week, NOW.plus(week))).isFalse();
        assertThat(results.olderThan(week, NOW.plus(week).plusSeconds(1))).isTrue();
        assertThat(results.olderThan(week, NOW.minusSeconds(1))).isTrue();
    }

    @Test
    void unwantedMirrorsCanBeTakenOutAndTheRestMakesAMirrorlist() {
        MirrorTestResults results = MirrorTestResults.ranked(
                NOW, List.of(result("b", 2, FRESH), result("a", 1, FRESH), result("c", 3, FRESH)));

        assertThat(results.without(Set.of(Mirror.of("https://B/"))).mirrorlist())
                .isEqualTo(Mirrorlist.of(List.of(Mirror.of("https://a/"), Mirror.of("https://c/"))));
    }

    private static List<String> order(MirrorTestResult... results) {
        return MirrorTestResults.ranked(NOW, List.of(results)).mirrors().stream()
                .map(result -> result.mirror().base().getHost())
                .toList();
    }

    private static MirrorTestResult result(String host, long millis, Instant modified) {
        return MirrorTestResult.measured(
                new MirrorCandidate(Mirror.of("https://" + host + "/"), "DE"), Duration.ofMillis(millis), modified);
    }
}
