package flexo.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import flexo.download.MirrorClient;
import flexo.download.MirrorRequest;
import flexo.mirror.MirrorFailure;
import flexo.testing.Fault;
import flexo.testing.FileContent;
import flexo.testing.Gate;
import flexo.testing.RecordedRequest;
import flexo.testing.ScriptedMirror;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.nio.AsyncResponseConsumer;
import org.apache.hc.core5.http.nio.support.AsyncRequestBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The client on real connections to a mirror that does as it is told. */
class HttpMirrorClientTest {
    private static final FileContent FILE = FileContent.seeded(1, 200_000);
    private static final FileContent LARGE = FileContent.seeded(2, 50_000_000);
    private static final String PATH = "/extra/os/x86_64/vim.pkg.tar.zst";
    private static final String OTHER = "/extra/os/x86_64/nano.pkg.tar.zst";

    private final List<Thread> threads = new CopyOnWriteArrayList<>();
    private final ExecutorService resolving = Executors.newCachedThreadPool();
    private ScriptedMirror mirror;
    private UpstreamConnections connections;
    private HttpMirrorClient client;

    @BeforeEach
    void begin() throws IOException {
        mirror = new ScriptedMirror().file(PATH, FILE).file(OTHER, FILE).file("/large", LARGE);
        connections = new UpstreamConnections(
                ConnectionSettings.usual(Duration.ofSeconds(5), "flexo/test", "flexo-1"),
                resolving,
                RealTimer.TIMER,
                task -> {
                    Thread thread = new Thread(task, "mirrors-under-test");
                    thread.setDaemon(true);
                    threads.add(thread);
                    return thread;
                });
        client = new HttpMirrorClient(connections, SpeedLimit.none(), SpeedLimit.none());
    }

    @AfterEach
    void end() throws IOException {
        connections.close();
        mirror.close();
        resolving.shutdownNow();
    }

    // Requests.

    @Test
    void requestAsksForTheFileAndNothingElse() {
        Recorder answer = get(PATH, 0).awaitEnd();

        assertThat(answer.body()).isEqualTo(FILE.bytes());
        assertThat(answer.events()).containsExactly("response", "bytes", "end");
        RecordedRequest request = only(PATH);
        assertThat(request.method()).isEqualTo("GET");
        assertThat(request.headers())
                .doesNotContainKeys("accept-encoding", "range", "if-range", "cookie", "if-modified-since");
        assertThat(request.header("User-Agent")).contains("flexo/test");
    }

    @Test
    void pathIsSentAsItIsSpelled() {
        String name = "/e/libstdc%2B%2B5-1:3.3~x@7%25.pkg.tar.zst";
        mirror.file("/e/libstdc++5-1:3.3~x@7%.pkg.tar.zst", FILE);

        get(name, 0).awaitEnd();

        assertThat(mirror.requests()).extracting(RecordedRequest::target).containsExactly(name);
    }

    @Test
    void headWithALinkForEachOfManyMirrorsIsRead() {
        Fault links = new Fault();
        for (int other = 0; other < 1900; other++) {
            links.header("Link: <http://mirror" + other + ".example.org/pub/repositories/home:/joe/Arch/x86_64/"
                    + "x".repeat(60) + ">; rel=duplicate");
        }
        mirror.fault(PATH, links);

        assertThat(get(PATH, 0).awaitEnd().body()).isEqualTo(FILE.bytes());
    }

    @Test
    void headOfMoreBytesThanLibcurlTakesIsRefused() {
        Fault links = new Fault();
        for (int other = 0; other < 40; other++) {
            links.header("Link: <" + "x".repeat(8000) + ">");
        }
        mirror.fault(PATH, links);

        assertThat(get(PATH, 0).awaitFailure().failure()).isEqualTo(MirrorFailure.BAD_STATUS);
    }

    @Test
    void restIsAskedForByAnOpenEndedRange() {
        Recorder answer = get(PATH, 150_000).awaitEnd();

        assertThat(only(PATH).range()).isEqualTo("bytes=150000-");
        assertThat(answer.awaitResponse().range().orElseThrow().first()).isEqualTo(150_000);
        assertThat(answer.body()).isEqualTo(FILE.bytes(150_000, 50_000));
    }

    @Test
    void rangeEndsWhereItIsToEnd() {
        Recorder answer = Recorder.wanting();
        URI uri = URI.create(mirror.url() + PATH.substring(1));
        MirrorClient.Exchange unused = client.send(
                new MirrorRequest(uri, 1000, 3000, false, Optional.empty(), false, false, false, ""), answer);

        assertThat(answer.awaitEnd().body()).isEqualTo(FILE.bytes(1000, 2000));
        assertThat(only(PATH).range()).isEqualTo("bytes=1000-2999");
    }

    @Test
    void rangeDoesNotLeakIntoTheNextRequestOfTheConnection() {
        untilOnAUsedConnection(
                () -> get(PATH, 150_000).awaitEnd(),
                () -> assertThat(get(OTHER, 0).awaitEnd().body()).isEqualTo(FILE.bytes()));

        assertThat(mirror.requestsFor(OTHER))
                .allMatch(request -> request.range().equals("none"));
    }

    @Test
    void headIsAskedForWithoutABody() {
        Recorder answer = Recorder.wanting();
        send(client, PATH, 0, true, answer);
        answer.awaitEnd();

        assertThat(only(PATH).method()).isEqualTo("HEAD");
        assertThat(answer.awaitResponse().bodyBytes()).hasValue(200_000);
        assertThat(answer.body()).isEmpty();
    }

    @Test
    void encodedBodyIsHandedOnAsItCame() {
        mirror.fault(PATH, new Fault().header("Content-Encoding: gzip"));

        assertThat(get(PATH, 0).awaitEnd().body()).isEqualTo(FILE.bytes());
    }

    @Test
    void cookiesAreNotKept() {
        mirror.fault(PATH, new Fault().header("Set-Cookie: a=b; Path=/"));
        get(PATH, 0).awaitEnd();

        get(OTHER, 0).awaitEnd();

        assertThat(only(OTHER).headers()).doesNotContainKey("cookie");
    }

    // What the library would do by itself.

    @ParameterizedTest
    @ValueSource(ints = {429, 500, 502, 503, 504})
    void errorIsNotAskedAgain(int status) throws Exception {
        mirror.faultOnRequest(PATH, 1, new Fault().status(status).header("Retry-After: 0"));

        Recorder answer = Recorder.refusing();
        sendToItsEnd(PATH, answer);

        assertThat(answer.awaitResponse().status()).isEqualTo(status);
        assertThat(answer.events()).containsExactly("response");
        assertThat(mirror.requestsFor(PATH)).hasSize(1);
    }

    @Test
    void bodyThatIsCutIsNotAskedAgain() {
        mirror.faultOnRequest(PATH, 1, new Fault().resetAfter(100_000));

        Recorder answer = get(PATH, 0);

        assertThat(answer.awaitFailure().failure()).isEqualTo(MirrorFailure.TRUNCATED);
        assertThat(answer.body()).isEqualTo(FILE.bytes(0, answer.body().length));
        assertThat(answer.events()).doesNotContain("end");
        assertThat(mirror.requestsFor(PATH)).hasSize(1);
    }

    @Test
    void bodyThatEndsEarlyIsTruncated() {
        mirror.fault(PATH, new Fault().cutAfter(100_000));

        Recorder answer = get(PATH, 0);

        assertThat(answer.awaitFailure().failure()).isEqualTo(MirrorFailure.TRUNCATED);
        assertThat(answer.awaitFailure().stale()).isFalse();
        assertThat(answer.body()).isEqualTo(FILE.bytes(0, 100_000));
    }

    @Test
    void closedPortIsUnreachable() throws Exception {
        mirror.refuseConnections();

        assertThat(get(PATH, 0).awaitFailure())
                .isEqualTo(new Recorder.Failed(MirrorFailure.UNREACHABLE, "refused the connection", false));
    }

    @Test
    void answerThatIsNoHttpIsABadStatus() throws IOException {
        try (ServerSocket odd = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread server = new Thread(() -> {
                try (Socket socket = odd.accept()) {
                    socket.getOutputStream()
                            .write("220 ftp.example.org ready\r\n".repeat(500).getBytes(StandardCharsets.US_ASCII));
                    socket.shutdownOutput();
                    socket.getInputStream().transferTo(OutputStream.nullOutputStream());
                } catch (IOException e) {
                    // The client has heard enough.
                    return;
                }
            });
            server.setDaemon(true);
            server.start();
            Recorder answer = Recorder.wanting();
            MirrorClient.Exchange unused = client.send(
                    new MirrorRequest(
                            URI.create("http://127.0.0.1:" + odd.getLocalPort() + "/core.db"),
                            0,
                            false,
                            Optional.empty()),
                    answer);

            assertThat(answer.awaitFailure().failure()).isEqualTo(MirrorFailure.BAD_STATUS);
            assertThat(answer.awaitFailure().stale()).isFalse();
        }
    }

    // Redirects.

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void redirectIsFollowedWithItsRange(int status) {
        mirror.fault("/from", new Fault().redirect(status, PATH));

        Recorder answer = get("/from", 150_000).awaitEnd();

        assertThat(only("/from").range()).isEqualTo("bytes=150000-");
        assertThat(only(PATH).range()).isEqualTo("bytes=150000-");
        assertThat(answer.awaitResponse().status()).isEqualTo(206);
        assertThat(answer.body()).isEqualTo(FILE.bytes(150_000, 50_000));
        assertThat(answer.events()).as("of the redirect nothing is told").containsExactly("response", "bytes", "end");
    }

    @Test
    void redirectToAnotherHostIsFollowedWithItsRange() throws IOException {
        try (ScriptedMirror there = new ScriptedMirror().file("/elsewhere", FILE)) {
            mirror.fault(PATH, new Fault().redirect(302, there.url() + "elsewhere"));

            assertThat(get(PATH, 150_000).awaitEnd().body()).isEqualTo(FILE.bytes(150_000, 50_000));
            assertThat(there.requestsFor("/elsewhere"))
                    .extracting(RecordedRequest::range)
                    .containsExactly("bytes=150000-");
        }
    }

    @Test
    void redirectLeaksNothingIntoTheNextRequest() {
        mirror.fault("/from", new Fault().redirect(302, PATH));
        untilOnAUsedConnection(
                () -> get("/from", 150_000).awaitEnd(),
                () -> assertThat(get(OTHER, 0).awaitEnd().body()).isEqualTo(FILE.bytes()));

        assertThat(mirror.requestsFor(OTHER))
                .allMatch(request -> request.range().equals("none"));
    }

    @Test
    void tenRedirectsAreFollowed() {
        redirects(10);

        assertThat(get("/hop1", 0).awaitEnd().body()).isEqualTo(FILE.bytes());
    }

    @Test
    void elevenRedirectsAreTooMany() {
        redirects(11);

        Recorder answer = get("/hop1", 0);

        assertThat(answer.awaitFailure().failure()).isEqualTo(MirrorFailure.BAD_STATUS);
        assertThat(answer.awaitFailure().stale()).isFalse();
        assertThat(answer.events()).containsExactly("failure");
        assertThat(mirror.requestsFor(PATH)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/from/", "//127.0.0.1/from/", "https://127.0.0.1/from/?index"})
    void redirectToTheSameWithASlashSaysThatThereIsNoFile(String location) {
        mirror.fault("/from", new Fault().redirect(301, location)).file("/from/", FILE);

        Recorder answer = get("/from", 0);

        assertThat(answer.awaitResponse().status()).isEqualTo(404);
        assertThat(mirror.requestsFor("/from/")).isEmpty();
    }

    @Test
    void redirectInACircleEnds() {
        mirror.fault("/a", new Fault().redirect(302, "/b")).fault("/b", new Fault().redirect(302, "/a"));

        assertThat(get("/a", 0).awaitFailure().failure()).isEqualTo(MirrorFailure.BAD_STATUS);
        assertThat(mirror.requests()).hasSizeLessThanOrEqualTo(11);
    }

    // Connections.

    @Test
    void tenSmallRefusalsUseOneConnection() throws Exception {
        for (int i = 0; i < 10; i++) {
            Recorder answer = Recorder.refusing();
            sendToItsEnd("/missing" + i, answer);
            assertThat(answer.awaitResponse().status()).isEqualTo(404);
        }
        assertThat(mirror.requests()).hasSize(10);
        assertThat(mirror.connectionsAccepted()).isOne();
    }

    @Test
    void refusedLargeBodyCostsTheConnectionAndNotTheBody() {
        Recorder answer = Recorder.refusing();
        send(client, "/large", 0, false, answer);
        answer.awaitResponse();

        await().until(() -> mirror.connectionsOpen() == 0);
        assertThat(only("/large").bodyBytesSent().get()).isLessThan(LARGE.lengthBytes());
        assertThat(answer.events()).containsExactly("response");
        assertThat(get(PATH, 0).awaitEnd().body()).isEqualTo(FILE.bytes());
    }

    @Test
    void keptConnectionThatIsGoneIsStale() {
        mirror.fault(OTHER, new Fault().closeWithoutAnswer());
        List<Boolean> stale = new ArrayList<>();
        untilOnAUsedConnection(
                () -> get(PATH, 0).awaitEnd(),
                () -> stale.add(get(OTHER, 0).awaitFailure().stale()));

        assertThat(stale).last().isEqualTo(true);
        assertThat(mirror.requestsFor(OTHER))
                .as("never repeated by the library")
                .hasSameSizeAs(stale);
    }

    @Test
    void newConnectionThatIsClosedWithoutAnAnswerIsNotStale() {
        mirror.fault(PATH, new Fault().closeWithoutAnswer());

        assertThat(get(PATH, 0).awaitFailure())
                .isEqualTo(new Recorder.Failed(
                        MirrorFailure.UNREACHABLE, "closed the connection without an answer", false));
        assertThat(mirror.requestsFor(PATH)).hasSize(1);
    }

    @Test
    void cancelInsideABodyClosesTheConnection() throws InterruptedException {
        Gate gate = new Gate(100_000);
        mirror.fault("/large", new Fault().gate(gate));
        Recorder answer = Recorder.wanting();
        MirrorClient.Exchange exchange = send(client, "/large", 0, false, answer);
        gate.awaitReached();

        exchange.cancel();
        exchange.cancel();
        gate.open();

        await().until(() -> mirror.connectionsOpen() == 0);
        assertThat(answer.awaitFailure().stale()).isFalse();
        assertThat(answer.events()).doesNotContain("end").containsOnlyOnce("failure");
    }

    @Test
    void cancelBeforeAnAnswerClosesTheConnection() {
        mirror.fault(PATH, new Fault().silence());
        Recorder answer = Recorder.wanting();
        MirrorClient.Exchange exchange = send(client, PATH, 0, false, answer);
        await().until(() -> mirror.requestsFor(PATH).size() == 1);

        exchange.cancel();

        await().until(() -> mirror.connectionsOpen() == 0);
        answer.awaitFailure();
        assertThat(answer.events()).containsExactly("failure");
    }

    /** The library forgets what is to be cancelled when it need not wait for a connection. */
    @Test
    void cancelInsideABodyOnAKeptConnectionClosesItToo() throws InterruptedException {
        sendToItsEnd("/missing", Recorder.refusing());
        Gate gate = new Gate(100_000);
        mirror.fault("/large", new Fault().gate(gate));
        Recorder answer = Recorder.wanting();
        MirrorClient.Exchange exchange = send(client, "/large", 0, false, answer);
        gate.awaitReached();
        assertThat(only("/large").connection()).isEqualTo(only("/missing").connection());

        exchange.cancel();
        gate.open();

        await().until(() -> mirror.connectionsOpen() == 0);
        assertThat(only("/large").bodyBytesSent().get()).isLessThan(LARGE.lengthBytes());
    }

    @Test
    void cancelBeforeAnAnswerOnAKeptConnectionClosesItToo() throws InterruptedException {
        sendToItsEnd("/missing", Recorder.refusing());
        mirror.fault(PATH, new Fault().silence());
        Recorder answer = Recorder.wanting();
        MirrorClient.Exchange exchange = send(client, PATH, 0, false, answer);
        await().until(() -> mirror.requestsFor(PATH).size() == 1);
        assertThat(only(PATH).connection()).isEqualTo(only("/missing").connection());

        exchange.cancel();

        await().until(() -> mirror.connectionsOpen() == 0);
        assertThat(answer.events()).containsExactly("failure");
    }

    @Test
    void cancelAfterARedirectClosesTheConnectionToo() throws InterruptedException {
        Gate gate = new Gate(100_000);
        mirror.fault("/from", new Fault().redirect(302, "/large")).fault("/large", new Fault().gate(gate));
        Recorder answer = Recorder.wanting();
        MirrorClient.Exchange exchange = send(client, "/from", 0, false, answer);
        gate.awaitReached();

        exchange.cancel();
        gate.open();

        await().until(() -> mirror.connectionsOpen() == 0);
        assertThat(answer.events()).containsOnlyOnce("failure").doesNotContain("end");
    }

    @Test
    void cancelAfterTheEndKeepsTheConnection() {
        untilOnAUsedConnection(
                () -> {
                    Recorder answer = Recorder.wanting();
                    MirrorClient.Exchange exchange = send(client, PATH, 0, false, answer);
                    answer.awaitEnd();
                    exchange.cancel();
                    assertThat(answer.events()).containsExactly("response", "bytes", "end");
                },
                () -> get(OTHER, 0).awaitEnd());
    }

    // The end.

    @Test
    void closeEndsAllThreads() {
        get(PATH, 0).awaitEnd();
        assertThat(threads).isNotEmpty();

        connections.close();

        await().until(() -> threads.stream().noneMatch(Thread::isAlive));
        await().until(() -> mirror.connectionsOpen() == 0);
    }

    @Test
    void closeEndsARequestThatWasCancelledAtOnce() {
        mirror.fault(PATH, new Fault().silence());
        Recorder answer = Recorder.wanting();
        MirrorClient.Exchange exchange = send(client, PATH, 0, false, answer);
        await().until(() -> mirror.requestsFor(PATH).size() == 1);

        exchange.cancel();
        connections.close();

        answer.awaitFailure();
        await().until(() -> threads.stream().noneMatch(Thread::isAlive));
    }

    @Test
    void closeEndsARequestThatIsStillRunning() {
        mirror.fault(PATH, new Fault().silence());
        Recorder answer = get(PATH, 0);
        await().until(() -> mirror.requestsFor(PATH).size() == 1);

        connections.close();

        answer.awaitFailure();
        assertThat(answer.events()).containsExactly("failure");
        await().until(() -> threads.stream().noneMatch(Thread::isAlive));
    }

    @Test
    void requestAfterTheCloseFails() {
        connections.close();

        assertThat(get(PATH, 0).awaitFailure().stale()).isFalse();
    }

    private void redirects(int hops) {
        for (int hop = 1; hop <= hops; hop++) {
            mirror.fault("/hop" + hop, new Fault().redirect(302, hop == hops ? PATH : "/hop" + (hop + 1)));
        }
    }

    private Recorder get(String path, long fromByte) {
        Recorder answer = Recorder.wanting();
        MirrorClient.Exchange unused = send(client, path, fromByte, false, answer);
        return answer;
    }

    private MirrorClient.Exchange send(
            MirrorClient to, String path, long fromByte, boolean headOnly, Recorder listener) {
        return to.send(
                new MirrorRequest(URI.create(mirror.url() + path.substring(1)), fromByte, headOnly, Optional.empty()),
                listener);
    }

    /** Asks as the client does, but waits until the connection is free again, which nobody else is told. */
    private void sendToItsEnd(String path, Recorder listener) throws InterruptedException {
        Addressed address = Addressed.to(URI.create(mirror.url() + path.substring(1)));
        HttpClientContext context = address.context();
        ResponseEvents events = new ResponseEvents(listener, context);
        ResponseConsumer consumer = new ResponseConsumer(events, SpeedLimit.none());
        CountDownLatch released = new CountDownLatch(1);
        @SuppressWarnings("unchecked")
        AsyncResponseConsumer<Void> watched = (AsyncResponseConsumer<Void>) Proxy.newProxyInstance(
                HttpMirrorClientTest.class.getClassLoader(),
                new Class<?>[] {AsyncResponseConsumer.class},
                (proxy, called, arguments) -> {
                    if (called.getName().equals("releaseResources")) {
                        released.countDown();
                    }
                    try {
                        return called.invoke(consumer, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
        Runnable unused =
                connections.execute(AsyncRequestBuilder.get(address.uri()).build(), watched, context, events);
        assertThat(released.await(20, TimeUnit.SECONDS)).isTrue();
    }

    /**
     * Does both until the second has asked for {@code OTHER} on the connection of the first: the end of a body is told a
     * moment before its connection is free, so it may also open one of its own.
     */
    private void untilOnAUsedConnection(Runnable first, Runnable second) {
        await().until(() -> {
            first.run();
            int used = last().connection();
            second.run();
            assertThat(last().path()).isEqualTo(OTHER);
            return last().connection() == used;
        });
    }

    private RecordedRequest last() {
        return mirror.requests().get(mirror.requests().size() - 1);
    }

    private RecordedRequest only(String path) {
        assertThat(mirror.requestsFor(path)).hasSize(1);
        return mirror.requestsFor(path).get(0);
    }
}
