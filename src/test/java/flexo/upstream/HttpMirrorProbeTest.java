package flexo.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import flexo.mirror.Mirror;
import flexo.mirror.ProbeResult;
import flexo.mirror.ProbeResult.Answered;
import flexo.mirror.ProbeResult.Unanswered;
import flexo.testing.BlackHole;
import flexo.testing.ClosedPort;
import flexo.testing.Fault;
import flexo.testing.FileContent;
import flexo.testing.MirrorField;
import flexo.testing.RecordedRequest;
import flexo.testing.ScriptedMirror;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpMirrorProbeTest {
    private static final String DATABASE = "/core/os/x86_64/core.db";
    private static final FileContent FILE = FileContent.seeded(1, 150_000);
    /** Of mirrors that are expected to answer; the machine may have other work. */
    private static final Duration LONG = Duration.ofSeconds(15);

    private static final Duration SHORT = Duration.ofMillis(200);

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final ExecutorService resolving = Executors.newSingleThreadExecutor();
    private final UpstreamConnections connections = new UpstreamConnections(
            ConnectionSettings.usual(Duration.ofSeconds(3), "flexo-test", "flexo-1"),
            Runnable::run,
            RealTimer.TIMER,
            Thread::new);
    private final HttpMirrorProbe probe = new HttpMirrorProbe(connections, resolving, timer, System::nanoTime);
    private ScriptedMirror mirror;

    @BeforeEach
    void start() throws Exception {
        mirror = new ScriptedMirror().file(DATABASE, FILE);
    }

    @AfterEach
    void stop() throws Exception {
        mirror.close();
        connections.close();
        resolving.shutdownNow();
        timer.shutdownNow();
    }

    @Test
    void headOfTheDatabaseIsAskedAndItsTimeRead() throws Exception {
        Answered answer = answered(mirror.url());

        assertThat(answer.successful()).isTrue();
        assertThat(answer.cloudflare()).isFalse();
        assertThat(answer.lastModified()).isEqualTo(ScriptedMirror.LAST_MODIFIED);
        assertThat(answer.latency()).isPositive().isLessThan(LONG);
        assertThat(mirror.requests())
                .extracting(RecordedRequest::method, RecordedRequest::path)
                .containsExactly(tuple("HEAD", DATABASE));
    }

    @ParameterizedTest
    @ValueSource(ints = {403, 405, 501})
    void oneByteIsAskedWhereHeadIsRefused(int status) throws Exception {
        mirror.faultOnRequest(DATABASE, 1, new Fault().status(status));

        Answered answer = answered(mirror.url());

        assertThat(answer.successful()).isTrue();
        assertThat(answer.lastModified()).isEqualTo(ScriptedMirror.LAST_MODIFIED);
        assertThat(mirror.requests()).extracting(RecordedRequest::method).containsExactly("HEAD", "GET");
        assertThat(mirror.requests().get(1).range()).isEqualTo("bytes=0-0");
    }

    @Test
    void bodyThatIsSentInsteadOfTheByteIsNotRead() throws Exception {
        FileContent large = FileContent.seeded(2, 50_000_000);
        mirror.file(DATABASE, large)
                .faultOnRequest(DATABASE, 1, new Fault().status(405))
                .faultOnRequest(DATABASE, 2, new Fault().ignoreRange());

        assertThat(answered(mirror.url()).successful()).isTrue();

        assertThat(mirror.requests().get(1).bodyBytesSent().get()).isLessThan(large.lengthBytes());
    }

    @Test
    void failingStatusIsAnAnswer() throws Exception {
        mirror.fault(DATABASE, new Fault().status(404));

        assertThat(answered(mirror.url()).status()).isEqualTo(404);
    }

    @Test
    void cloudflareIsRecognised() throws Exception {
        try (MirrorField field = new MirrorField().file(DATABASE, FILE)) {
            assertThat(answered(field.add().cloudflare().url()).cloudflare()).isTrue();
            assertThat(answered(field.add().url()).cloudflare()).isFalse();
        }
    }

    @Test
    void latencyIsWhatTheMirrorTook() throws Exception {
        try (MirrorField field = new MirrorField().file(DATABASE, FILE)) {
            String url = field.add().latency(Duration.ofMillis(300)).url();

            assertThat(answered(url).latency()).isBetween(Duration.ofMillis(300), LONG);
        }
    }

    @Test
    void redirectsAreFollowed() throws Exception {
        try (ScriptedMirror other = new ScriptedMirror()
                .fault(DATABASE, new Fault().redirect(302, mirror.url() + "core/os/x86_64/core.db"))) {
            assertThat(answered(other.url()).successful()).isTrue();
        }
        assertThat(mirror.requestsFor(DATABASE)).hasSize(1);
    }

    @Test
    void silenceEndsWithTheTimeout() throws Exception {
        mirror.faultEverywhere(new Fault().silence());

        assertThat(unanswered(mirror.url(), SHORT)).contains("200 ms");
    }

    @Test
    void connectionThatIsNotAcceptedEndsWithTheTimeout() throws Exception {
        try (BlackHole hole = new BlackHole()) {
            assertThat(unanswered(hole.url(), SHORT)).contains("200 ms");
        }
    }

    @Test
    void refusedConnectionEndsAtOnce() throws Exception {
        try (ClosedPort closed = new ClosedPort()) {
            assertThat(unanswered(closed.url(), LONG)).contains("refused");
        }
    }

    @Test
    void nameThatCannotBeResolvedIsUnanswered() throws Exception {
        assertThat(unanswered("http://mirror.invalid/", LONG)).contains("resolved");
    }

    @Test
    void connectionThatClosesIsUnanswered() throws Exception {
        mirror.faultEverywhere(new Fault().closeWithoutAnswer());

        assertThat(unanswered(mirror.url(), LONG)).isNotBlank();
    }

    @Test
    void probeAfterTheEndOfTheConnectionsIsUnanswered() throws Exception {
        connections.close();

        assertThat(unanswered(mirror.url(), LONG)).isNotBlank();
    }

    private Answered answered(String url) throws Exception {
        return (Answered) ask(url, LONG).get(20, TimeUnit.SECONDS);
    }

    private String unanswered(String url, Duration timeout) throws Exception {
        return ((Unanswered) ask(url, timeout).get(20, TimeUnit.SECONDS)).reason();
    }

    private CompletableFuture<ProbeResult> ask(String url, Duration timeout) {
        return probe.probe(Mirror.of(url), timeout).toCompletableFuture();
    }
}
