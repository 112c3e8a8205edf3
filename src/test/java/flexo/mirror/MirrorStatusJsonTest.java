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

class MirrorStatusJsonTest {

    @Test
    void everyFieldOfAnEntryIsRead() throws Exception {
        List<MirrorStatus> mirrors = parse("""
                {"cutoff": 86400, "last_check": "2025-01-01T00:15:00Z", "num_checks": 118, "check_frequency": 731.9,
                 "urls": [{"url": "https://a.example/", "protocol": "https", "last_sync": "2025-01-01T00:02:00Z",
                   "completion_pct": 1.0, "delay": 3692, "duration_avg": 0.068, "duration_stddev": 0.03,
                   "score": 1.1238542336703592, "active": true, "country": "Germany", "country_code": "de",
                   "isos": true, "ipv4": true, "ipv6": false, "details": "https://archlinux.org/mirrors/a.example/100/"}],
                 "version": 3}
                """);

        assertThat(mirrors)
                .containsExactly(new MirrorStatus(
                        "https://a.example/",
                        "https",
                        true,
                        Instant.parse("2025-01-01T00:02:00Z"),
                        1.0,
                        Duration.ofSeconds(3692),
                        0.068,
                        0.03,
                        1.1238542336703592,
                        "DE",
                        true,
                        false));
        assertThat(mirrors.get(0).complete()).isTrue();
    }

    @Test
    void unknownFieldsUnknownProtocolsAndNullsDisturbNothing() throws Exception {
        List<MirrorStatus> mirrors = parse("""
                {"from_the_future": {"deep": [1, {"x": null}]}, "urls": [
                  {"url": "gopher://g.example/", "protocol": "gopher", "mood": "sunny"},
                  {"url": "http://never.example/", "protocol": "http", "last_sync": null, "delay": null, "score": null},
                  {"url": "https://a.example/", "protocol": "https", "score": 1}]}
                """);

        assertThat(mirrors)
                .extracting(MirrorStatus::url)
                .containsExactly("gopher://g.example/", "http://never.example/", "https://a.example/");
        assertThat(mirrors).noneMatch(MirrorStatus::complete);
    }

    @Test
    void fieldsOfTheWrongTypeCountAsAbsent() throws Exception {
        List<MirrorStatus> mirrors = parse("""
                {"urls": [{"url": "https://a.example/", "protocol": 7, "last_sync": "yesterday", "delay": -5, "score": "low",
                  "active": "yes", "country_code": [], "ipv4": 1, "completion_pct": 1e999, "duration_avg": {}}]}
                """);

        assertThat(mirrors)
                .containsExactly(new MirrorStatus(
                        "https://a.example/", null, null, null, null, null, null, null, null, null, null, null));
    }

    @Test
    void entriesThatAreNoMirrorsAreLeftOut() throws Exception {
        assertThat(parse("{\"urls\": [null, 3, \"x\", [], {}, {\"url\": null}, {\"url\": \"https://a.example/\"}]}"))
                .extracting(MirrorStatus::url)
                .containsExactly("https://a.example/");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "  \n",
                "<!DOCTYPE html><html><body>Please sign in</body></html>",
                "{\"urls\": [{\"url\": \"https://a",
                "nul",
                "{",
                "\u0000",
                "{\"urls\": [}",
                "{\"urls\": NaN}"
            })
    void whatIsNoJsonIsAFailureWithASentence(String document) {
        assertThatThrownBy(() -> parse(document))
                .isInstanceOf(UnusableDocumentException.class)
                .message()
                .matches("The mirror status document is (empty|not well-formed JSON)\\.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "null",
                "3",
                "\"x\"",
                "{\"urls\": null}",
                "{\"urls\": []}",
                "{\"urls\": {}}",
                "{\"urls\": [null, {}]}"
            })
    void aDocumentWithoutMirrorsIsAFailureAndNeverAnEmptyList(String document) {
        assertThatThrownBy(() -> parse(document))
                .isInstanceOf(UnusableDocumentException.class)
                .message()
                .startsWith("The mirror status document ")
                .endsWith(".");
    }

    @Test
    void aDocumentOfMoreValuesThanMemoryIsForIsAFailure() {
        String many = "{},".repeat(200_000);

        assertThatThrownBy(() -> parse("{\"urls\": [" + many + "{\"url\": \"https://a.example/\"}]}"))
                .isInstanceOf(UnusableDocumentException.class)
                .hasMessageContaining("more than 100000 values");
    }

    private static List<MirrorStatus> parse(String document) throws UnusableDocumentException {
        return MirrorStatusJson.parse(document.getBytes(StandardCharsets.UTF_8));
    }
}
