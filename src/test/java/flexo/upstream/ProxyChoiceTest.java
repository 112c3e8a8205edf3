package flexo.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProxyChoiceTest {
    private static final Map<String, String> BOTH =
            Map.of("http_proxy", "http://a:1", "https_proxy", "http://b:2", "no_proxy", "inside.example");

    @Test
    void schemeOfTheAddressChoosesTheProxy() {
        ProxyChoice choice = ProxyChoice.ofEnvironment(BOTH);

        assertThat(choice.proxyFor(URI.create("http://mirror.example/"))).contains(OutboundProxy.of("http://a:1"));
        assertThat(choice.proxyFor(URI.create("https://mirror.example/"))).contains(OutboundProxy.of("http://b:2"));
        assertThat(choice.proxyFor(URI.create("https://inside.example/"))).isEmpty();
        assertThat(ProxyChoice.DIRECT.proxyFor(URI.create("https://mirror.example/")))
                .isEmpty();
    }

    @Test
    void variableInLowerCaseComesBeforeTheOneInUpperCaseAndAnEmptyOneIsNone() {
        Map<String, String> environment = Map.of(
                "HTTP_PROXY",
                "http://upper:1",
                "http_proxy",
                "http://lower:2",
                "HTTPS_PROXY",
                "upper:3",
                "https_proxy",
                " ");

        ProxyChoice choice = ProxyChoice.ofEnvironment(environment);

        assertThat(choice.http()).contains(OutboundProxy.of("lower:2"));
        assertThat(choice.https()).contains(OutboundProxy.of("upper:3"));
    }

    @ParameterizedTest
    @CsvSource({
        "http://proxy.example:3128, http://proxy.example:3128",
        "http://proxy.example:3128/, http://proxy.example:3128",
        "proxy.example:3128, http://proxy.example:3128",
        "http://proxy.example, http://proxy.example:1080",
        "http://me:secret@proxy.example:3128, http://proxy.example:3128",
        "http://[::1]:3128, http://[::1]:3128"
    })
    void proxyIsReadAsCurlReadsItAndShownWithoutItsPassword(String address, String shown) {
        assertThat(OutboundProxy.of(address)).hasToString(shown);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "socks5://me:secret@h:1080",
                "https://me:secret@h:3128",
                "http://me:secret@",
                "http://me:secret@[x"
            })
    void whatIsNoUsableProxyIsRefusedWithoutShowingItsPassword(String address) {
        assertThatThrownBy(() -> ProxyChoice.ofEnvironment(Map.of("https_proxy", address)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("environment variable https_proxy: not the address of a proxy: ")
                .hasMessageNotContaining("secret");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "*                        | mirror.example | 80  | true",
                "example                  | mirror.example | 80  | true",
                ".example                 | mirror.example | 80  | true",
                ".mirror.example          | mirror.example | 80  | true",
                "mirror.example           | MIRROR.example | 80  | true",
                "mirror.example           | mirror.example.| 80  | true",
                "a.org, mirror.example    | mirror.example | 80  | true",
                "a.org mirror.example     | mirror.example | 80  | true",
                "ror.example              | mirror.example | 80  | false",
                "mirror.example.org       | mirror.example | 80  | false",
                "mirror.example:8080      | mirror.example | 80  | false",
                "mirror.example:8080      | mirror.example | 8080| true",
                "127.0.0.1                | 127.0.0.1      | 80  | true",
                "127.0.0.1:81             | 127.0.0.1      | 80  | false",
                "0.0.1                    | 127.0.0.1      | 80  | false",
                "10.0.0.0/8               | 10.20.30.40    | 80  | true",
                "10.0.0.0/8               | 11.0.0.1       | 80  | false",
                "192.168.16.0/20          | 192.168.31.9   | 80  | true",
                "192.168.16.0/20          | 192.168.32.9   | 80  | false",
                "10.0.0.0/8               | ten.example    | 80  | false",
                "fd00::/8                 | [fd12::1]      | 80  | true",
                "::1                      | [::1]          | 80  | true",
                "[::1]:81                 | [::1]          | 81  | true",
                "''                       | mirror.example | 80  | false"
            })
    void noProxyMeansWhatItMeansToCurl(String list, String host, int port, boolean covered) {
        assertThat(NoProxy.ofVariable(list).covers(host, port)).isEqualTo(covered);
    }
}
