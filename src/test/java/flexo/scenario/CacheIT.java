package flexo.scenario;

import static flexo.scenario.Answers.CACHE;
import static flexo.scenario.Answers.ORIGIN;
import static flexo.scenario.Answers.REMOTE;
import static flexo.scenario.Answers.assertBreaksOff;
import static flexo.scenario.Answers.assertError;
import static flexo.scenario.Answers.assertHead;
import static flexo.scenario.Answers.assertSameBytes;
import static flexo.scenario.Answers.assertWhole;
import static org.assertj.core.api.Assertions.assertThat;

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
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
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

/** What is kept on disk, under which names, and what becomes of it after a crash, a stop, or a Flexo before us. */
@ExtendWith(ArquillianExtension.class)
class CacheIT {
    private static final String PACKAGE = "/core/os/x86_64/zlib-1:1.3.1-2-x86_64.pkg.tar.zst";
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
    void wholeFileLiesUnderItsOwnPathWithTheMirrorsTime() throws Exception {
        mirror.file(PACKAGE, FILE);
        scenario.start(mirror);
        scenario.hit(PACKAGE);

        Awaitility.await()
                .untilAsserted(() -> assertThat(scenario.cachedFiles()).containsExactly(PACKAGE.substring(1)));
        assertSameBytes(Files.readAllBytes(scenario.cached(PACKAGE)), FILE.bytes());
        assertThat(Files.getLastModifiedTime(scenario.cached(PACKAGE)).toInstant())
                .isEqualTo(ScriptedMirror.LAST_MODIFIED);
    }

    @Test
    void hitNeedsNoMirror() throws Exception {
        mirror.file(PACKAGE, FILE);
        scenario.start(mirror);
        scenario.hit(PACKAGE);
        mirror.refuseConnections();

        assertWhole(scenario.hit(PACKAGE), FILE, CACHE);
        scenario.restart();
        assertWhole(scenario.hit(PACKAGE), FILE, CACHE);
    }

    @Test
    void signatureOfAPackageIsCachedLikeThePackage() throws Exception {
        FileContent signature = DetachedSignature.of(FILE);
        mirror.file(PACKAGE + ".sig", signature);
        scenario.start(mirror);

        assertWhole(scenario.get(PACKAGE + ".sig"), signature, REMOTE);
        assertWhole(scenario.hit(PACKAGE + ".sig"), signature, CACHE);
    }

    @Test
    void fileOnItsWayHasOnlyNamesThatCannotBeRequested() throws Exception {
        Gate gate = new Gate(100_000);
        mirror.file(PACKAGE, FILE).fault(PACKAGE, new Fault().gate(gate));
        scenario.start(mirror);
        RawClient client = scenario.client();
        client.request("GET", PACKAGE);
        client.readHead();
        client.readExpecting(FILE, 0, 100_000);

        assertThat(scenario.cachedFiles())
                .isNotEmpty()
                .allSatisfy(name ->
                        assertThat(Path.of(name).getFileName().toString()).startsWith("."));
        for (String name : scenario.cachedFiles()) {
            assertThat(scenario.get("/" + name).status()).as(name).isEqualTo(403);
        }
        gate.open();
        client.readExpecting(FILE, 100_000, FILE.lengthBytes() - 100_000);
    }

    @Test
    void stoppedDownloadIsResumedAtItsByteAfterTheStart() throws Exception {
        mirror.file(PACKAGE, FILE);
        interruptAt(100_000);

        scenario.deploy(FlexoWar.ROOT);
        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);

        assertThat(mirror.requestsFor(PACKAGE))
                .extracting(RecordedRequest::range)
                .containsExactly("none", "bytes=100000-");
        assertWhole(scenario.hit(PACKAGE), FILE, CACHE);
        assertThat(scenario.cachedFiles()).containsExactly(PACKAGE.substring(1));
    }

    @Test
    void killedDownloadIsResumedAndNeverServedAsWhole() throws Exception {
        for (int bytes : List.of(1, 65_536, 299_999)) {
            Gate gate = new Gate(bytes);
            mirror = scenario.mirror().file(PACKAGE, FILE);
            mirror.faultOnRequest(PACKAGE, 1, new Fault().gate(gate));
            scenario.start(mirror);
            RawClient client = scenario.client();
            client.request("GET", PACKAGE);
            client.readHead();
            client.readExpecting(FILE, 0, bytes);
            gate.awaitReached();

            // What the disk holds at this moment is what a kill -9 leaves.
            Path killed = scenario.scratch().resolve("killed-" + bytes);
            Scenario.copy(scenario.cache(), killed);
            scenario.undeploy();
            Scenario.delete(scenario.cache());
            Scenario.copy(killed, scenario.cache());
            scenario.deploy(FlexoWar.ROOT);

            RawResponse answer = scenario.get(PACKAGE);
            assertThat(answer.status()).isEqualTo(200);
            assertSameBytes(answer.body(), FILE.bytes());
            String range = mirror.requestsFor(PACKAGE).get(1).range();
            assertThat(range).as("after %d bytes", bytes).isIn("none", "bytes=" + bytes + "-");
            if (bytes > 1) {
                assertThat(range).as("after %d bytes", bytes).isNotEqualTo("none");
            }
            scenario.undeploy();
            Scenario.delete(scenario.cache());
        }
    }

    @Test
    void partOfAKilledDownloadIsNotServedWhenNoMirrorIsThere() throws Exception {
        mirror.file(PACKAGE, FILE);
        interruptAt(299_000);
        mirror.refuseConnections();

        scenario.deploy(FlexoWar.ROOT);
        RawClient client = scenario.client();
        client.request("GET", PACKAGE);
        RawResponse head = client.readHead();
        if (head.status() == 200) {
            assertBreaksOff(client, FILE, 0);
        } else {
            assertThat(head.status()).isEqualTo(502);
        }
    }

    @Test
    void partIsDroppedWhenTheMirrorsLengthHasChanged() throws Exception {
        mirror.file(PACKAGE, FILE);
        interruptAt(100_000);
        FileContent rebuilt = FileContent.seeded(2, 290_000);
        mirror.file(PACKAGE, rebuilt);

        scenario.deploy(FlexoWar.ROOT);

        assertWhole(scenario.get(PACKAGE), rebuilt, REMOTE);
        assertWhole(scenario.hit(PACKAGE), rebuilt, CACHE);
    }

    @Test
    void partIsDroppedWhenTheMirrorsLastModifiedHasChanged() throws Exception {
        mirror.file(PACKAGE, FILE);
        interruptAt(100_000);
        FileContent rebuilt = FileContent.seeded(2, FILE.lengthBytes());
        mirror.file(PACKAGE, rebuilt, Instant.parse("2025-02-02T00:00:00Z"));

        scenario.deploy(FlexoWar.ROOT);

        RawResponse answer = scenario.get(PACKAGE);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Last-Modified")).isEqualTo("Sun, 02 Feb 2025 00:00:00 GMT");
        assertSameBytes(answer.body(), rebuilt.bytes());
        assertSameBytes(scenario.get(PACKAGE).body(), rebuilt.bytes());
    }

    @Test
    void partIsDroppedWhenTheMirrorIgnoresRange() throws Exception {
        mirror.file(PACKAGE, FILE);
        interruptAt(100_000);
        mirror.fault(PACKAGE, new Fault().ignoreRange());

        scenario.deploy(FlexoWar.ROOT);

        // The only mirror cannot continue, but it can send the whole.
        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
    }

    @Test
    void completePartFoundAfterACrashIsProvenBeforeItIsServed() throws Exception {
        mirror.file(PACKAGE, FILE);
        interruptAt(300_002);

        scenario.deploy(FlexoWar.ROOT);

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
        assertThat(mirror.requestsFor(PACKAGE).get(1).range()).isEqualTo("bytes=300002-");
    }

    @Test
    void completeFilesOfAFlexoCacheAreHits() throws Exception {
        leave("/core/os/x86_64/a-1-1-any.pkg.tar.zst", FILE.bytes(), FILE.lengthBytes() + "\n");
        leave("/core/os/x86_64/b-1-1-any.pkg.tar.zst", FILE.bytes(), null);
        scenario.start(mirror);

        assertThat(scenario.get("/core/os/x86_64/a-1-1-any.pkg.tar.zst").header(ORIGIN))
                .isEqualTo(CACHE);
        assertSameBytes(scenario.get("/core/os/x86_64/a-1-1-any.pkg.tar.zst").body(), FILE.bytes());
        assertThat(scenario.get("/core/os/x86_64/b-1-1-any.pkg.tar.zst").header(ORIGIN))
                .isEqualTo(CACHE);
        assertSameBytes(scenario.get("/core/os/x86_64/b-1-1-any.pkg.tar.zst").body(), FILE.bytes());
        assertThat(scenario.get("/core/os/x86_64/.a-1-1-any.pkg.tar.zst.cfs").status())
                .isEqualTo(403);
        assertThat(mirror.requests()).isEmpty();
    }

    @Test
    void partialFileOfAFlexoCacheIsResumedAtItsByte() throws Exception {
        leave(PACKAGE, FILE.bytes(0, 123_456), FILE.lengthBytes() + "\n");
        mirror.file(PACKAGE, FILE);
        scenario.start(mirror);

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
        assertThat(mirror.requestsFor(PACKAGE))
                .extracting(RecordedRequest::range)
                .containsExactly("bytes=123456-");
        assertWhole(scenario.hit(PACKAGE), FILE, CACHE);
        assertSameBytes(Files.readAllBytes(scenario.cached(PACKAGE)), FILE.bytes());
    }

    @Test
    void partialFileOfAFlexoCacheIsDroppedWhenTheMirrorHasAnotherLength() throws Exception {
        leave(PACKAGE, FileContent.seeded(6, 100_000).bytes(), "200000\n");
        mirror.file(PACKAGE, FILE);
        scenario.start(mirror);

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
        assertWhole(scenario.hit(PACKAGE), FILE, CACHE);
    }

    @Test
    void partialFileOfAFlexoCacheIsNeverServedAsWhole() throws Exception {
        leave(PACKAGE, FILE.bytes(0, 123_456), FILE.lengthBytes() + "\n");
        mirror.fault(PACKAGE, new Fault().status(500));
        scenario.start(mirror);

        RawClient client = scenario.client();
        client.request("GET", PACKAGE);
        RawResponse head = client.readHead();
        if (head.status() == 200) {
            assertThat(head.contentLength()).isEqualTo(FILE.lengthBytes());
            assertBreaksOff(client, FILE, 0);
        } else {
            assertThat(head.status()).isEqualTo(502);
        }
    }

    @Test
    void flexoFileWithABrokenOrTooSmallSidecarIsNotTrusted() throws Exception {
        leave(
                "/core/os/x86_64/a-1-1-any.pkg.tar.zst",
                FileContent.seeded(6, 1000).bytes(),
                "not a number");
        leave(
                "/core/os/x86_64/b-1-1-any.pkg.tar.zst",
                FileContent.seeded(6, 1000).bytes(),
                "");
        leave("/core/os/x86_64/c-1-1-any.pkg.tar.zst", new byte[0], "300003\n");
        leave("/core/os/x86_64/d-1-1-any.pkg.tar.zst", new byte[0], null);
        scenario.start(mirror);
        for (String name : List.of("a", "b", "c", "d")) {
            String path = "/core/os/x86_64/" + name + "-1-1-any.pkg.tar.zst";
            mirror.file(path, FILE);
            assertWhole(scenario.get(path), FILE, REMOTE);
        }
    }

    @Test
    void emptyFileIsNeverPublished() throws Exception {
        mirror.fault(PACKAGE, new Fault().emptyBody());
        scenario.start(mirror);

        assertError(scenario.get(PACKAGE), 502);

        assertThat(scenario.cachedFiles()).doesNotContain(PACKAGE.substring(1));
        mirror.heal();
        mirror.file(PACKAGE, FILE);
        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
    }

    @Test
    void fileDeletedBehindOurBackIsFetchedAgain() throws Exception {
        mirror.file(PACKAGE, FILE);
        scenario.start(mirror);
        scenario.hit(PACKAGE);
        assertWhole(scenario.hit(PACKAGE), FILE, CACHE);

        Files.delete(scenario.cached(PACKAGE));

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
    }

    @Test
    @OnEachTomcat
    void fileDeletedWhileAClientReadsItIsStillSentWhole() throws Exception {
        FileContent large = FileContent.seeded(4, 20_000_000);
        mirror.file(PACKAGE, large);
        scenario.start(mirror);
        scenario.hit(PACKAGE);
        RawClient client = scenario.clientWithSmallWindow();
        client.request("GET", PACKAGE);
        client.readHead();
        client.readExpecting(large, 0, 1000);

        Files.delete(scenario.cached(PACKAGE));

        client.readExpecting(large, 1000, large.lengthBytes() - 1000);
    }

    @Test
    void databaseThatBreaksMidwayComesWholeFromTheNextMirror() throws Exception {
        String path = "/core/os/x86_64/core.db";
        FileContent theirs = new RepositoryDatabaseFile().filler(1, 200_000).content();
        FileContent others = new RepositoryDatabaseFile().filler(2, 200_000).content();
        ScriptedMirror other = scenario.mirror().file(path, others);
        mirror.file(path, theirs).faultOnRequest(path, 1, new Fault().cutAfter(100_000));
        scenario.start(mirror, other);

        assertWhole(scenario.get(path), others, REMOTE);

        assertThat(mirror.requestsFor(path)).extracting(RecordedRequest::range).containsExactly("none");
        assertThat(other.requestsFor(path)).extracting(RecordedRequest::range).containsExactly("none");
        assertSameBytes(Files.readAllBytes(scenario.cached(path)), others.bytes());
    }

    @Test
    @OnEachTomcat
    void databaseThatBreaksAfterClientsGotSomeOfItIsNeverSpliced() throws Exception {
        String path = "/core/os/x86_64/core.db";
        FileContent theirs = new RepositoryDatabaseFile().filler(1, 300_000).content();
        FileContent others = new RepositoryDatabaseFile().filler(2, 300_000).content();
        ScriptedMirror other = scenario.mirror().file(path, others);
        // Slow enough for its clients to get some of it before it is proven.
        mirror.file(path, theirs)
                .faultOnRequest(path, 1, new Fault().rate(100_000).cutAfter(280_000));
        scenario.start(mirror, other);

        RawClient client = scenario.client();
        client.request("GET", path);
        assertHead(client.readHead(), 200, theirs.lengthBytes(), REMOTE);
        assertBreaksOff(client, theirs, 0);

        assertThat(scenario.cached(path)).doesNotExist();
        assertThat(other.requestsFor(path)).isEmpty();
        assertWhole(scenario.get(path), others, REMOTE);
        assertThat(other.requestsFor(path)).extracting(RecordedRequest::range).containsExactly("none");
    }

    /** Stops the application while a download stands at a byte. */
    private void interruptAt(int bytes) throws Exception {
        Gate gate = new Gate(bytes);
        mirror.faultOnRequest(PACKAGE, 1, new Fault().gate(gate));
        scenario.start(mirror);
        RawClient client = scenario.client();
        client.request("GET", PACKAGE);
        client.readHead();
        client.readExpecting(FILE, 0, bytes);
        gate.awaitReached();
        scenario.undeploy();
        assertThat(scenario.cachedFiles()).isNotEmpty().doesNotContain(PACKAGE.substring(1));
    }

    /** Puts a file into the cache as Flexo does, before the start. */
    private void leave(String path, byte[] bytes, String sidecar) throws IOException {
        Path file = scenario.cached(path);
        Files.createDirectories(file.getParent());
        Files.write(file, bytes);
        if (sidecar != null) {
            Files.writeString(file.resolveSibling("." + file.getFileName() + ".cfs"), sidecar);
        }
        Files.setLastModifiedTime(file, FileTime.from(ScriptedMirror.LAST_MODIFIED));
    }
}
