package flexo.web;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.log.RepeatedLines;
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
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Answers of our own that are long, to clients that do not read them at first. */
class EndpointServletTest {
    private static final String LONG = "x".repeat(3 * SmallBodies.MOST_BYTES);
    private static final int AT_ONCE = 4;

    private final SteppedTimer timer = new SteppedTimer();
    private final ClientStreams streams =
            new ClientStreams(Runnable::run, timer, () -> Duration.ofSeconds(60), timer::nanoTime, 100);
    private final Steering steering = new Steering(
            new AdminToken(() -> Path.of("/nonexistent")),
            new TrustedProxies(List::of),
            new RepeatedLines(timer, timer),
            timer::nanoTime);
    private final EndpointServlet servlet = new EndpointServlet(
            Endpoint.asking(Endpoint.now(request -> Reply.plain(HttpServletResponse.SC_OK, LONG))), steering, streams);

    /** The container's side of one answer, whose socket is full until it is told otherwise. */
    private static final class Answer extends ServletOutputStream {
        private final ByteArrayOutputStream received = new ByteArrayOutputStream();
        private int status;
        private boolean ready;
        private boolean completed;
        private WriteListener writer;

        private <T> T proxy(Class<T> type) {
            return type.cast(Proxy.newProxyInstance(
                    EndpointServletTest.class.getClassLoader(), new Class<?>[] {type}, (proxy, called, arguments) -> {
                        switch (called.getName()) {
                            case "setStatus" -> status = (int) arguments[0];
                            case "getBufferSize" -> {
                                return 8192;
                            }
                            case "getOutputStream" -> {
                                return this;
                            }
                            case "complete" -> completed = true;
                            default -> {}
                        }
                        return null;
                    }));
        }

        void read() throws IOException {
            ready = true;
            writer.onWritePossible();
        }

        @Override
        public boolean isReady() {
            return ready;
        }

        @Override
        public void setWriteListener(WriteListener listener) {
            writer = listener;
        }

        @Override
        public void write(int b) {
            received.write(b);
        }
    }

    private Answer ask(String method) throws IOException {
        Answer answer = new Answer();
        servlet.service(
                new ScriptedRequest(method, "/sweep")
                        .answering("getDispatcherType", DispatcherType.REQUEST)
                        .answering("startAsync", answer.proxy(AsyncContext.class))
                        .request(),
                answer.proxy(HttpServletResponse.class));
        return answer;
    }

    @Test
    void fewLongAnswersAreOnTheirWayAtOnceAndTheOthersAreToBeAskedForAgain() throws IOException {
        List<Answer> slow = new ArrayList<>();
        for (int i = 0; i < AT_ONCE; i++) {
            slow.add(ask("GET"));
        }

        assertThat(ask("GET").status).isEqualTo(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
        slow.get(0).read();

        assertThat(slow.get(0).completed).isTrue();
        assertThat(slow.get(0).received.toString(StandardCharsets.UTF_8)).isEqualTo(LONG);
        assertThat(ask("GET").status).isEqualTo(HttpServletResponse.SC_OK);
    }

    @Test
    void headsOfLongAnswersHoldNoPlace() throws IOException {
        for (int i = 0; i < 2 * AT_ONCE; i++) {
            Answer head = ask("HEAD");

            assertThat(head.status).isEqualTo(HttpServletResponse.SC_OK);
            assertThat(head.received.size()).isZero();
        }
    }

    @Test
    void clientThatDoesNotReadLosesItsPlaceInTheEnd() throws IOException {
        for (int i = 0; i < AT_ONCE; i++) {
            Answer slow = ask("GET");
            slow.writer.onWritePossible();
        }

        timer.advance(Duration.ofSeconds(60));

        assertThat(ask("GET").status).isEqualTo(HttpServletResponse.SC_OK);
    }
}
