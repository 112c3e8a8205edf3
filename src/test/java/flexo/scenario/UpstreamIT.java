package flexo.scenario;

import static flexo.scenario.Answers.CACHE;
import static flexo.scenario.Answers.REMOTE;
import static flexo.scenario.Answers.assertError;
import static flexo.scenario.Answers.assertSameBytes;
import static flexo.scenario.Answers.assertWhole;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import flexo.testing.DetachedSignature;
import flexo.testing.Fault;
import flexo.testing.FileContent;
import flexo.testing.Gate;
import flexo.testing.RawClient;
import flexo.testing.RawResponse;
import flexo.testing.RecordedRequest;
import flexo.testing.RepositoryDatabaseFile;
import flexo.testing.ScriptedMirror;
import java.io.IOException;
import java.nio.file.Files;
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

/** What mirrors see of us: connections kept alive, and nothing of one request in the next. */
@ExtendWith(ArquillianExtension.class)
class UpstreamIT {
    private static final String PACKAGE = "/core/os/x86_64/zlib-1:1.3.1-2-x86_64.pkg.tar.zst";
    private static final String DATABASE = "/core/os/x86_64/core.db";
    private static final String OTHER = "/core/os/x86_64/notes";
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
    void tenFilesInARowTakeNoConnectionOfTheirOwn() throws Exception {
        scenario.start(mirror);
        for (int i = 0; i < 10; i++) {
            String path = "/core/os/x86_64/p" + i + "-1-1-any.pkg.tar.zst";
            FileContent file = FileContent.seeded(i, 20_000);
            mirror.file(path, file);
            assertWhole(scenario.get(path), file, REMOTE);
            Awaitility.await()
                    .untilAsserted(() -> assertThat(scenario.cached(path)).exists());
        }

        assertThat(mirror.connectionsAccepted())
                .as("one for packages, one for signatures")
                .isLessThanOrEqualTo(2);
    }

    @Test
    void answersWithoutABodyOfInterestKeepTheConnectionToo() throws Exception {
        scenario.start(mirror);
        mirror.file(PACKAGE, FILE);
        for (int i = 0; i < 5; i++) {
            assertError(scenario.get("/core/os/x86_64/absent" + i + "-1-1-any.pkg.tar.zst"), 404);
        }
        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);

        assertThat(mirror.connectionsAccepted())
                .as("one for packages, one for signatures")
                .isLessThanOrEqualTo(2);
    }

    @Test
    void rangeOfAResumeDoesNotLeakIntoTheNextFileOnTheConnection() throws Exception {
        ScriptedMirror broken = scenario.mirror().file(PACKAGE, FILE);
        broken.faultEverywhere(new Fault().status(404));
        broken.fault(PACKAGE, new Fault().cutAfter(100_000));
        FileContent next = FileContent.seeded(2, 200_000);
        mirror.file(PACKAGE, FILE).file("/core/os/x86_64/next-1-1-any.pkg.tar.zst", next);
        scenario.start(broken, mirror);
        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
        Awaitility.await()
                .untilAsserted(() -> assertThat(scenario.cached(PACKAGE)).exists());

        assertWhole(scenario.get("/core/os/x86_64/next-1-1-any.pkg.tar.zst"), next, REMOTE);

        assertThat(mirror.requestsFor(PACKAGE))
                .extracting(RecordedRequest::range)
                .containsExactly("bytes=100000-");
        assertThat(mirror.requestsFor("/core/os/x86_64/next-1-1-any.pkg.tar.zst"))
                .extracting(RecordedRequest::range)
                .containsExactly("none");
        assertThat(mirror.connectionsAccepted())
                .as("one for packages, one for signatures")
                .isLessThanOrEqualTo(2);
        scenario.hit("/core/os/x86_64/next-1-1-any.pkg.tar.zst");
        assertSameBytes(Files.readAllBytes(scenario.cached("/core/os/x86_64/next-1-1-any.pkg.tar.zst")), next.bytes());
    }

    @Test
    void connectionClosedAfterAnAnswerDoesNotHurtTheNextRequest() throws Exception {
        scenario.start(mirror);
        for (int i = 0; i < 10; i++) {
            String path = "/core/os/x86_64/p" + i + "-1-1-any.pkg.tar.zst";
            FileContent file = FileContent.seeded(i, 20_000);
            mirror.file(path, file).fault(path, new Fault().closeAfterwards());
            assertWhole(scenario.get(path), file, REMOTE);
        }
    }

    @Test
    void connectionClosedInsteadOfTheNextAnswerIsTriedAgainAtTheSameMirror() throws Exception {
        mirror.file("/core/os/x86_64/a-1-1-any.pkg.tar.zst", FileContent.seeded(2, 1000));
        mirror.file(PACKAGE, FILE).faultOnRequest(PACKAGE, 1, new Fault().closeWithoutAnswer());
        scenario.start(mirror);
        scenario.get("/core/os/x86_64/a-1-1-any.pkg.tar.zst");

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);

        assertThat(mirror.requestsFor(PACKAGE))
                .extracting(RecordedRequest::connection)
                .hasSize(2)
                .doesNotHaveDuplicates();
    }

    @Test
    void headersOfTheClientAreNotHandedOn() throws Exception {
        mirror.file(PACKAGE, FILE);
        scenario.start(mirror);

        scenario.get(
                PACKAGE,
                "If-Modified-Since: Tue, 31 Dec 2024 00:00:00 GMT",
                "Range: bytes=5-",
                "Cookie: a=b",
                "Authorization: Basic Zm86YmFy",
                "X-Forwarded-For: 10.0.0.1");

        RecordedRequest request = mirror.requestsFor(PACKAGE).get(0);
        assertThat(request.header("Host")).contains("127.0.0.1:" + mirror.port());
        assertThat(request.headers())
                .doesNotContainKeys(
                        "range", "if-modified-since", "cookie", "authorization", "x-forwarded-for", "expect", "te");
        assertThat(request.header("Accept-Encoding").orElse("identity")).isEqualTo("identity");
        assertThat(request.header("User-Agent").orElse("")).isNotBlank();
    }

    @Test
    void contentEncodingIsPassedThroughUndecoded() throws Exception {
        // Mirrors label .db files so by mistake; pacman stores the bytes as they come.
        FileContent database = new RepositoryDatabaseFile().list(PACKAGE, FILE).content();
        mirror.file("/core/os/x86_64/core.db", database)
                .fault("/core/os/x86_64/core.db", new Fault().header("Content-Encoding: gzip"));
        scenario.start(mirror);

        assertSameBytes(scenario.get("/core/os/x86_64/core.db").body(), database.bytes());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void listedPackageAndItsSignatureMayComeWithoutTheirLength(boolean chunked) throws Exception {
        Fault fault = chunked ? new Fault().chunked() : new Fault().noLength();
        FileContent signature = DetachedSignature.of(FILE);
        mirror.file(DATABASE, new RepositoryDatabaseFile().list(PACKAGE, FILE).content())
                .file(PACKAGE, FILE)
                .file(PACKAGE + ".sig", signature)
                .fault(PACKAGE, fault)
                .fault(PACKAGE + ".sig", fault);
        scenario.start(mirror);
        scenario.get(DATABASE);

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
        assertSameBytes(scenario.get(PACKAGE + ".sig").body(), signature.bytes());
        assertWhole(scenario.hit(PACKAGE), FILE, CACHE);
        assertThat(mirror.requestsFor(PACKAGE)).hasSize(1);
    }

    @Test
    void fileThatEndsWithItsChunksIsKept() throws Exception {
        mirror.file(OTHER, FILE).fault(OTHER, new Fault().chunked());
        scenario.start(mirror);

        assertWhole(scenario.get(OTHER), FILE, REMOTE);
        assertWhole(scenario.hit(OTHER), FILE, CACHE);
    }

    @Test
    void fileThatEndsWithItsConnectionIsServedAndNotKept() throws Exception {
        mirror.file(OTHER, FILE).fault(OTHER, new Fault().noLength());
        scenario.start(mirror);

        assertWhole(scenario.get(OTHER), FILE, REMOTE);
        Awaitility.await().untilAsserted(() -> {
            assertSameBytes(scenario.get(OTHER).body(), FILE.bytes());
            assertThat(mirror.requestsFor(OTHER)).hasSizeGreaterThan(1);
        });
        assertThat(scenario.cached(OTHER)).doesNotExist();
    }

    @Test
    void fileWhoseLengthIsNotKnownInTimeIsServedInChunksAndThenKept() throws Exception {
        Gate gate = new Gate(200_000);
        mirror.file(OTHER, FILE).fault(OTHER, new Fault().chunked().gate(gate));
        scenario.start(mirror);
        RawClient client = scenario.client();
        client.request("GET", OTHER);
        RawClient old = scenario.client();

        RawResponse head = client.readHead();
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.contentLength()).isEqualTo(-1);
        old.send("GET " + OTHER + " HTTP/1.0\r\n\r\n");
        assertThat(old.readHead().status()).isEqualTo(503);
        gate.open();

        assertSameBytes(client.readChunks(), FILE.bytes());
        assertWhole(scenario.hit(OTHER), FILE, CACHE);
    }

    @Test
    void fileThatBreaksOffWhileItIsServedInChunksNeverLooksWhole() throws Exception {
        Gate gate = new Gate(200_000);
        mirror.file(OTHER, FILE).fault(OTHER, new Fault().chunked().gate(gate).resetAfter(250_000));
        scenario.start(mirror);
        RawClient client = scenario.client();
        client.request("GET", OTHER);
        client.readHead();
        mirror.faultEverywhere(new Fault().status(404));
        gate.open();

        assertThatThrownBy(client::readChunks).isInstanceOf(IOException.class);
        assertThat(scenario.cached(OTHER)).doesNotExist();
    }

    @Test
    void cookiesOfAMirrorAreNotKept() throws Exception {
        mirror.file(PACKAGE, FILE).fault(PACKAGE, new Fault().header("Set-Cookie: session=1; Path=/"));
        mirror.file("/core/os/x86_64/b-1-1-any.pkg.tar.zst", FILE);
        scenario.start(mirror);

        assertThat(scenario.get(PACKAGE).header("Set-Cookie")).isNull();
        scenario.get("/core/os/x86_64/b-1-1-any.pkg.tar.zst");

        assertThat(mirror.requestsFor("/core/os/x86_64/b-1-1-any.pkg.tar.zst")
                        .get(0)
                        .headers())
                .doesNotContainKey("cookie");
    }

    @Test
    void specialCharactersReachTheMirrorAsTheSameName() throws Exception {
        String path = "/~user/os/x86_64/a+b@c-1:2-3~rc1-any.pkg.tar.zst";
        mirror.file(path, FILE).file("/extra/os/x86_64/ünïcode 100%.zst", FILE);
        scenario.start(mirror);

        assertWhole(scenario.get("/~user/os/x86_64/a%2Bb%40c-1%3A2-3%7Erc1-any.pkg.tar.zst"), FILE, REMOTE);
        assertWhole(scenario.get("/extra/os/x86_64/%C3%BCn%C3%AFcode%20100%25.zst"), FILE, REMOTE);

        assertThat(mirror.requests().get(0).path()).isEqualTo(path);
    }

    @Test
    void failedMirrorIsAskedAgainOnceItIsBack() throws Exception {
        mirror.file(PACKAGE, FILE).file("/core/os/x86_64/b-1-1-any.pkg.tar.zst", FILE);
        scenario.start(mirror);
        mirror.refuseConnections();
        assertError(scenario.get(PACKAGE), 502);

        mirror.acceptConnections();

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
    }
}
