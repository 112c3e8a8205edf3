package flexo.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.download.MirrorClient;
import flexo.download.MirrorRequest;
import flexo.mirror.MirrorFailure;
import flexo.testing.BlackHole;
import flexo.testing.Fault;
import flexo.testing.FileContent;
import flexo.testing.ForwardProxy;
import flexo.testing.ScriptedMirror;
import flexo.testing.TestCertificates;
import flexo.upstream.ConnectionSettings.Traffic;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where redirects may lead; 127.0.0.1 plays the internet here, and 127.0.0.2 our own network. */
class RedirectRulesTest {
    private static final FileContent FILE = FileContent.seeded(1, 1000);
    private static final String INTERNET = "127.0.0.1";
    private static final String INSIDE = "127.0.0.2";

    private final ExecutorService resolving = Executors.newCachedThreadPool();
    /** What a name server says of a name, one answer after another; the last one stays. */
    private final Map<String, Deque<List<String>>> names = new ConcurrentHashMap<>();

    private ScriptedMirror mirror;
    private ScriptedMirror secureMirror;
    private UpstreamConnections connections;
    private HttpMirrorClient client;

    @BeforeEach
    void begin() throws Exception {
        mirror = new ScriptedMirror().file("/file", FILE);
        secureMirror = ScriptedMirror.overTls(false).file("/file", FILE);
        TlsSetup tls = TlsSetup.of(
                new TlsSetup.Files(
                        List.of(TestCertificates.file("authority.pem")),
                        Optional.empty(),
                        Optional.empty(),
                        TlsSetup.Minimum.TLS_1_2),
                Instant.now());
        connections = new UpstreamConnections(
                new ConnectionSettings(Duration.ofSeconds(5), "flexo/test", "flexo-1", Traffic.FILES, 64, tls),
                new Network(this::lookUp, address -> !address.getHostAddress().equals(INTERNET)),
                resolving,
                RealTimer.TIMER,
                Thread::new);
        client = new HttpMirrorClient(connections, SpeedLimit.none(), SpeedLimit.none());
    }

    @AfterEach
    void end() throws IOException {
        connections.close();
        mirror.close();
        secureMirror.close();
        resolving.shutdownNow();
    }

    // To private places.

    @Test
    void redirectFromTheInternetToAPrivateAddressIsRefusedAndNothingIsAskedThere() throws IOException {
        try (ScriptedMirror inside = new ScriptedMirror().file("/file", FILE)) {
            redirect("http://" + INSIDE + ":" + inside.port() + "/file");

            assertRefused(get("/from"), "redirects from the internet to a private address (127.0.0.2)");
            assertThat(inside.connectionsAccepted()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "a.localhost.", "[::1]", "[::7f00:2]", "2130706434", "0177.0.0.2", "0.0.0.0"})
    void everySpellingOfAPrivatePlaceIsRefused(String host) {
        redirect("http://" + host + ":" + mirror.port() + "/file");

        assertRefused(get("/from"), "to a private address (" + host + ")");
    }

    /** These are no hosts at all by RFC 3986, though some programs read them as addresses. */
    @ParameterizedTest
    @ValueSource(strings = {"0x7f.2", "127.2", "[::ffff:127.0.0.2%25lo]"})
    void spellingThatIsNoHostIsRefused(String host) {
        redirect("http://" + host + ":" + mirror.port() + "/file");

        assertRefused(get("/from"), "redirects to an address whose host cannot be read, or with a password");
    }

    @Test
    void nameThatMeansAPrivateAddressIsRefusedEvenIfItMeansAPublicOneToo() {
        says("evil.example", INTERNET, INSIDE);
        redirect("http://evil.example:" + mirror.port() + "/file");

        assertRefused(get("/from"), "(evil.example, that is 127.0.0.2)");
    }

    @Test
    void nameThatMeansSomethingElseAMomentLaterIsConnectedWhereItWasLookedUp() {
        says("rebinding.example", INTERNET);
        says("rebinding.example", INSIDE);
        redirect("http://rebinding.example:" + mirror.port() + "/file");

        assertThat(get("/from").awaitEnd().body()).isEqualTo(FILE.bytes());
        assertThat(mirror.requestsFor("/file"))
                .singleElement()
                .satisfies(
                        request -> assertThat(request.header("Host")).contains("rebinding.example:" + mirror.port()));
    }

    @Test
    void otherAddressesOfANameAreTriedToo() throws IOException {
        // Nobody listens at the first one.
        connections.close();
        connections = new UpstreamConnections(
                ConnectionSettings.usual(Duration.ofSeconds(5), "flexo/test", "flexo-1"),
                new Network(this::lookUp, address -> false),
                resolving,
                RealTimer.TIMER,
                Thread::new);
        client = new HttpMirrorClient(connections, SpeedLimit.none(), SpeedLimit.none());
        says("two.example", INSIDE, INTERNET);
        redirect("http://two.example:" + mirror.port() + "/file");

        assertThat(get("/from").awaitEnd().body()).isEqualTo(FILE.bytes());
    }

    @Test
    void deadAddressesOfANameCostLittleTime() throws IOException {
        says("dead.example", "127.0.0.3", "127.0.0.4", "127.0.0.5", "127.0.0.6", INTERNET);
        connections.close();
        connections = new UpstreamConnections(
                ConnectionSettings.usual(Duration.ofSeconds(5), "flexo/test", "flexo-1"),
                new Network(this::lookUp, address -> false),
                resolving,
                RealTimer.TIMER,
                Thread::new);
        client = new HttpMirrorClient(connections, SpeedLimit.none(), SpeedLimit.none());
        redirect("http://dead.example:" + mirror.port() + "/file");
        List<BlackHole> dead = new ArrayList<>();
        try {
            for (int last = 3; last <= 6; last++) {
                dead.add(new BlackHole(InetAddress.getByName("127.0.0." + last), mirror.port()));
            }
            long started = System.nanoTime();

            assertThat(get("/from").awaitEnd().body()).isEqualTo(FILE.bytes());
            assertThat(ask("http://dead.example:" + mirror.port() + "/file")
                            .awaitEnd()
                            .body())
                    .isEqualTo(FILE.bytes());

            assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(4));
        } finally {
            for (BlackHole hole : dead) {
                hole.close();
            }
        }
    }

    @Test
    void privateMirrorMayRedirectToAPrivateOne() throws IOException {
        connections.close();
        connections = new UpstreamConnections(
                ConnectionSettings.usual(Duration.ofSeconds(5), "flexo/test", "flexo-1"),
                new Network(this::lookUp, address -> true),
                resolving,
                RealTimer.TIMER,
                Thread::new);
        client = new HttpMirrorClient(connections, SpeedLimit.none(), SpeedLimit.none());
        try (ScriptedMirror other = new ScriptedMirror().file("/file", FILE)) {
            redirect(other.url() + "file");

            assertThat(get("/from").awaitEnd().body()).isEqualTo(FILE.bytes());
        }
    }

    @Test
    void redirectToAPrivateAddressIsFollowedWhereThatIsAllowed() {
        connections.use(new OutboundRules(ProxyRules.DIRECT, List.of(), new OutboundRules.RedirectRules(false, true)));
        redirect("http://localhost:" + mirror.port() + "/file");

        assertThat(get("/from").awaitEnd().body()).isEqualTo(FILE.bytes());
    }

    @Test
    void addressIsJudgedThoughAProxyLooksUpNames() throws IOException {
        try (ForwardProxy proxy = new ForwardProxy().knows("mirror.example", mirror.port())) {
            connections.use(new OutboundRules(
                    new ProxyRules(
                            Optional.of(new HttpProxy("127.0.0.1", proxy.port(), Optional.empty())),
                            Optional.empty(),
                            NoProxy.NONE),
                    List.of(),
                    OutboundRules.RedirectRules.USUAL));
            redirect("http://" + INSIDE + ":" + mirror.port() + "/file");

            assertRefused(ask("http://mirror.example/from"), "to a private address (127.0.0.2)");
            assertThat(proxy.heads()).hasSize(1);
        }
    }

    // To other schemes.

    @Test
    void redirectFromHttpsToHttpIsRefused() {
        secureMirror.fault("/from", new Fault().redirect(302, mirror.url() + "file"));

        assertRefused(
                ask(secureMirror.url() + "from"),
                "redirects from https to http, to 127.0.0.1; allow_https_downgrade would allow it");
        assertThat(mirror.requests()).isEmpty();
    }

    @Test
    void redirectFromHttpsToHttpIsFollowedWhereThatIsAllowed() {
        connections.use(new OutboundRules(ProxyRules.DIRECT, List.of(), new OutboundRules.RedirectRules(true, false)));
        secureMirror.fault("/from", new Fault().redirect(302, mirror.url() + "file"));

        assertThat(ask(secureMirror.url() + "from").awaitEnd().body()).isEqualTo(FILE.bytes());
    }

    @Test
    void redirectFromHttpToHttpsIsFollowed() {
        redirect(secureMirror.url() + "file");

        assertThat(get("/from").awaitEnd().body()).isEqualTo(FILE.bytes());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"ftp://127.0.0.1/file", "file:///etc/passwd", "mailto:me@example.org", "gopher://127.0.0.1/"})
    void onlyHttpAndHttpsAreFollowed(String location) {
        redirect(location);

        assertRefused(get("/from"), "redirects to something that is neither http nor https");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http:///file",
                "http://user:secret@127.0.0.1/file",
                "http://[",
                "http://127.0.0.1:0x/",
                "http://127.0.0.1:99999/"
            })
    void redirectToNowhereEndsWithAMessage(String location) {
        redirect(location);

        Recorder.Failed failed = get("/from").awaitFailure();

        assertThat(failed.failure()).isEqualTo(MirrorFailure.BAD_STATUS);
        assertThat(failed.detail()).doesNotContain("secret");
    }

    @Test
    void redirectToANameThatMeansNothingIsUnreachable() {
        redirect("http://nowhere.example/file");

        assertThat(get("/from").awaitFailure().failure()).isEqualTo(MirrorFailure.UNREACHABLE);
    }

    private static void assertRefused(Recorder answer, String words) {
        assertThat(answer.awaitFailure().failure()).isEqualTo(MirrorFailure.BAD_STATUS);
        assertThat(answer.awaitFailure().detail()).contains(words);
        assertThat(answer.events()).containsExactly("failure");
    }

    private void redirect(String location) {
        mirror.fault("/from", new Fault().redirect(302, location));
    }

    private void says(String name, String... addresses) {
        names.computeIfAbsent(name, any -> new ArrayDeque<>()).add(Arrays.asList(addresses));
    }

    private List<InetAddress> lookUp(String name) throws UnknownHostException {
        Deque<List<String>> answers = names.getOrDefault(name, new ArrayDeque<>());
        List<String> answer = answers.size() > 1 ? answers.remove() : answers.peek();
        if (answer == null) {
            return Network.REAL.lookup().addresses(name);
        }
        List<InetAddress> addresses = new ArrayList<>();
        for (String address : answer) {
            addresses.add(InetAddress.getByName(address));
        }
        return addresses;
    }

    private Recorder get(String path) {
        return ask("http://" + INTERNET + ":" + mirror.port() + path);
    }

    private Recorder ask(String address) {
        Recorder answer = Recorder.wanting();
        MirrorClient.Exchange unused =
                client.send(new MirrorRequest(URI.create(address), 0, false, Optional.empty()), answer);
        return answer;
    }
}
