package flexo.scenario;

import static flexo.scenario.Answers.CACHE;
import static flexo.scenario.Answers.LAST_MODIFIED;
import static flexo.scenario.Answers.NOTHING;
import static flexo.scenario.Answers.ORIGIN;
import static flexo.scenario.Answers.REMOTE;
import static flexo.scenario.Answers.assertError;
import static flexo.scenario.Answers.assertHead;
import static flexo.scenario.Answers.assertPart;
import static flexo.scenario.Answers.assertSameBytes;
import static flexo.scenario.Answers.assertWhole;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.Fault;
import flexo.testing.FileContent;
import flexo.testing.Gate;
import flexo.testing.RawClient;
import flexo.testing.RawResponse;
import flexo.testing.RepositoryDatabaseFile;
import flexo.testing.ScriptedMirror;
import java.io.EOFException;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.awaitility.Awaitility;
import org.jboss.arquillian.container.test.api.Deployer;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client is told about a file, for every method and condition. */
@OnEachTomcat
@ExtendWith(ArquillianExtension.class)
class ServingIT {
    private static final String PACKAGE = "/core/os/x86_64/zlib-1:1.3.1-2-x86_64.pkg.tar.zst";
    private static final String DATABASE = "/core/os/x86_64/core.db";
    private static final FileContent FILE = FileContent.seeded(1, 300_003);

    @RegisterExtension
    final Scenario scenario = new Scenario();

    @ArquillianResource
    Deployer deployer;

    private ScriptedMirror mirror;

    @Deployment(name = FlexoWar.ROOT, managed = false, testable = false)
    static WebArchive root() {
        return FlexoWar.named(FlexoWar.ROOT);
    }

    @BeforeEach
    void container() throws Exception {
        scenario.deployedBy(deployer);
        mirror = scenario.mirror();
    }

    @Test
    void missAndHitHaveTheSameBytesAndHeaders() throws Exception {
        mirror.file(PACKAGE, FILE);
        scenario.start(mirror);

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
        assertWhole(scenario.hit(PACKAGE), FILE, CACHE);
        assertThat(mirror.requestsFor(PACKAGE)).hasSize(1);
    }

    @Test
    void headAndFirstBytesComeWhileTheRestIsStillAtTheMirror() throws Exception {
        Gate gate = new Gate(1000);
        mirror.file(PACKAGE, FILE).fault(PACKAGE, new Fault().gate(gate));
        scenario.start(mirror);
        RawClient client = scenario.client();

        client.request("GET", PACKAGE);

        assertHead(client.readHead(), 200, FILE.lengthBytes(), REMOTE);
        client.readExpecting(FILE, 0, 1000);
        gate.open();
        client.readExpecting(FILE, 1000, FILE.lengthBytes() - 1000);
    }

    @Test
    void fewLastBytesAreNotHeldBackWhileTheMirrorPauses() throws Exception {
        Gate gate = new Gate(100);
        mirror.file(PACKAGE, FILE).fault(PACKAGE, new Fault().gate(gate));
        scenario.start(mirror);
        RawClient client = scenario.client();

        client.request("GET", PACKAGE);
        client.readHead();
        client.readExpecting(FILE, 0, 100);
        gate.allow(101);
        client.readExpecting(FILE, 100, 1);
        gate.open();
        client.readExpecting(FILE, 101, FILE.lengthBytes() - 101);
    }

    @Test
    void headOfACachedFileIsItsGetWithoutTheBody() throws Exception {
        mirror.file(PACKAGE, FILE);
        scenario.start(mirror);
        scenario.hit(PACKAGE);
        RawClient client = scenario.client();

        assertHead(client.head(PACKAGE), 200, FILE.lengthBytes(), NOTHING);
        assertWhole(client.get(PACKAGE), FILE, CACHE);
    }

    @Test
    void headOfAFileThatIsNotCachedIsAnsweredFromAMirror() throws Exception {
        mirror.file(PACKAGE, FILE);
        scenario.start(mirror);
        RawClient client = scenario.client();

        RawResponse head = client.head(PACKAGE);

        assertThat(head.status()).isEqualTo(200);
        assertThat(head.contentLength()).isEqualTo(FILE.lengthBytes());
        assertThat(head.header("Last-Modified")).isEqualTo(LAST_MODIFIED);
        assertThat(client.get(PACKAGE).body()).as("the connection is clean").isEqualTo(FILE.bytes());
        assertError(scenario.get("/core/os/x86_64/absent.pkg.tar.zst"), 404);
        assertThat(client.head("/core/os/x86_64/absent.pkg.tar.zst").status()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "PATCH", "PROPFIND"})
    void otherMethodsAreNotAllowed(String method) throws Exception {
        mirror.file(PACKAGE, FILE);
        scenario.start(mirror);
        RawClient client = scenario.client();

        client.request(method, PACKAGE, "Content-Length: 0");
        RawResponse answer = client.readResponse();

        assertThat(answer.status()).isEqualTo(405);
        assertThat(answer.header("Allow")).contains("GET").contains("HEAD").doesNotContain("POST");
        assertThat(mirror.requests()).isEmpty();
    }

    @Test
    void traceIsNotAllowed() throws Exception {
        mirror.file(PACKAGE, FILE);
        scenario.start(mirror);
        RawClient client = scenario.client();

        // Tomcat refuses it before any servlet is asked, and names the methods of a servlet it knows nothing about.
        client.request("TRACE", PACKAGE);

        assertThat(client.readResponse().status()).isEqualTo(405);
        assertThat(mirror.requests()).isEmpty();
    }

    @Test
    void statusIsEmptyAndOk() throws Exception {
        scenario.start(mirror);
        RawClient client = scenario.client();

        RawResponse answer = client.get("/status");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.contentLength()).isZero();
        assertThat(client.head("/status").status()).isEqualTo(200);
        assertThat(mirror.requests()).isEmpty();
    }

    @Test
    void fileThatNoMirrorHasIsNotFound() throws Exception {
        scenario.start(mirror);

        assertError(scenario.get(PACKAGE), 404);
        assertThat(scenario.cachedFiles()).isEmpty();
    }

    @Test
    void packageThatTheClientHasIsNotSentAgain() throws Exception {
        mirror.file(PACKAGE, FILE);
        scenario.start(mirror);
        scenario.hit(PACKAGE);

        RawClient client = scenario.client();
        RawResponse same = client.get(PACKAGE, "If-Modified-Since: " + LAST_MODIFIED);
        assertThat(same.status()).isEqualTo(304);
        assertThat(same.header("Last-Modified")).isIn(null, LAST_MODIFIED);
        assertThat(same.header(ORIGIN)).isEqualTo(NOTHING);
        assertThat(client.get(PACKAGE, "If-Modified-Since: Thu, 02 Jan 2025 00:00:00 GMT")
                        .status())
                .isEqualTo(304);
        assertWhole(client.get(PACKAGE, "If-Modified-Since: Tue, 31 Dec 2024 23:59:59 GMT"), FILE, CACHE);
        assertWhole(client.get(PACKAGE, "If-Modified-Since: the day before yesterday"), FILE, CACHE);
        assertWhole(client.get(PACKAGE, "If-Modified-Since: "), FILE, CACHE);
        assertThat(mirror.requestsFor(PACKAGE)).hasSize(1);
    }

    @Test
    void packageThatOnlyTheClientHasIsNotSentAgainEither() throws Exception {
        mirror.file(PACKAGE, FILE);
        scenario.start(mirror);
        RawClient client = scenario.client();

        assertThat(client.get(PACKAGE, "If-Modified-Since: " + LAST_MODIFIED).status())
                .isEqualTo(304);
        assertThat(client.get(PACKAGE).body()).isEqualTo(FILE.bytes());
    }

    @Test
    void databaseThatTheClientHasIsNotSentAgain() throws Exception {
        FileContent database = new RepositoryDatabaseFile().list(PACKAGE, FILE).content();
        mirror.file(DATABASE, database);
        scenario.start(mirror);
        RawClient client = scenario.client();

        assertThat(client.get(DATABASE, "If-Modified-Since: " + LAST_MODIFIED).status())
                .isEqualTo(304);
        assertThat(client.get(DATABASE, "If-Modified-Since: Thu, 02 Jan 2025 00:00:00 GMT")
                        .status())
                .isEqualTo(304);
        assertWhole(client.get(DATABASE, "If-Modified-Since: Tue, 31 Dec 2024 23:59:59 GMT"), database, CACHE);
        assertWhole(client.get(DATABASE, "If-Modified-Since: garbage"), database, CACHE);
    }

    @Test
    void requestExactlyAsPacmanSendsItIsServed() throws Exception {
        mirror.file(PACKAGE, FILE);
        scenario.start(mirror);
        RawClient client = scenario.client();

        client.send("GET " + PACKAGE + " HTTP/1.1\r\nHost: 127.0.0.1:" + scenario.port()
                + "\r\nRange: bytes=4000-\r\nUser-Agent: pacman/7.1.0 (Linux x86_64) libalpm/16.0.0\r\n"
                + "Accept: */*\r\n\r\n");

        assertPart(client.readResponse(), FILE, 4000, FILE.lengthBytes() - 1, REMOTE);
    }

    @Test
    void severalRequestsOnOneConnectionDoNotMix() throws Exception {
        FileContent other = FileContent.seeded(9, 70_001);
        mirror.file(PACKAGE, FILE).file("/core/os/x86_64/b-1-1-any.pkg.tar.zst", other);
        scenario.start(mirror);
        RawClient client = scenario.client();

        for (int round = 0; round < 3; round++) {
            assertThat(client.get(PACKAGE).body()).isEqualTo(FILE.bytes());
            assertThat(client.get("/core/os/x86_64/b-1-1-any.pkg.tar.zst").body())
                    .isEqualTo(other.bytes());
            assertThat(client.get("/core/os/x86_64/absent.pkg.tar.zst").status())
                    .isEqualTo(404);
            assertThat(client.get(PACKAGE, "Range: bytes=10-19").body()).isEqualTo(FILE.bytes(10, 10));
            assertThat(client.head(PACKAGE).contentLength()).isEqualTo(FILE.lengthBytes());
        }
        assertThat(mirror.requestsFor(PACKAGE)).hasSize(1);
    }

    @Test
    void oldClientWithoutKeepAliveGetsTheWholeFile() throws Exception {
        mirror.file(PACKAGE, FILE);
        scenario.start(mirror);

        for (int round = 0; round < 2; round++) {
            RawClient client = scenario.client();
            client.send("GET " + PACKAGE + " HTTP/1.0\r\n\r\n");
            assertThat(client.readHead().contentLength()).isEqualTo(FILE.lengthBytes());
            assertSameBytes(client.readToEnd(), FILE.bytes());
        }
    }

    @Test
    void largeCachedFileIsWholeOnAConnectionThatIsUsedAgain() throws Exception {
        FileContent large = FileContent.seeded(4, 12_345_678);
        mirror.file(PACKAGE, large);
        scenario.start(mirror);
        scenario.hit(PACKAGE);
        RawClient client = scenario.client();

        for (int round = 0; round < 2; round++) {
            client.request("GET", PACKAGE);
            assertHead(client.readHead(), 200, large.lengthBytes(), CACHE);
            client.readExpecting(large, 0, large.lengthBytes());
        }
    }

    /** Small files are written by the container's threads; of these, some must stay free whatever clients do. */
    @Test
    void clientsThatAskOnAndOnWithoutReadingHoldFewThreadsAndGetEverythingInTheEnd() throws Exception {
        FileContent small = FileContent.seeded(5, 40_000);
        mirror.file(PACKAGE, small);
        scenario.start(mirror);
        scenario.hit(PACKAGE);
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            RawClient client = scenario.clientWithSmallWindow();
            clients.add(client);
            for (int request = 0; request < 100; request++) {
                client.request("GET", PACKAGE);
            }
        }
        Awaitility.await("threads are held up")
                .untilAsserted(() -> assertThat(threadsThatWriteSmallBodies()).isPositive());

        for (int i = 0; i < 200; i++) {
            assertWhole(scenario.get(PACKAGE), small, CACHE);
        }

        // Those that are lent for it, see ThreadGuard.
        assertThat(threadsThatWriteSmallBodies()).isBetween(1L, 8L);
        for (RawClient client : clients) {
            for (int request = 0; request < 100; request++) {
                assertHead(client.readHead(), 200, small.lengthBytes(), CACHE);
                client.readExpecting(small, 0, small.lengthBytes());
            }
        }
    }

    private static long threadsThatWriteSmallBodies() {
        return Thread.getAllStackTraces().values().stream()
                .filter(frames -> Arrays.stream(frames)
                        .anyMatch(frame -> frame.getClassName().equals("flexo.web.SmallBodies")))
                .count();
    }

    @Test
    void garbageAndOversizedRequestsDoNotHurtTheServer() throws Exception {
        mirror.file(PACKAGE, FILE);
        scenario.start(mirror);

        for (String garbage : List.of(
                "\u0016\u0003\u0001\u0002garbage\r\n\r\n",
                "GET\r\n\r\n",
                "GET " + PACKAGE + " HTTP/9.9\r\n\r\n",
                "GET " + PACKAGE + " HTTP/1.1\r\nHost: a\r\nX-Large: " + "x".repeat(100_000) + "\r\n\r\n",
                "GET /" + "x".repeat(100_000) + " HTTP/1.1\r\nHost: a\r\n\r\n")) {
            try (RawClient client = new RawClient(scenario.port())) {
                client.send(garbage);
                assertThat(client.readHead().status()).isBetween(400, 599);
            } catch (EOFException | SocketException refused) {
                assertThat(refused)
                        .as("closing the connection is an answer as well")
                        .isNotNull();
            }
        }
        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
    }

    @Test
    void everyErrorNamesItsReasonInPlainText() throws Exception {
        mirror.fault(PACKAGE, new Fault().status(500));
        scenario.start(mirror);

        assertError(scenario.get(PACKAGE), 502);
        assertError(scenario.get("/core/absent"), 404);
        assertError(scenario.get("/core/.hidden"), 403);
        assertThat(scenario.get("/core/%zz").status())
                .as("refused by the container before it knows the application")
                .isEqualTo(400);
        assertThat(scenario.get(PACKAGE).text()).as("no page of the container").doesNotContain("<html");
    }
}
