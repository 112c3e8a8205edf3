package flexo.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class UpstreamConnectionsTest {
    @Test
    void connectionsAreAliveUntilTheyAreClosed() {
        UpstreamConnections connections = new UpstreamConnections(
                ConnectionSettings.usual(Duration.ofSeconds(5), "company/1", "flexo-7"),
                Runnable::run,
                RealTimer.TIMER,
                Thread::new);
        assertThat(connections.alive()).isTrue();

        connections.close();

        assertThat(connections.alive()).isFalse();
    }
}
