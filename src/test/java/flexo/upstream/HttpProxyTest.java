package flexo.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import flexo.download.MirrorClient;
import flexo.download.MirrorRequest;
import flexo.mirror.Mirror;
import flexo.mirror.MirrorFailure;
import flexo.mirror.ProbeResult;
import flexo.testing.Fault;
import flexo.testing.FileContent;
import flexo.testing.ForwardProxy;
import flexo.testing.ScriptedMirror;
import flexo.testing.StatusDocument;
import flexo.testing.TestCertificates;
import flexo.upstream.ConnectionSettings.Traffic;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests that leave through a forward proxy, where only the proxy knows what names mean. */
class HttpProxyTest {
    private static final FileContent FILE = FileContent.seeded(1, 200_000);
    private static final String PATH = "/core/os/x86_64/vim.pkg.tar.zst";
    private static final String DATABASE = "/core/os/x86_64/core.db";

    private final ExecutorService resolving = Executors.newCachedThreadPool();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    /** What was looked up here, and not by the proxy. */
    private final List<String> lookedUp = Collections.synchronizedList(new ArrayList<>());

    private ForwardProxy proxy;
    private ScriptedMirror mirror;
    private ScriptedMirror secureMirror;
    private UpstreamConnections connections;
    private HttpMirrorClient client;

    @BeforeEach
    void begin() throws Exception {
        mirror = new ScriptedMirror().file(PATH, FILE).file(DATABASE, FILE);
        secureMirror = ScriptedMirror.overTls(false).file(PATH, FILE).file(DATABASE, FILE);
        proxy = new ForwardProxy().knows("mirror.example", mirror.port());
        TlsSetup tls = TlsSetup.of(
                new TlsSetup.Files(
                        List.of(TestCertificates.file("authority.pem")),
                        Optional.empty(),
                        Optional.empty(),
                        TlsSetup.Minimum.TLS_1_2),
                Instant.now());
        connections = new UpstreamConnections(
                new ConnectionSettings(Duration.ofSeconds(5), "flexo/test", "flexo-1", Traffic.FILES, 64, tls),
                new Network(
                        name -> {
                            lookedUp.add(name);
                            return Network.REAL.lookup().addresses(name);
                        },
                        PrivateAddresses::contain),
                resolving,
                RealTimer.TIMER,
                Thread::new);
        client = new HttpMirrorClient(connections, SpeedLimit.none(), SpeedLimit.none());
    }

    @AfterEach
    void end() throws IOException {
        connections.close();
        proxy.close();
        mirror.close();
        secureMirror.close();
        resolving.shutdownNow();
        timer.shutdownNow();
    }

    @Test
    void httpIsAskedOfTheProxyByItsWholeAddress() {
        useProxy();

        assertThat(get("http://mirror.example" + PATH, 150_000).awaitEnd().body())
                .isEqualTo(FILE.bytes(150_000, 50_000));
        assertThat(proxy.requestLines()).containsExactly("GET http://mirror.example" + PATH + " HTTP/1.1");
        assertThat(mirror.requests().get(0).range()).isEqualTo("bytes=150000-");
    }

    @Test
    void httpsIsAskedThroughATunnelOfTheProxy() {
        proxy.knows("mirror.example", secureMirror.port());
        useProxy();

        assertThat(get("https://mirror.example" + PATH, 0).awaitEnd().body()).isEqualTo(FILE.bytes());
        assertThat(proxy.requestLines()).containsExactly("CONNECT mirror.example:443 HTTP/1.1");
        assertThat(secureMirror.requests()).hasSize(1);
    }

    @Test
    void tunnelIsUsedAgain() {
        proxy.knows("mirror.example", secureMirror.port());
        useProxy();

        await().until(() -> {
            int before = proxy.heads().size();
            get("https://mirror.example" + PATH, 0).awaitEnd();
            return proxy.heads().size() == before;
        });
    }

    @Test
    void proxyIsToldWhoWeAreAndTheServerIsNot() {
        proxy.requires("me", "s3cret:@").knows("mirror.example", secureMirror.port());
        HttpProxy known = new HttpProxy("127.0.0.1", proxy.port(), Optional.of(Credential.basic("me", "s3cret:@")));
        connections.use(new OutboundRules(
                new ProxyRules(Optional.of(known), Optional.of(known), NoProxy.NONE),
                List.of(),
                OutboundRules.RedirectRules.USUAL));

        get("https://mirror.example" + PATH, 0).awaitEnd();
        proxy.knows("mirror.example", mirror.port());
        get("http://mirror.example" + PATH, 0).awaitEnd();

        assertThat(proxy.heads()).as("nothing is asked twice").hasSize(2);
        assertThat(mirror.requests())
                .singleElement()
                .satisfies(request ->
                        assertThat(request.headers()).doesNotContainKeys("proxy-authorization", "authorization"));
        assertThat(secureMirror.requests())
                .singleElement()
                .satisfies(request ->
                        assertThat(request.headers()).doesNotContainKeys("proxy-authorization", "authorization"));
    }

    @Test
    void credentialsOfTheServerAreNotForTheProxy() {
        proxy.knows("mirror.example", secureMirror.port());
        useProxy();

        get("https://user:password@mirror.example" + PATH, 0).awaitEnd();

        assertThat(proxy.heads()).noneMatch(head -> head.contains("Authorization"));
        assertThat(secureMirror.requests().get(0).header("Authorization")).isPresent();
    }

    @Test
    void proxyThatDoesNotKnowUsIsNamedAndTheMirrorNotBlamed() {
        proxy.requires("me", "other");
        useProxy();

        for (String scheme : List.of("http", "https")) {
            assertThat(get(scheme + "://mirror.example" + PATH, 0).awaitFailure())
                    .isEqualTo(new Recorder.Failed(
                            MirrorFailure.PROXY_FAILED,
                            "could not be asked: the proxy http://127.0.0.1:" + proxy.port()
                                    + " wants a user and password (407)",
                            false));
        }
    }

    @Test
    void tunnelThatIsRefusedIsNoAnswerOfTheMirror() {
        proxy.refusesTunnels(404);
        useProxy();

        Recorder answer = get("https://mirror.example" + PATH, 0);

        assertThat(answer.awaitFailure().failure()).isEqualTo(MirrorFailure.PROXY_FAILED);
        assertThat(answer.awaitFailure().detail()).endsWith("opens no tunnel to it (404)");
        assertThat(answer.events()).containsExactly("failure");
    }

    @Test
    void proxyThatDiedIsNamedAndIsUsedAgainWhenItIsBack() throws Exception {
        useProxy();
        get("http://mirror.example" + PATH, 0).awaitEnd();
        proxy.die();

        for (String scheme : List.of("http", "https")) {
            assertThat(get(scheme + "://mirror.example" + PATH, 0).awaitFailure())
                    .isEqualTo(new Recorder.Failed(
                            MirrorFailure.PROXY_FAILED,
                            "could not be asked: the proxy http://127.0.0.1:" + proxy.port()
                                    + " refused the connection",
                            false));
        }

        proxy.comeBack();
        assertThat(get("http://mirror.example" + PATH, 0).awaitEnd().body()).isEqualTo(FILE.bytes());
    }

    @Test
    void mirrorTestLeavesNamesToTheProxy() throws Exception {
        useProxy();
        HttpMirrorProbe probe = new HttpMirrorProbe(connections, resolving, timer, System::nanoTime);

        ProbeResult result = probe.probe(Mirror.of("http://mirror.example/"), Duration.ofSeconds(15))
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS);

        assertThat(result)
                .isInstanceOfSatisfying(
                        ProbeResult.Answered.class,
                        answer -> assertThat(answer.status()).isEqualTo(200));
        assertThat(proxy.requestLines()).containsExactly("HEAD http://mirror.example" + DATABASE + " HTTP/1.1");
    }

    @Test
    void listOfMirrorsComesThroughTheProxy() throws Exception {
        mirror.file("/status", new StatusDocument().add("https://one.example/").content());
        useProxy();
        HttpStatusDocuments documents = new HttpStatusDocuments(
                connections, List.of(URI.create("http://mirror.example/status")), resolving, timer);

        assertThat(documents.fetch().toCompletableFuture().get(20, TimeUnit.SECONDS))
                .hasSize(1);
        assertThat(proxy.requestLines()).containsExactly("GET http://mirror.example/status HTTP/1.1");
    }

    @Test
    void redirectIsFollowedThroughTheProxyAndNothingElseIsLookedUp() {
        proxy.knows("other.example", mirror.port());
        mirror.fault("/from", new Fault().redirect(302, "http://other.example" + PATH));
        useProxy();

        get("http://mirror.example/from", 0).awaitEnd();

        assertThat(proxy.requestLines())
                .containsExactly(
                        "GET http://mirror.example/from HTTP/1.1", "GET http://other.example" + PATH + " HTTP/1.1");
        // The proxy itself.
        assertThat(lookedUp).containsOnly("127.0.0.1");
    }

    @Test
    void whatNeedsNoProxyIsAskedDirectly() {
        connections.use(new OutboundRules(
                new ProxyRules(
                        Optional.of(at(proxy)),
                        Optional.empty(),
                        new NoProxy(
                                NoProxy.Exemption.parse("127.0.0.0/8").stream().toList())),
                List.of(),
                OutboundRules.RedirectRules.USUAL));

        get(mirror.url() + PATH.substring(1), 0).awaitEnd();

        assertThat(proxy.heads()).isEmpty();
    }

    @Test
    void upstreamMayHaveAProxyOfItsOwnWhichItsRedirectsGoThroughToo() throws IOException {
        try (ForwardProxy own =
                new ForwardProxy().knows("repo.example", mirror.port()).knows("cdn.example", mirror.port())) {
            mirror.fault("/a/from", new Fault().redirect(302, "http://cdn.example" + PATH));
            connections.use(new OutboundRules(
                    choice(),
                    List.of(new UpstreamAccess(
                            URI.create("http://repo.example/a/"),
                            Optional.of(new UpstreamAccess.Way(Optional.of(at(own)))),
                            Optional.empty(),
                            Map.of())),
                    OutboundRules.RedirectRules.USUAL));

            get("http://repo.example/a/from", 0).awaitEnd();

            assertThat(own.heads()).hasSize(2);
            assertThat(proxy.heads()).isEmpty();
        }
    }

    @Test
    void upstreamMayBeAskedDirectlyThoughThereIsAProxy() {
        connections.use(new OutboundRules(
                choice(),
                List.of(new UpstreamAccess(
                        URI.create(mirror.url()),
                        Optional.of(new UpstreamAccess.Way(Optional.empty())),
                        Optional.empty(),
                        Map.of())),
                OutboundRules.RedirectRules.USUAL));

        get(mirror.url() + PATH.substring(1), 0).awaitEnd();

        assertThat(proxy.heads()).isEmpty();
    }

    @Test
    void cancelInsideATunnelToASilentServerClosesIt() {
        secureMirror.fault(PATH, new Fault().silence());
        proxy.knows("mirror.example", secureMirror.port());
        useProxy();
        Recorder answer = Recorder.wanting();
        MirrorClient.Exchange exchange = send("https://mirror.example" + PATH, 0, answer);
        await().until(() -> secureMirror.requestsFor(PATH).size() == 1);

        exchange.cancel();

        await().until(() -> secureMirror.connectionsOpen() == 0);
        assertThat(answer.events()).containsExactly("failure");
    }

    private void useProxy() {
        connections.use(new OutboundRules(choice(), List.of(), OutboundRules.RedirectRules.USUAL));
    }

    private ProxyRules choice() {
        Optional<HttpProxy> given = Optional.of(at(proxy));
        return new ProxyRules(given, given, NoProxy.NONE);
    }

    private static HttpProxy at(ForwardProxy proxy) {
        return new HttpProxy("127.0.0.1", proxy.port(), Optional.empty());
    }

    private Recorder get(String address, long fromByte) {
        Recorder answer = Recorder.wanting();
        MirrorClient.Exchange unused = send(address, fromByte, answer);
        return answer;
    }

    private MirrorClient.Exchange send(String address, long fromByte, Recorder answer) {
        return client.send(new MirrorRequest(URI.create(address), fromByte, false, Optional.empty()), answer);
    }
}
