package flexo.web;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.download.Opened;
import flexo.log.RepeatedLines;
import flexo.testing.LogLines;
import flexo.testing.SteppedTimer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;

/** One line for each request. */
class ServedRequestTest {
    private final RequestFigures figures = new RequestFigures(new ClientFigures(() -> false, Instant::now));
    private static final String MIRROR = "https://mirror.example/";

    private final SteppedTimer timer = new SteppedTimer();
    private final RepeatedLines lines = new RepeatedLines(timer, timer);

    @Test
    void hitIsToldWithClientBytesAndTime() {
        assertThat(told(Level.INFO, served -> {
                    timer.advance(Duration.ofMillis(12));
                    served.opened(200, Opened.Origin.HIT, "").ended(1000, ResponseEnd.WHOLE);
                }))
                .containsExactly("192.0.2.7 GET /core/a 200 hit, 1000 bytes, 12 ms");
    }

    @Test
    void missIsToldWithItsMirror() {
        assertThat(told(
                        Level.INFO,
                        served -> served.opened(206, Opened.Origin.MISS, MIRROR).ended(7, ResponseEnd.WHOLE)))
                .containsExactly("192.0.2.7 GET /core/a 206 miss https://mirror.example/, 7 bytes, 0 ms");
    }

    @Test
    void fileThatTheContainerSendsIsHandedOverAndNotSent() {
        assertThat(told(
                        Level.INFO,
                        served -> served.opened(200, Opened.Origin.HIT, "").ended(1000, ResponseEnd.HANDED_OVER)))
                .containsExactly("192.0.2.7 GET /core/a 200 hit, handed over 1000 bytes, 0 ms");
    }

    @Test
    void clientThatLeftIsNoWarning() {
        assertThat(told(
                        Level.INFO,
                        served -> served.opened(200, Opened.Origin.HIT, "").ended(10, ResponseEnd.ofConnection(null))))
                .containsExactly("192.0.2.7 GET /core/a 200 hit, 10 bytes, 0 ms; cut: the client left");
        assertThat(told(
                        Level.WARNING,
                        served -> served.opened(200, Opened.Origin.HIT, "").ended(10, ResponseEnd.ofConnection(null))))
                .isEmpty();
    }

    @Test
    void whatFailedForUsIsAWarning() {
        assertThat(told(Level.WARNING, served -> {
                    served.opened(200, Opened.Origin.MISS, MIRROR).ended(10, ResponseEnd.failed("every mirror failed"));
                    served.refused(504, "no mirror answered");
                    served.refused(404, "no mirror has it");
                }))
                .containsExactly(
                        "192.0.2.7 GET /core/a 200 miss https://mirror.example/, 10 bytes, 0 ms; cut: every mirror failed",
                        "192.0.2.7 GET /core/a 504, 0 bytes, 0 ms; no mirror answered");
    }

    @Test
    void floodOfMissingFilesIsFewLinesAndASum() {
        List<String> flood = told(Level.INFO, served -> {
            for (int i = 0; i < 4332; i++) {
                served.refused(404, "no mirror has it");
            }
        });
        assertThat(flood).hasSize(20);
        assertThat(told(
                        Level.INFO,
                        served -> served.opened(200, Opened.Origin.HIT, "").ended(1, ResponseEnd.WHOLE)))
                .as("what is served keeps its line")
                .hasSize(1);

        assertThat(LogLines.of(ServedRequest.class, Level.INFO, () -> timer.advance(Duration.ofMinutes(1))))
                .containsExactly("192.0.2.7: 4,312 more requests for missing files within a minute, the last one:"
                        + " 192.0.2.7 GET /core/a 404, 0 bytes, 0 ms; no mirror has it");
    }

    @Test
    void pathIsToldOnce() {
        assertThat(told(Level.INFO, served -> served.refused(404, "core/a: no mirror has it")))
                .containsExactly("192.0.2.7 GET /core/a 404, 0 bytes, 0 ms; no mirror has it");
    }

    @Test
    void strangersCannotBeginALine() {
        assertThat(told(Level.INFO, served -> served.refused(404, "no such\n<0>file")))
                .containsExactly("192.0.2.7 GET /core/a 404, 0 bytes, 0 ms; no such\\u000a<0>file");
    }

    private List<String> told(Level least, Consumer<ServedRequest> work) {
        ClientAddress client = ClientAddress.of("192.0.2.7", List.of(), List.of());
        return LogLines.of(
                ServedRequest.class,
                least,
                () -> work.accept(new ServedRequest(lines, figures, client, "GET", "/core/a", timer::nanoTime)));
    }
}
