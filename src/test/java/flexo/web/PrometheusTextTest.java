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
}
