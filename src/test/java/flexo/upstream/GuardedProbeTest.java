package flexo.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.mirror.Mirror;
import flexo.mirror.ProbeResult;
import flexo.testing.ScriptedMirror;
import flexo.testing.StatusDocument;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A status document names mirrors in our own network. */
class GuardedProbeTest {
    /** Of all addresses only this one counts as public. */
    private static final String INTERNET = "127.0.0.1";

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final List<Mirror> asked = new ArrayList<>();
    private ScriptedMirror server;
    private UpstreamConnections connections;

    @BeforeEach
    void start() throws Exception {
        server = new ScriptedMirror()
                .file("/json", new StatusDocument().add("https://one.example/").content());
        connections = connections(INTERNET);
    }

    private static UpstreamConnections connections(String onlyPublic) {
        return new UpstreamConnections(
                ConnectionSettings.usual(Duration.ofSeconds(3), "flexo-test", "flexo-1"),
                new Network(
                        name -> List.of(InetAddress.getByName(name.equals("inside.example") ? "127.0.0.9" : INTERNET)),
                        address -> !address.getHostAddress().equals(onlyPublic)),
                Runnable::run,
                RealTimer.TIMER,
                Thread::new);
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
        connections.close();
        timer.shutdownNow();
    }

    private ProbeResult probe(String mirror) throws Exception {
        HttpStatusDocuments documents =
                new HttpStatusDocuments(connections, List.of(URI.create(server.url() + "json")), Runnable::run, timer);
        assertThat(documents.fetch().toCompletableFuture().get(20, TimeUnit.SECONDS))
                .hasSize(1);
        GuardedProbe probe = new GuardedProbe(
                (found, timeout) -> {
                    asked.add(found);
                    return CompletableFuture.completedStage(new ProbeResult.Unanswered("asked"));
                },
                connections,
                documents::cameFromInternet,
                Runnable::run);
        return probe.probe(Mirror.of(mirror), Duration.ofSeconds(1))
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://127.0.0.9/", "http://inside.example/", "http://localhost/"})
    void privateAddressThatTheInternetNamesIsNotAsked(String mirror) throws Exception {
        assertThat(probe(mirror))
                .isEqualTo(new ProbeResult.Unanswered(
                        "it is at a private address; allow_private_redirects would allow that"));
        assertThat(asked).isEmpty();
    }

    @Test
    void publicMirrorIsAsked() throws Exception {
        probe("http://outside.example/");

        assertThat(asked).hasSize(1);
    }

    @Test
    void documentOfOurOwnNetworkMayNameWhatIsInIt() throws Exception {
        connections.close();
        connections = connections("192.0.2.1");

        probe("http://inside.example/");

        assertThat(asked).hasSize(1);
    }

    @Test
    void privateMirrorIsAskedWhereThatIsAllowed() throws Exception {
        connections.use(new OutboundRules(ProxyRules.DIRECT, List.of(), new OutboundRules.RedirectRules(false, true)));

        probe("http://inside.example/");

        assertThat(asked).hasSize(1);
    }
}
