package flexo.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ListenAddressTest {
    @Test
    void unsetVariablesMeanPort7878OfThisMachineOnly() throws CannotStart {
        assertThat(ListenAddress.of(name -> null)).isEqualTo(new ListenAddress(7878, "127.0.0.1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "::1", "[::1]", "127.0.0.2"})
    void everyFormOfAnAddressIsTaken(String address) throws CannotStart {
        assertThat(ListenAddress.of(Map.of("FLEXO_PORT", "80", "FLEXO_LISTEN_IP_ADDRESS", address)::get))
                .isEqualTo(new ListenAddress(80, address));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "65536", "-1", "http", " 7878", "99999999999"})
    void wrongPortIsRefusedByNameAndValue(String port) {
        assertThatThrownBy(() -> ListenAddress.of(Map.of("FLEXO_PORT", port)::get))
                .isInstanceOf(CannotStart.class)
                .hasMessage("FLEXO_PORT is '" + port + "', but must be a number from 1 to 65535.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "256.1.1.1.1", "no such host", ":::"})
    void wrongAddressIsRefusedBecauseTomcatWouldListenEverywhere(String address) {
        assertThatThrownBy(() -> ListenAddress.of(Map.of("FLEXO_LISTEN_IP_ADDRESS", address)::get))
                .isInstanceOf(CannotStart.class)
                .hasMessageStartingWith("FLEXO_LISTEN_IP_ADDRESS is '" + address + "', but must be an address");
    }
}
