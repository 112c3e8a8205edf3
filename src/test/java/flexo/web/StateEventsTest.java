package flexo.web;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.net.IpNetwork;
import flexo.testing.SteppedTimer;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Listeners share snapshots, which are made only while there are any. */
class StateEventsTest {
    private static final TrustedProxies PROXIES =
            new TrustedProxies(() -> List.of(IpNetwork.parse("192.0.2.0/24").orElseThrow()));

    private final SteppedTimer timer = new SteppedTimer();
    private final ClientStreams streams =
            new ClientStreams(Runnable::run, timer, () -> Duration.ofSeconds(60), timer::nanoTime, 1000);
    private int made;
    private boolean drained;
    private final Snapshots snapshots = new Snapshots(this::state, timer::nanoTime);
    private final StateEvents events = new StateEvents(snapshots, PROXIES, streams);

    private StateJson.State state() {
        made++;
        return new StateJson.State(
                new StateJson.Summary(true, "Serving", List.of()),
                new StateJson.Node("1", "2024-06-01T10:00:00Z", drained),
                List.of(),
                List.of(),
                null,
                null,
                null,
                List.of(),
                List.of(),
                null);
    }

    /** The container's side of one listener. */
    private static final class Answer extends ServletOutputStream {
        private final ByteArrayOutputStream received = new ByteArrayOutputStream();
        private int status = HttpServletResponse.SC_OK;
        private boolean gone;
        private boolean full;
        private WriteListener writer;

        private <T> T proxy(Class<T> type) {
            return type.cast(Proxy.newProxyInstance(
                    StateEventsTest.class.getClassLoader(), new Class<?>[] {type}, (proxy, called, arguments) -> {
                        switch (called.getName()) {
                            case "setStatus" -> status = (int) arguments[0];
                            case "getBufferSize" -> {
                                return 8192;
                            }
                            case "getOutputStream" -> {
                                return this;
                            }
                            default -> {}
                        }
                        return null;
                    }));
        }

        String text() {
            String text = received.toString(StandardCharsets.UTF_8);
            received.reset();
            return text;
        }

        @Override
        public boolean isReady() {
            return !full;
        }

        @Override
        public void setWriteListener(WriteListener listener) {
            writer = listener;
        }

        @Override
        public void write(int b) throws IOException {
            if (gone) {
                throw new IOException("the client is gone");
            }
            received.write(b);
        }
    }

    private Answer listen() throws IOException {
        return listen(events, "198.51.100.1");
    }

    private static Answer listen(StateEvents events, String client) throws IOException {
        Answer answer = new Answer();
        events.service(
                new ScriptedRequest("GET", "/api/v1/events")
                        .header("X-Forwarded-For", client)
                        .answering("getDispatcherType", DispatcherType.REQUEST)
                        .answering("startAsync", answer.proxy(AsyncContext.class))
                        .request(),
                answer.proxy(HttpServletResponse.class));
        if (answer.writer != null) {
            answer.writer.onWritePossible();
        }
        return answer;
    }

    @Test
    void clientsBehindOneProxyHaveSharesOfTheirOwn() throws IOException {
        StateEvents few = new StateEvents(
                snapshots,
                PROXIES,
                new ClientStreams(Runnable::run, timer, () -> Duration.ofSeconds(60), timer::nanoTime, 4));

        assertThat(listen(few, "198.51.100.1").status).isEqualTo(200);
        assertThat(listen(few, "198.51.100.1").status).isEqualTo(200);
        assertThat(listen(few, "198.51.100.1").status).isEqualTo(503);
        assertThat(listen(few, "198.51.100.2").status).isEqualTo(200);
    }

    private void second() {
        timer.advance(Duration.ofSeconds(1));
    }

    @Test
    void firstEventHasAllAndTheNextOnesWhatHasChanged() throws IOException {
        Answer listener = listen();
        assertThat(listener.text())
                .startsWith("data: {\"summary\":{")
                .contains("\"node\":")
                .endsWith("}\n\n");

        second();
        assertThat(listener.text()).as("the connection lives").isEqualTo("data: {}\n\n");
        drained = true;
        second();
        assertThat(listener.text())
                .startsWith("data: {\"node\":{")
                .contains("\"drained\":true")
                .doesNotContain("summary");
    }

    @Test
    void hundredListenersCostOneSnapshotASecond() throws IOException {
        List<Answer> listeners = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            listeners.add(listen());
        }
        for (int i = 0; i < 10; i++) {
            second();
        }

        assertThat(made).isEqualTo(11);
        assertThat(listeners).allSatisfy(listener -> assertThat(listener.text()).endsWith("data: {}\n\n"));
    }

    @Test
    void nothingIsMadeWhenTheLastListenerHasLeft() throws IOException {
        Answer listener = listen();
        second();
        listener.gone = true;
        second();
        second();
        int before = made;

        second();
        second();

        assertThat(made).isEqualTo(before);
        assertThat(timer.delays()).isEmpty();
        assertThat(listen().text()).contains("summary");
    }

    @Test
    void listenerThatReadsNothingForAWhileIsToldAllOnceMore() throws IOException {
        Answer listener = listen();
        String unused = listener.text();
        listener.full = true;
        for (int i = 0; i < 5; i++) {
            drained = !drained;
            second();
        }
        listener.full = false;
        listener.writer.onWritePossible();

        assertThat(listener.text()
                        .lines()
                        .filter(line -> line.startsWith("data: "))
                        .count())
                .isLessThanOrEqualTo(2);
        second();
        assertThat(streams.count()).isEqualTo(1);
    }

    @Test
    void tooManyListenersAreSentAway() throws IOException {
        for (int i = 0; i < StateEvents.LISTENERS; i++) {
            assertThat(listen().status).isEqualTo(HttpServletResponse.SC_OK);
        }

        assertThat(listen().status).isEqualTo(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
    }
}
