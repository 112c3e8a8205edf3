package flexo.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import flexo.mirror.MirrorStatus;
import flexo.testing.ClosedPort;
import flexo.testing.Fault;
import flexo.testing.FileContent;
import flexo.testing.ScriptedMirror;
import flexo.testing.StatusDocument;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpStatusDocumentsTest {
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final ExecutorService connecting = Executors.newSingleThreadExecutor();
    private final UpstreamConnections connections = new UpstreamConnections(
            ConnectionSettings.usual(Duration.ofSeconds(3), "flexo-test", "flexo-1"),
            Runnable::run,
            RealTimer.TIMER,
            Thread::new);
    private ScriptedMirror first;
    private ScriptedMirror second;

    @BeforeEach
    void start() throws Exception {
        first = new ScriptedMirror()
                .file("/json", new StatusDocument().add("https://one.example/").content());
        second = new ScriptedMirror()
                .file("/json", new StatusDocument().add("https://two.example/").content());
    }

    @AfterEach
    void stop() throws Exception {
        first.close();
        second.close();
        connections.close();
        connecting.shutdownNow();
        timer.shutdownNow();
    }

    @Test
    void firstEndpointIsEnough() throws Exception {
        assertThat(fetched(first.url(), second.url())).containsExactly("https://one.example/");

        assertThat(second.requests()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {204, 404, 500, 503})
    void nextEndpointIsAskedAfterABadStatus(int status) throws Exception {
        first.faultEverywhere(new Fault().status(status));

        assertThat(fetched(first.url(), second.url())).containsExactly("https://two.example/");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "<html></html>", "{\"urls\": [", "{\"urls\": []}", "[]", "null"})
    void nextEndpointIsAskedAfterAnUnusableDocument(String text) throws Exception {
        first.file("/json", FileContent.of(text.getBytes(StandardCharsets.UTF_8)));

        assertThat(fetched(first.url(), second.url())).containsExactly("https://two.example/");
    }

    @Test
    void nextEndpointIsAskedAfterAConnectionThatBreaks() throws Exception {
        first.faultEverywhere(new Fault().cutAfter(20));

        assertThat(fetched(first.url(), second.url())).containsExactly("https://two.example/");
    }

    @Test
    void nextEndpointIsAskedWhenTheFirstIsDead() throws Exception {
        try (ClosedPort closed = new ClosedPort()) {
            assertThat(fetched(closed.url(), "http://mirror.invalid/", second.url()))
                    .containsExactly("https://two.example/");
        }
    }

    @Test
    void documentWithoutALengthIsTaken() throws Exception {
        first.faultEverywhere(new Fault().chunked());

        assertThat(fetched(first.url())).containsExactly("https://one.example/");
    }

    @Test
    void bodyThatIsMuchTooLargeIsRefused() throws Exception {
        first.file("/json", FileContent.seeded(1, 40_000_000));

        assertThat(fetched(first.url(), second.url())).containsExactly("https://two.example/");
    }

    @Test
    void documentInAFileIsRead(@TempDir Path directory) throws Exception {
        Files.write(
                directory.resolve("json"),
                new StatusDocument().add("https://local.example/").content().bytes());

        assertThat(fetched(directory.toUri().toString(), second.url())).containsExactly("https://local.example/");
        assertThat(second.requests()).isEmpty();
    }

    @Test
    void nextEndpointIsAskedWhereThereIsNoFile(@TempDir Path directory) throws Exception {
        String nowhere = directory.resolve("nowhere").toUri() + "/";

        assertThat(fetched(nowhere, second.url())).containsExactly("https://two.example/");
        assertThatThrownBy(() -> fetched(nowhere))
                .rootCause()
                .hasMessageContaining("nowhere/json: there is no such file");
    }

    @Test
    void redirectsAreFollowed() throws Exception {
        first.fault("/json", new Fault().redirect(301, second.url() + "json"));

        assertThat(fetched(first.url())).containsExactly("https://two.example/");
    }

    @Test
    void failureNamesEachEndpointAndItsReasonButNoPassword() throws Exception {
        first.faultEverywhere(new Fault().status(503));
        second.file("/json", FileContent.of(new byte[0]));

        assertThatThrownBy(() -> fetched(first.url().replace("//", "//user:secret@"), second.url()))
                .rootCause()
                .hasMessageContaining("503")
                .hasMessageContaining("empty")
                .hasMessageNotContaining("secret");
    }

    @Test
    void fetchAfterTheEndOfTheConnectionsFails() {
        connections.close();

        assertThatThrownBy(() -> fetched(first.url())).isInstanceOf(ExecutionException.class);
    }

    private List<String> fetched(String... endpoints) throws Exception {
        List<URI> uris =
                Stream.of(endpoints).map(url -> URI.create(url + "json")).toList();
        return new HttpStatusDocuments(connections, uris, connecting, timer)
                .fetch().toCompletableFuture().get(30, TimeUnit.SECONDS).stream()
                        .map(MirrorStatus::url)
                        .toList();
    }
}
