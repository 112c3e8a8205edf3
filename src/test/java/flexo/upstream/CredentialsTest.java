package flexo.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.download.MirrorClient;
import flexo.download.MirrorRequest;
import flexo.testing.Fault;
import flexo.testing.FileContent;
import flexo.testing.RecordedRequest;
import flexo.testing.ScriptedMirror;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What upstreams are told of us, and which of them. */
class CredentialsTest {
    private static final FileContent FILE = FileContent.seeded(1, 1000);

    private final ExecutorService resolving = Executors.newCachedThreadPool();
    private ScriptedMirror mirror;
    private ScriptedMirror other;
    private UpstreamConnections connections;
    private HttpMirrorClient client;

    @BeforeEach
    void begin() throws IOException {
        mirror = new ScriptedMirror().file("/private/file", FILE).file("/public/file", FILE);
        other = new ScriptedMirror().file("/private/file", FILE);
        connections = new UpstreamConnections(
                ConnectionSettings.usual(Duration.ofSeconds(5), "company/1", "flexo-7"),
                resolving,
                RealTimer.TIMER,
                Thread::new);
        client = new HttpMirrorClient(connections, SpeedLimit.none(), SpeedLimit.none());
    }

    @AfterEach
    void end() throws IOException {
        connections.close();
        mirror.close();
        other.close();
        resolving.shutdownNow();
    }

    @Test
    void everyRequestSaysWhoAsksAndThroughWhom() {
        mirror.fault("/from", new Fault().redirect(302, other.url() + "private/file"));

        get("from");

        assertThat(List.of(mirror.requests().get(0), other.requests().get(0))).allSatisfy(request -> {
            assertThat(request.header("Via")).contains("1.1 flexo-7");
            assertThat(request.header("User-Agent")).contains("company/1");
        });
    }

    @Test
    void upstreamIsSentItsUserAndPassword() {
        use(UpstreamAccess.with(prefix("private/"), Credential.basic("me", "pässword:1")));

        get("private/file");

        assertThat(authorization(mirror)).contains("Basic bWU6cMOkc3N3b3JkOjE=");
    }

    @Test
    void upstreamIsSentItsTokenAndItsHeaders() {
        use(new UpstreamAccess(
                prefix("private/"),
                Optional.empty(),
                Optional.of(Credential.bearer("t0ken")),
                Map.of("X-Api-Key", "k3y")));

        get("private/file");

        assertThat(authorization(mirror)).contains("Bearer t0ken");
        assertThat(mirror.requests().get(0).header("X-Api-Key")).contains("k3y");
    }

    @Test
    void headerOfAnUpstreamReplacesTheUsualOne() {
        use(new UpstreamAccess(
                prefix("private/"), Optional.empty(), Optional.empty(), Map.of("User-Agent", "special")));

        get("private/file");

        assertThat(mirror.requests().get(0).headers().get("user-agent")).containsExactly("special");
    }

    @Test
    void longestPrefixCounts() {
        use(
                UpstreamAccess.with(prefix(""), Credential.bearer("short")),
                UpstreamAccess.with(prefix("private"), Credential.bearer("long")));

        get("private/file");
        get("public/file");

        assertThat(mirror.requests())
                .extracting(request -> request.header("Authorization").orElse(""))
                .containsExactly("Bearer long", "Bearer short");
    }

    @Test
    void otherPathOfTheServerIsSentNothing() {
        use(UpstreamAccess.with(prefix("private/"), Credential.bearer("t0ken")));

        get("public/file");

        assertThat(authorization(mirror)).isEmpty();
    }

    @Test
    void redirectElsewhereTakesNothingAlong() {
        mirror.fault("/private/a", new Fault().redirect(302, other.url() + "private/file"))
                .fault("/private/b", new Fault().redirect(302, "/public/file"));
        use(new UpstreamAccess(
                prefix("private/"),
                Optional.empty(),
                Optional.of(Credential.bearer("t0ken")),
                Map.of("X-Api-Key", "k3y")));

        get("private/a");
        get("private/b");

        assertThat(other.requests().get(0).headers()).doesNotContainKeys("authorization", "x-api-key");
        assertThat(mirror.requestsFor("/public/file").get(0).headers())
                .doesNotContainKeys("authorization", "x-api-key");
        assertThat(mirror.requestsFor("/private/a").get(0).header("X-Api-Key")).isPresent();
    }

    @Test
    void redirectToAnUpstreamWithCredentialsIsSentThose() {
        mirror.fault("/private/a", new Fault().redirect(302, other.url() + "private/file"));
        use(UpstreamAccess.with(URI.create(other.url()), Credential.bearer("others")));

        get("private/a");

        assertThat(authorization(mirror)).isEmpty();
        assertThat(authorization(other)).contains("Bearer others");
    }

    @Test
    void passwordOfAnAddressStaysOnItsServer() {
        mirror.fault("/a", new Fault().redirect(302, "/b"))
                .fault("/b", new Fault().redirect(302, other.url() + "private/file"));

        ask("http://me:pass%20word@127.0.0.1:" + mirror.port() + "/a");

        assertThat(mirror.requests())
                .extracting(request -> request.header("Authorization").orElse(""))
                .containsExactly("Basic bWU6cGFzcyB3b3Jk", "Basic bWU6cGFzcyB3b3Jk");
        assertThat(authorization(other)).isEmpty();
    }

    @Test
    void nothingOfOneRequestIsInTheNext() {
        use(UpstreamAccess.with(prefix("private/"), Credential.bearer("t0ken")));
        get("private/file");
        get("public/file");

        assertThat(mirror.requestsFor("/public/file").get(0).headers()).doesNotContainKey("authorization");
    }

    @Test
    void oneTableMaySayTheWayAndAnotherTheCredential() {
        use(
                new UpstreamAccess(
                        prefix("private/"),
                        Optional.of(new UpstreamAccess.Way(Optional.empty())),
                        Optional.empty(),
                        Map.of("X-A", "long")),
                new UpstreamAccess(
                        prefix(""),
                        Optional.empty(),
                        Optional.of(Credential.bearer("t0ken")),
                        Map.of("X-A", "short", "X-B", "b")));

        get("private/file");

        assertThat(authorization(mirror)).contains("Bearer t0ken");
        assertThat(mirror.requests().get(0).header("X-A")).contains("long");
        assertThat(mirror.requests().get(0).header("X-B")).contains("b");
    }

    @ParameterizedTest
    @CsvSource({
        "https://h.example/a/, https://h.example/a/b, true",
        "https://h.example/a, https://h.example/a/b, true",
        "https://h.example/a, https://h.example/a, true",
        "https://h.example, https://h.example/x, true",
        "https://H.example:443/, https://h.EXAMPLE/x, true",
        "https://h.example/a, https://h.example/ab, false",
        "https://h.example/a/, https://h.example/a/../b, false",
        "https://h.example/a/, http://h.example/a/b, false",
        "https://h.example/a/, https://h.example:8443/a/b, false",
        "https://h.example/a/, https://sub.h.example/a/b, false",
        "https://h.example/a/, https://h.example.org/a/b, false"
    })
    void upstreamIsItsServerAndItsPath(URI prefix, URI address, boolean covered) {
        assertThat(UpstreamAccess.with(prefix, Credential.bearer("t0ken")).covers(address))
                .isEqualTo(covered);
    }

    @Test
    void nothingThatPeopleSeeHoldsASecret() {
        Credential basic = Credential.basic("me", "s3cret");
        UpstreamAccess access = new UpstreamAccess(
                prefix(""),
                Optional.of(new UpstreamAccess.Way(Optional.of(new HttpProxy("proxy.example", 1, Optional.of(basic))))),
                Optional.of(basic),
                Map.of("X-Key", "s3cret"));
        ProxyRules proxies = new ProxyRules(
                Optional.of(new HttpProxy("proxy.example", 1, Optional.of(basic))), Optional.empty(), NoProxy.NONE);

        assertThat(List.of(
                        basic,
                        access,
                        proxies,
                        new OutboundRules(proxies, List.of(access), OutboundRules.RedirectRules.USUAL)))
                .allSatisfy(shown -> assertThat(shown.toString()).doesNotContain("s3cret"));
    }

    private void use(UpstreamAccess... upstreams) {
        connections.use(new OutboundRules(ProxyRules.DIRECT, List.of(upstreams), OutboundRules.RedirectRules.USUAL));
    }

    private URI prefix(String path) {
        return URI.create(mirror.url() + path);
    }

    private static Optional<String> authorization(ScriptedMirror of) {
        RecordedRequest request = of.requests().get(0);
        return request.header("Authorization");
    }

    private void get(String path) {
        ask(mirror.url() + path);
    }

    private void ask(String address) {
        Recorder answer = Recorder.wanting();
        MirrorClient.Exchange unused =
                client.send(new MirrorRequest(URI.create(address), 0, false, Optional.empty()), answer);
        answer.awaitEnd();
    }
}
