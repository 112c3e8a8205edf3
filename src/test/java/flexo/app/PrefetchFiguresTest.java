package flexo.app;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.prefetch.PrefetchCounts;
import flexo.web.PrometheusText;
import org.junit.jupiter.api.Test;

/** What monitoring learns of prefetching. */
class PrefetchFiguresTest {
    private static String text(PrefetchCounts counts) {
        PrometheusText text = new PrometheusText();
        new AllFigures.OfPrefetch(() -> counts).writeTo(text);
        return text.toString();
    }

    @Test
    void everyCountHasASampleOfItsOwn() {
        assertThat(text(new PrefetchCounts(1, 200, 3, 4, 5)).lines().filter(line -> !line.startsWith("#")))
                .containsExactly(
                        "flexo_prefetch_packages_total{result=\"fetched\"} 1",
                        "flexo_prefetch_packages_total{result=\"failed\"} 3",
                        "flexo_prefetch_packages_total{result=\"no_room\"} 4",
                        "flexo_prefetch_bytes_total 200",
                        "flexo_prefetch_interruptions_total 5");
    }

    @Test
    void allSamplesAreThereFromTheStart() {
        assertThat(text(new PrefetchCounts(0, 0, 0, 0, 0)).lines().filter(line -> line.endsWith(" 0")))
                .hasSize(5);
    }

    @Test
    void everyFamilyIsExplained() {
        assertThat(text(new PrefetchCounts(0, 0, 0, 0, 0)).lines().filter(line -> line.startsWith("#")))
                .containsExactly(
                        "# HELP flexo_prefetch_packages_total Packages to be prefetched, by outcome.",
                        "# TYPE flexo_prefetch_packages_total counter",
                        "# HELP flexo_prefetch_bytes_total Bytes prefetched, without signatures.",
                        "# TYPE flexo_prefetch_bytes_total counter",
                        "# HELP flexo_prefetch_interruptions_total Prefetches that were put off for a client.",
                        "# TYPE flexo_prefetch_interruptions_total counter");
    }
}
