package flexo.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.mirror.MirrorMetrics.Counts;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MirrorMetricsJsonTest {

    @Test
    void metricsAreWrittenAsFlexoWritesThemWithPasswordsMasked() {
        MirrorMetrics metrics = new MirrorMetrics(Map.of(
                Mirror.of("https://b.example/archlinux/"), new Counts(12, 3),
                Mirror.of("https://anna:s3cret@a.example/"), new Counts(1, 0)));

        assertThat(MirrorMetricsJson.print(metrics)).isEqualToIgnoringWhitespace("""
                        {"https://***@a.example/": {"num_failures": 0, "num_usages": 1},
                         "https://b.example/archlinux/": {"num_failures": 3, "num_usages": 12}}
                        """);
    }

    @Test
    void nothingUsedIsAnEmptyObject() {
        assertThat(MirrorMetricsJson.print(new MirrorMetrics(Map.of()))).isEqualToIgnoringWhitespace("{}");
    }
}
