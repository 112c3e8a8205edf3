package flexo.web;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.SteppedTimer;
import flexo.web.ByteRange.Slice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClientStreamsTest {
    private static final String GREEDY = "192.0.2.1";
    private static final String OTHER = "192.0.2.2";

    private final SteppedTimer timer = new SteppedTimer();
    private final ClientStreams streams =
            new ClientStreams(Runnable::run, timer, () -> Duration.ofSeconds(60), timer::nanoTime, 4);
    private final List<ClientStream> running = new ArrayList<>();

    private void begin(String client) {
        ScriptedResponse response = new ScriptedResponse();
        ClientStream stream = new ClientStream(
                response.context(),
                response.out(),
                new ScriptedContent(1000, 0),
                new Slice(0, 1000),
                1024,
                client,
                streams,
                (bytes, cutBecause) -> {});
        stream.start();
        running.add(stream);
    }

    @Test
    void oneClientHasHalfOfTheMemory() {
        begin(GREEDY);
        assertThat(streams.full(GREEDY)).isFalse();
        begin(GREEDY);
        assertThat(streams.full(GREEDY)).isTrue();
        assertThat(streams.full(OTHER)).isFalse();
    }

    @Test
    void allClientsTogetherHaveAllOfIt() {
        begin(GREEDY);
        begin(GREEDY);
        begin(OTHER);
        assertThat(streams.full("192.0.2.3")).isFalse();
        begin("192.0.2.3");
        assertThat(streams.full("192.0.2.4")).isTrue();

        running.get(0).cut(ResponseEnd.STOPPED);
        assertThat(streams.full("192.0.2.4")).isFalse();
    }

    @Test
    void heapBoundsThem() {
        assertThat(ClientStreams.most(128L << 20)).isEqualTo(512);
        assertThat(ClientStreams.most(64L << 20)).isEqualTo(256);
    }
}
