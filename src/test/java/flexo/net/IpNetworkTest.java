package flexo.net;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpNetworkTest {
    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8,        10.255.255.255, true",
        "10.0.0.0/8,        11.0.0.0,       false",
        "10.1.2.3/8,        10.9.9.9,       true",
        "192.168.16.0/20,   192.168.31.255, true",
        "192.168.16.0/20,   192.168.32.0,   false",
        "192.0.2.7,         192.0.2.7,      true",
        "192.0.2.7,         192.0.2.6,      false",
        "0.0.0.0/0,         198.51.100.1,   true",
        "0.0.0.0/0,         2001:db8::1,    false",
        "::/0,              2001:db8::1,    true",
        "::/0,              198.51.100.1,   false",
        "fd00::/8,          fdff::1,        true",
        "fd00::/8,          fe00::1,        false",
        "::1,               ::1,            true",
        "127.0.0.0/8,       ::ffff:127.1.2.3, true"
    })
    void networkHoldsTheAddressesThatShareItsBits(String network, String address, boolean held) {
        assertThat(IpNetwork.parse(network)
                        .orElseThrow()
                        .contains(IpLiteral.parse(address).orElseThrow()))
                .isEqualTo(held);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/8",
                "10.0.0.0/",
                "10.0.0.0/33",
                "10.0.0/8",
                "::/129",
                "10.0.0.0/-1",
                "host",
                "host/8",
                "1.2.3.4/8/8"
            })
    void otherTextsAreNone(String text) {
        assertThat(IpNetwork.parse(text)).isEmpty();
    }

    @Test
    void nameIsNeverLookedUp() {
        assertThat(IpNetwork.parse("localhost")).isEmpty();
    }
}
