package flexo.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import flexo.mirror.MirrorCriteria.Order;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MirrorCriteriaTest {

    private static final MirrorCriteria DEFAULTS = criteria(true, true, false, 2.5, Set.of(), Set.of(), Order.SORT);

    private static final MirrorCriteria SORTED = criteria(true, true, false, 9, Set.of(), Set.of(), Order.SORT);

    @Test
    void mirrorsThatFitAreSortedByScore() {
        assertThat(selected(DEFAULTS, https("c", 2.5), https("a", 0.4), https("b", 1.1)))
                .containsExactly("https://a/", "https://b/", "https://c/");
    }

    @Test
    void scoresAboveTheMaximumAreLeftOut() {
        assertThat(selected(DEFAULTS, https("a", 2.5), https("b", 2.500001))).containsExactly("https://a/");
    }

    @Test
    void onlyHttpAndHttpsAreMirrors() {
        MirrorCriteria any = criteria(false, true, false, 9, Set.of(), Set.of(), Order.SORT);

        assertThat(selected(
                        any,
                        status("https://s.example/", "https", 3, "DE", true, true, true),
                        status("http://p.example/", "http", 4, "DE", true, true, true),
                        status("rsync://r.example/", "rsync", 1, "DE", true, true, true),
                        status("ftp://f.example/", "ftp", 1, "DE", true, true, true),
                        status("https://lies.example/", "rsync", 1, "DE", true, true, true),
                        status("https://port.example:99999/", "https", 1, "DE", true, true, true),
                        status("no address", "https", 1, "DE", true, true, true)))
                .containsExactly("https://s.example/", "http://p.example/");
    }

    @Test
    void plainHttpIsLeftOutWhereHttpsIsRequiredEvenIfTheDocumentCallsItHttps() {
        assertThat(selected(
                        DEFAULTS,
                        status("http://p.example/", "http", 1, "DE", true, true, true),
                        status("http://lies.example/", "https", 1, "DE", true, true, true)))
                .isEmpty();
    }

    @Test
    void addressFamiliesThatAreAskedForMustBeSupported() {
        MirrorStatus both = status("https://both/", "https", 1, "DE", true, true, true);
        MirrorStatus four = status("https://four/", "https", 2, "DE", true, false, true);
        MirrorStatus six = status("https://six/", "https", 3, "DE", false, true, true);

        assertThat(selected(DEFAULTS, both, four, six)).containsExactly("https://both/", "https://four/");
        assertThat(selected(criteria(true, false, true, 9, Set.of(), Set.of(), Order.SORT), both, four, six))
                .containsExactly("https://both/", "https://six/");
        assertThat(selected(criteria(true, false, false, 9, Set.of(), Set.of(), Order.SORT), both, four, six))
                .hasSize(3);
    }

    @Test
    void onlyAllowedCountriesCountHoweverTheyAreWritten() {
        MirrorCriteria northern = criteria(true, true, false, 9, Set.of("se", " NO"), Set.of(), Order.SORT);

        assertThat(selected(
                        northern,
                        status("https://s/", "https", 1, "SE", true, true, true),
                        status("https://d/", "https", 1, "DE", true, true, true),
                        status("https://n/", "https", 2, "NO", true, true, true)))
                .containsExactly("https://s/", "https://n/");
    }

    @Test
    void blacklistedMirrorsAreLeftOutHoweverTheirAddressIsWritten() {
        MirrorCriteria criteria = criteria(
                true, true, false, 9, Set.of(), Set.of(Mirror.of("HTTPS://Evil.example:443/archlinux")), Order.SORT);

        assertThat(selected(criteria, https("evil.example/archlinux", 1), https("good.example", 2)))
                .containsExactly("https://good.example/");
    }

    @Test
    void oneMirrorNamedTwiceIsTestedOnceWithItsBetterScore() {
        assertThat(selected(DEFAULTS, https("A.example", 2), https("b.example", 1.5), https("a.example", 1)))
                .containsExactly("https://a.example/", "https://b.example/");
    }

    @Test
    void inactiveMirrorsAreLeftOutAndADocumentThatDoesNotTellIsTrusted() {
        MirrorStatus inactive = status("https://i/", "https", 1, "DE", true, true, false);
        MirrorStatus silent = new MirrorStatus(
                "https://s/", "https", null, Instant.EPOCH, 1.0, Duration.ZERO, 0.1, 0.1, 1.0, "DE", true, true);

        assertThat(selected(DEFAULTS, inactive, silent)).containsExactly("https://s/");
    }

    @Test
    void mirrorsWithAMissingFieldAreLeftOut() {
        MirrorStatus neverSynchronised =
                new MirrorStatus("https://n/", "https", true, null, 0.0, null, null, null, 1.0, "DE", true, true);

        assertThat(selected(DEFAULTS, neverSynchronised)).isEmpty();
    }

    @Test
    void randomOrderIsDrawnFromTheGivenSource() {
        MirrorCriteria random = criteria(true, true, false, 9, Set.of(), Set.of(), Order.RANDOM);
        List<MirrorStatus> many =
                IntStream.range(0, 50).mapToObj(i -> https("m" + i, i / 10.0)).toList();

        List<MirrorCandidate> drawn = random.select(many, new Random(1));

        assertThat(drawn).isEqualTo(random.select(many, new Random(1)));
        assertThat(drawn).isNotEqualTo(random.select(many, new Random(2)));
        assertThat(drawn).containsExactlyInAnyOrderElementsOf(SORTED.select(many, new Random(1)));
    }

    @Test
    void followUpTakesAFewMirrorsInTheCountriesThatDidBestLastTime() {
        MirrorTestResults last = new MirrorTestResults(
                Instant.EPOCH,
                List.of(lastResult("x", "DE"), lastResult("y", ""), lastResult("z", "SE"), lastResult("far", "AU")));

        assertThat(DEFAULTS.selectFollowUp(
                        List.of(
                                status("https://au/", "https", 0.1, "AU", true, true, true),
                                status("https://everywhere/", "https", 0.2, "", true, true, true),
                                status("https://de1/", "https", 0.3, "DE", true, true, true),
                                status("https://de2/", "https", 0.4, "DE", true, true, true),
                                status("https://se1/", "https", 0.5, "SE", true, true, true),
                                status("https://se2/", "https", 0.6, "SE", true, true, true)),
                        last,
                        new Random(1)))
                .extracting(candidate -> candidate.mirror().toString())
                .containsExactly("https://de1/", "https://de2/", "https://se1/");
    }

    @Test
    void criteriaAreRelaxedInFiveAttempts() {
        List<MirrorCriteria> attempts = DEFAULTS.attempts();

        assertThat(attempts).extracting(MirrorCriteria::maxScore).containsExactly(2.5, 5.5, 8.5, 11.5, 14.5);
        assertThat(attempts)
                .extracting(attempt -> attempt.timeout().toMillis())
                .containsExactly(350L, 450L, 550L, 650L, 750L);
        assertThat(attempts).allMatch(MirrorCriteria::httpsRequired);
    }

    @Test
    void nonsensicalNumbersAreRefused() {
        assertThatThrownBy(() -> new MirrorCriteria(
                        true, true, true, 1, Set.of(), Set.of(), 0, Order.SORT, Duration.ofMillis(1)))
                .hasMessageContaining("num_mirrors");
        assertThatThrownBy(
                        () -> new MirrorCriteria(true, true, true, 1, Set.of(), Set.of(), 1, Order.SORT, Duration.ZERO))
                .hasMessageContaining("timeout");
    }

    private static MirrorTestResult lastResult(String host, String country) {
        return MirrorTestResult.measured(
                new MirrorCandidate(Mirror.of("https://" + host + "/"), country), Duration.ofMillis(1), null);
    }

    private static MirrorCriteria criteria(
            boolean https, boolean ipv4, boolean ipv6, double score, Set<String> in, Set<Mirror> not, Order order) {
        return new MirrorCriteria(https, ipv4, ipv6, score, in, not, 3, order, Duration.ofMillis(350));
    }

    private static MirrorStatus https(String host, double score) {
        return status("https://" + host + "/", "https", score, "DE", true, true, true);
    }

    private static MirrorStatus status(
            String url, String protocol, double score, String country, boolean ipv4, boolean ipv6, boolean active) {
        return new MirrorStatus(
                url, protocol, active, Instant.EPOCH, 1.0, Duration.ZERO, 0.1, 0.1, score, country, ipv4, ipv6);
    }

    private static List<String> selected(MirrorCriteria criteria, MirrorStatus... statuses) {
        return criteria.select(Arrays.asList(statuses), new Random(1)).stream()
                .map(candidate -> candidate.mirror().toString())
                .toList();
    }
}
