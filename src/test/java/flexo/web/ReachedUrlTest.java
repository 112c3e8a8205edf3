package flexo.web;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.net.IpNetwork;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReachedUrlTest {
    private static final TrustedProxies PROXIES =
            new TrustedProxies(() -> List.of(IpNetwork.parse("127.0.0.1").orElseThrow()));

    private final ScriptedRequest request = new ScriptedRequest("GET", "/");

    private ReachedUrl url() {
        return ReachedUrl.of(request.request(), PROXIES);
    }

    @ParameterizedTest
    @CsvSource({
        "flexo.example:7878,    http://flexo.example:7878",
        "flexo.example:80,      http://flexo.example",
        "flexo.example,         http://flexo.example",
        "192.0.2.9,             http://192.0.2.9",
        "[2001:db8::7]:7878,    http://[2001:db8::7]:7878",
        "my_host,               http://my_host"
    })
    void itIsTheNameThatWasAskedFor(String host, String url) {
        request.header("Host", host);

        assertThat(url()).hasToString(url);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "<script>alert(1)</script>",
                "a b",
                "a\"b",
                "$(reboot)",
                "a;b",
                "evil.example/x",
                "a@b",
                "[::1",
                "-x",
                "a:b",
                "a:123456"
            })
    void nameThatMeansSomethingElsewhereIsNotRepeated(String host) {
        request.header("Host", host);

        assertThat(url()).hasToString("http://localhost:7878");
    }

    @Test
    void requestWithoutAHostHasOne() {
        assertThat(url()).hasToString("http://localhost:7878");
    }

    @Test
    void contextPathBelongsToIt() {
        request.header("Host", "flexo.example").in("/flexo");

        assertThat(url()).hasToString("http://flexo.example/flexo");
    }

    @Test
    void trustedProxySaysHowItWasAsked() {
        request.header("Host", "127.0.0.1:7878")
                .header("X-Forwarded-Host", "packages.example, inner.example")
                .header("X-Forwarded-Proto", "https")
                .answering("getRemoteAddr", "127.0.0.1");

        assertThat(url()).hasToString("https://packages.example");
    }

    @Test
    void nobodyElseIsBelieved() {
        request.header("Host", "flexo.example:7878")
                .header("X-Forwarded-Host", "packages.example")
                .header("X-Forwarded-Proto", "https");

        assertThat(url()).hasToString("http://flexo.example:7878");
    }

    @ParameterizedTest
    @ValueSource(strings = {"javascript", "ftp", "https\"", ""})
    void otherSchemeIsNotRepeated(String scheme) {
        request.header("Host", "flexo.example")
                .header("X-Forwarded-Proto", scheme)
                .answering("getRemoteAddr", "127.0.0.1");

        assertThat(url()).hasToString("http://flexo.example");
    }

    @ParameterizedTest
    @CsvSource({
        "http://flexo.example,        true",
        "HTTP://FLEXO.EXAMPLE,        true",
        "https://flexo.example,       false",
        "http://flexo.example:7878,   false",
        "http://flexo.example.evil,   false",
        "null,                        false"
    })
    void pageOfTheSameServerHasTheSameOrigin(String origin, boolean same) {
        request.header("Host", "flexo.example");

        assertThat(url().isSameOrigin(origin)).isEqualTo(same);
    }
}
