package flexo.web;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.net.IpNetwork;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientAddressTest {
    private static final List<IpNetwork> TRUSTED = Stream.of("127.0.0.0/8", "::1", "10.0.0.0/8")
            .map(text -> IpNetwork.parse(text).orElseThrow())
            .toList();

    private static ClientAddress client(String peer, String... forwardedFor) {
        return ClientAddress.of(peer, List.of(forwardedFor), TRUSTED);
    }

    @Test
    void withoutAProxyItIsTheOtherEndOfTheConnection() {
        assertThat(client("192.0.2.1")).hasToString("192.0.2.1");
        assertThat(client("192.0.2.1").forwarded()).isFalse();
        assertThat(client("127.0.0.1")).hasToString("127.0.0.1");
    }

    @Test
    void whatSomebodyElseSaysOfItselfDoesNotCount() {
        ClientAddress client = client("192.0.2.1", "127.0.0.1");

        assertThat(client).hasToString("192.0.2.1");
        assertThat(client.forwarded()).isFalse();
    }

    @Test
    void trustedProxySaysForWhomItAsks() {
        ClientAddress client = client("127.0.0.1", "198.51.100.7");

        assertThat(client).hasToString("198.51.100.7");
        assertThat(client.forwarded()).isTrue();
    }

    @Test
    void onlyTheLastAddressThatIsNoTrustedProxyCounts() {
        assertThat(client("127.0.0.1", "127.0.0.1, 198.51.100.7")).hasToString("198.51.100.7");
        assertThat(client("127.0.0.1", "192.168.1.1, 198.51.100.7, 10.1.1.1")).hasToString("198.51.100.7");
        assertThat(client("127.0.0.1", "192.168.1.1", "198.51.100.7", "10.1.1.1"))
                .as("in several headers")
                .hasToString("198.51.100.7");
        assertThat(client("127.0.0.1", "10.2.2.2, 10.1.1.1")).as("only proxies").hasToString("10.2.2.2");
    }

    @ParameterizedTest
    @CsvSource({
        "198.51.100.7:40000,           198.51.100.7",
        "2001:db8::7,                  2001:db8:0:0:0:0:0:7",
        "[2001:db8::7],                2001:db8:0:0:0:0:0:7",
        "[2001:db8::7]:40000,          2001:db8:0:0:0:0:0:7",
        "fe80::7%eth0,                 fe80:0:0:0:0:0:0:7",
        "::ffff:198.51.100.7,          198.51.100.7",
        "'  198.51.100.7 ',            198.51.100.7",
        "'198.51.100.7,, ',            198.51.100.7"
    })
    void addressIsReadHoweverItIsWritten(String forwardedFor, String client) {
        assertThat(client("::1", forwardedFor)).hasToString(client);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "unknown",
                "_hidden",
                "localhost",
                "1.2.3",
                "300.1.1.1",
                "0x7f.0.0.1",
                "<script>",
                "[::1",
                "::1]",
                ":",
                "1.2.3.4:port",
                "198.51.100.7;evil"
            })
    void proxyThatDoesNotKnowItsClientStandsForIt(String forwardedFor) {
        assertThat(client("127.0.0.1", "192.0.2.9, " + forwardedFor)).hasToString("127.0.0.1");
        assertThat(client("127.0.0.1", forwardedFor + ", 10.1.1.1")).hasToString("10.1.1.1");
    }

    @Test
    void headerOfKilobytesCostsNothing() {
        assertThat(client("127.0.0.1", "127.0.0.1,".repeat(100_000) + "10.1.1.1"))
                .hasToString("127.0.0.1");
        assertThat(client("127.0.0.1", "1".repeat(1_000_000))).hasToString("127.0.0.1");
    }

    @ParameterizedTest
    @NullAndEmptySource
    void socketOfTheFileSystemIsOnThisMachine(String peer) {
        assertThat(client(peer)).hasToString("127.0.0.1");
        assertThat(client(peer, "198.51.100.7")).hasToString("198.51.100.7");
    }

    @Test
    void networksHoldIt() {
        assertThat(client("10.1.1.1").isIn(TRUSTED)).isTrue();
        assertThat(client("192.0.2.1").isIn(TRUSTED)).isFalse();
    }
}
