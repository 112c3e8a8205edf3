package flexo.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NoProxyTest {
    @Test
    void schemeOfTheAddressChoosesTheProxy() {
        HttpProxy one = new HttpProxy("a", 1, Optional.empty());
        HttpProxy two = new HttpProxy("b", 2, Optional.empty());
        ProxyRules rules = new ProxyRules(
                Optional.of(one),
                Optional.of(two),
                new NoProxy(NoProxy.Exemption.parse("inside.example").stream().toList()));

        assertThat(rules.proxyFor(URI.create("http://mirror.example/"))).contains(one);
        assertThat(rules.proxyFor(URI.create("https://mirror.example/"))).contains(two);
        assertThat(rules.proxyFor(URI.create("https://inside.example/"))).isEmpty();
        assertThat(ProxyRules.DIRECT.proxyFor(URI.create("https://mirror.example/")))
                .isEmpty();
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
        NoProxy noProxy = new NoProxy(Stream.of(list.split(",", -1))
                .flatMap(entry -> NoProxy.Exemption.parse(entry.strip()).stream())
                .toList());

        assertThat(noProxy.covers(host, port)).isEqualTo(covered);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "10.0.0.0/33", "mirror.example/24", "mirror.example:x", "http://mirror.example"})
    void textThatNamesNoServerIsNone(String text) {
        assertThat(NoProxy.Exemption.parse(text)).isEmpty();
    }
}
