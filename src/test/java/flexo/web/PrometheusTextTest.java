package flexo.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PrometheusTextTest {
    @Test
    void familiesHaveAHeadAndSamples() {
        String text = new PrometheusText()
                .counter("flexo_things_total", "Things so far.")
                .sample("kind", "good", 9_007_199_254_740_993L)
                .sample("kind", "a \"b\"\\\n", 0)
                .gauge("flexo_now", "Things now.")
                .sample(3)
                .gauge("flexo_took_seconds", "How long.")
                .sample(Duration.ofMillis(1020))
                .toString();

        assertThat(text).isEqualTo("""
                        # HELP flexo_things_total Things so far.
                        # TYPE flexo_things_total counter
                        flexo_things_total{kind="good"} 9007199254740993
                        flexo_things_total{kind="a \\"b\\"\\\\\\n"} 0
                        # HELP flexo_now Things now.
                        # TYPE flexo_now gauge
                        flexo_now 3
                        # HELP flexo_took_seconds How long.
                        # TYPE flexo_took_seconds gauge
                        flexo_took_seconds 1.020
                        """);
    }

    @Test
    void openMetricsNamesTheFamilyOfACounterWithoutItsSuffixAndHasAnEnd() {
        assertThat(new PrometheusText(PrometheusText.Form.OPENMETRICS)
                        .counter("flexo_things_total", "Things so far.")
                        .sample(1)
                        .toString())
                .isEqualTo("""
                        # HELP flexo_things Things so far.
                        # TYPE flexo_things counter
                        flexo_things_total 1
                        # EOF
                        """);
    }

    @Test
    void histogramCountsWhatIsNoLongerThanEachBound() {
        Histogram durations = new Histogram();
        for (int millis : new int[] {1, 2, 30_000, 200_000}) {
            durations.add(Duration.ofMillis(millis));
        }

        assertThat(new PrometheusText()
                        .histogram("flexo_took_seconds", "How long.", durations)
                        .toString())
                .contains("""
                        # TYPE flexo_took_seconds histogram
                        flexo_took_seconds_bucket{le="0.001"} 1
                        flexo_took_seconds_bucket{le="0.005"} 2
                        """, """
                        flexo_took_seconds_bucket{le="10.000"} 2
                        flexo_took_seconds_bucket{le="30.000"} 3
                        """, """
                        flexo_took_seconds_bucket{le="+Inf"} 4
                        flexo_took_seconds_sum 230.003
                        flexo_took_seconds_count 4
                        """);
    }
}
