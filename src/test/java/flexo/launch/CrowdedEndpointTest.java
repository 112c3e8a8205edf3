package flexo.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import org.junit.jupiter.api.Test;

class CrowdedEndpointTest {
    /** Tomcat lists connections that other threads are closing. */
    @Test
    void closedConnectionHasNoNetworkAndDoesNoHarm() throws IOException {
        SocketChannel closed = SocketChannel.open();
        closed.close();

        assertThat(CrowdedEndpoint.network(closed))
                .isEqualTo(CrowdedEndpoint.network(null))
                .isNotNull();
    }
}
