package flexo.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MirrorTestResultsJsonTest {

    private static final Instant TESTED = Instant.parse("2025-03-01T12:00:00.250Z");

    private static final MirrorTestResults RESULTS = new MirrorTestResults(
            TESTED,
            List.of(
                    new MirrorTestResult(
                            Mirror.of("https://a.example/archlinux/"),
                            "DE",
                            Duration.ofNanos(23_456_000),
                            Instant.parse("2025-03-01T09:00:00Z"),
                            5_000_000,
                            2),
                    new MirrorTestResult(Mirror.of("http://anna:s3cret@b.example/"), "", null, null, 0, 0)));

    @Test
    void whatIsPrintedIsReadBack() throws Exception {
        assertThat(parse(MirrorTestResultsJson.print(RESULTS))).isEqualTo(RESULTS);
    }

    @Test
    void theFileNamesRankLatencyThroughputFreshnessAndFailures() {
        assertThat(MirrorTestResultsJson.print(RESULTS))
                .contains(
                        "\"version\": 4",
                        "\"timestamp\": \"2025-03-01T12:00:00.250Z\"",
                        "\"rank\": 1",
                        "\"rank\": 2",
                        "\"url\": \"https://a.example/archlinux/\"",
                        "\"country_code\": \"DE\"",
                        "\"latency_ms\": 23.456",
                        "\"throughput_bytes_per_second\": 5000000",
                        "\"database_modified\": \"2025-03-01T09:00:00Z\"",
                        "\"failures\": 2")
                .doesNotContain("null");
    }

    @Test
    void aFileOfFlexoItselfIsUnderstood() throws Exception {
        MirrorTestResults results = parse("""
                {
                  "version": 3,
                  "timestamp": "2024-05-06T07:08:09.123456789Z",
                  "download_providers": [
                    {
                      "uri": "https://mirror.one.example/archlinux/",
                      "name": "mirror.one.example",
                      "mirror_results": {
                        "total_time": {"secs": 1, "nanos": 81234567},
                        "namelookup_duration": {"secs": 0, "nanos": 1234567},
                        "connect_duration": {"secs": 0, "nanos": 21234567},
                        "pretransfer_time": {"secs": 0, "nanos": 61234567},
                        "starttransfer_time": {"secs": 0, "nanos": 81200000}
                      },
                      "country_code": "AT"
                    },
                    {
                      "uri": "https://mirror.two.example",
                      "name": "mirror.two.example",
                      "mirror_results": {
                        "total_time": {"secs": 0, "nanos": 0},
                        "namelookup_duration": {"secs": 0, "nanos": 0}
                      },
                      "country_code": "Unknown"
                    }
                  ]
                }
                """);

        assertThat(results)
                .isEqualTo(new MirrorTestResults(
                        Instant.parse("2024-05-06T07:08:09.123456789Z"),
                        List.of(
                                new MirrorTestResult(
                                        Mirror.of("https://mirror.one.example/archlinux/"),
                                        "AT",
                                        Duration.ofMillis(1080),
                                        null,
                                        0,
                                        0),
                                new MirrorTestResult(Mirror.of("https://mirror.two.example/"), "", null, null, 0, 0))));
    }

    @Test
    void brokenEntriesAreLeftOutAndTheOthersStay() throws Exception {
        assertThat(parse("""
                                {"version": 4, "timestamp": "2025-03-01T12:00:00Z", "mirrors": [
                                  null, 3, {"url": "rsync://x/"}, {"rank": 1},
                                  {"url": "https://a.example/", "latency_ms": -3, "failures": "many"}]}
                                """).mirrors())
                .containsExactly(new MirrorTestResult(Mirror.of("https://a.example/"), "", null, null, 0, 0));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{\"version\": 4, \"timestamp\": \"2025-03",
                "[]",
                "{}",
                "{\"version\": 2, \"timestamp\": \"2025-03-01T12:00:00Z\", \"download_providers\": []}",
                "{\"version\": 4, \"mirrors\": [{\"url\": \"https://a.example/\"}]}",
                "{\"version\": 4, \"timestamp\": \"2025-03-01T12:00:00Z\"}",
                "{\"version\": 4, \"timestamp\": \"2025-03-01T12:00:00Z\", \"mirrors\": []}"
            })
    void anUnreadableFileIsADescribedFailure(String document) {
        assertThatThrownBy(() -> parse(document))
                .isInstanceOf(UnusableDocumentException.class)
                .message()
                .startsWith("The file of stored mirror test results ")
                .endsWith(".");
    }

    private static MirrorTestResults parse(String document) throws UnusableDocumentException {
        return MirrorTestResultsJson.parse(document.getBytes(StandardCharsets.UTF_8));
    }
}
