package flexo.scenario;

import static flexo.scenario.Answers.CACHE;
import static flexo.scenario.Answers.assertError;
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
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
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
import org.junit.jupiter.params.provider.CsvSource;

/** Packages that are fetched before a client asks for them. */
@ExtendWith(ArquillianExtension.class)
class PrefetchIT {
    private static final String DATABASE = "/core/os/x86_64/core.db";
    private static final String BASH_1 = "/core/os/x86_64/bash-5.2-1-x86_64.pkg.tar.zst";
    private static final String BASH_2 = "/core/os/x86_64/bash-5.2-2-x86_64.pkg.tar.zst";
    private static final String ZLIB = "/core/os/x86_64/zlib-1:1.3.1-2-x86_64.pkg.tar.zst";
    private static final FileContent SMALL = FileContent.seeded(1, 2000);
    private static final FileContent LARGE = FileContent.seeded(2, 1_000_000);
    /** Where the mirror stands still, once it has. */
    private static final int HALF = 500_000;

    @RegisterExtension
    final Scenario scenario = new Scenario();

    @ArquillianResource
    Deployer deployer;

    private ScriptedMirror mirror;
    private int generation;

    @Deployment(name = FlexoWar.ROOT, managed = false, testable = false)
    static WebArchive root() {
        return FlexoWar.named(FlexoWar.ROOT);
    }

    @BeforeEach
    void container() throws Exception {
        scenario.deployedBy(deployer);
        scenario.set("database_check_interval", "0 s");
        mirror = scenario.mirror();
        signed(BASH_1, SMALL);
        signed(BASH_2, LARGE);
        signed(ZLIB, SMALL);
    }

    private void signed(String path, FileContent file) {
        mirror.file(path, file);
        mirror.file(path + ".sig", DetachedSignature.of(file));
    }

    /** Lists bash in one of its versions, and zlib. */
    private void publish(String bash) {
        generation++;
        Instant modified = ScriptedMirror.LAST_MODIFIED.plus(Duration.ofHours(generation));
        FileContent database = new RepositoryDatabaseFile()
                .list(bash, bash.equals(BASH_1) ? SMALL : LARGE)
                .list(ZLIB, SMALL)
                .content();
        mirror.file(DATABASE, database, modified);
        mirror.file(DATABASE + ".sig", DetachedSignature.of(database), modified);
    }

    /** A client installs the first version, and the second one is published. */
    private void useAndUpdate() throws IOException {
        publish(BASH_1);
        scenario.start(mirror);
        scenario.get(DATABASE);
        scenario.hit(BASH_1);
        publish(BASH_2);
    }

    private RawResponse post(String target, String body, String... headers) throws IOException {
        RawClient client = scenario.client();
        StringBuilder request =
                new StringBuilder("POST " + target + " HTTP/1.1\r\nHost: flexo\r\n" + Scenario.AS_ADMIN + "\r\n");
        for (String header : headers) {
            request.append(header).append("\r\n");
        }
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        client.send(request.append("Content-Length: " + bytes.length + "\r\n\r\n") + body);
        return client.readResponse();
    }

    private RawResponse accepted(String target, String body) throws IOException {
        RawResponse answer = post(target, body, "Content-Type: text/plain");
        assertThat(answer.status()).as(answer.text()).isEqualTo(202);
        assertThat(answer.header("Content-Type")).startsWith("application/json");
        return answer;
    }

    private void awaitCached(String path) {
        Awaitility.await(path + " with its signature").untilAsserted(() -> {
            assertThat(scenario.cached(path)).exists();
            assertThat(scenario.cached(path + ".sig")).exists();
        });
    }

    private long sentOf(String path) {
        return mirror.requestsFor(path).stream()
                .mapToLong(request -> request.bodyBytesSent().get())
                .sum();
    }

    private static RawResponse readHead(RawClient client) {
        try {
            return client.readHead();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Fault heldAt(Gate gate) {
        return new Fault().gate(gate);
    }

    @Test
    void newVersionIsThereBeforeAnyClientAsksForIt() throws Exception {
        useAndUpdate();

        RawResponse answer = accepted("/prefetch", "");

        assertThat(answer.text()).contains(BASH_2.substring(1)).doesNotContain("zlib");
        awaitCached(BASH_2);
        mirror.refuseConnections();
        assertWhole(scenario.get(BASH_2), LARGE, CACHE);
        assertSameBytes(
                scenario.get(BASH_2 + ".sig").body(),
                DetachedSignature.of(LARGE).bytes());
        assertThat(mirror.requestsFor(ZLIB)).as("what no client uses").isEmpty();
    }

    @Test
    void whatWasPrefetchedIsNotPrefetchedAgain() throws Exception {
        useAndUpdate();
        accepted("/prefetch", "");
        awaitCached(BASH_2);

        assertThat(accepted("/prefetch", "").text()).doesNotContain("bash");
        assertThat(mirror.requestsFor(BASH_2)).hasSize(1);
    }

    @Test
    @OnEachTomcat
    void listIsFetchedAndAnsweredNameByName() throws Exception {
        useAndUpdate();
        scenario.hit(BASH_1);

        RawResponse answer = accepted("/prefetch?dependencies=true", "zlib 1:1.3.1-1\nbash\nnonsense\n");

        assertThat(answer.text().replaceAll("\\s", ""))
                .contains("\"fetching\":[\"" + ZLIB.substring(1) + "\",\"" + BASH_2.substring(1) + "\"]")
                .contains("\"unknown\":[\"nonsense\"]");
        awaitCached(ZLIB);
        awaitCached(BASH_2);
        assertThat(accepted("/prefetch", "bash").text().replaceAll("\\s", ""))
                .contains("\"present\":[\"" + BASH_2.substring(1) + "\"]");
    }

    @Test
    void clientsDownloadComesFirst() throws Exception {
        useAndUpdate();
        Gate gate = new Gate(1000);
        mirror.fault(ZLIB, heldAt(gate));
        RawClient client = scenario.client();
        client.request("GET", ZLIB);
        gate.awaitReached();

        accepted("/prefetch", "");
        accepted("/prefetch", "");
        assertThat(mirror.requestsFor(BASH_2)).isEmpty();
        gate.open();
        assertSameBytes(client.readResponse().body(), SMALL.bytes());

        awaitCached(BASH_2);
    }

    @Test
    void prefetchIsPutOffForAClientAndContinuedAtTheSameByte() throws Exception {
        useAndUpdate();
        Gate gate = new Gate(HALF);
        mirror.faultOnRequest(BASH_2, 1, heldAt(gate));
        accepted("/prefetch", "");
        gate.awaitReached();
        awaitPartOf(BASH_2);

        assertSameBytes(scenario.get(ZLIB).body(), SMALL.bytes());
        awaitCached(BASH_2);

        assertThat(mirror.requestsFor(BASH_2))
                .map(RecordedRequest::range)
                .containsExactly("none", "bytes=" + HALF + "-");
        assertWhole(scenario.get(BASH_2), LARGE, CACHE);
    }

    @Test
    void clientWhoAsksForThePrefetchedFileJoins() throws Exception {
        useAndUpdate();
        Gate gate = new Gate(HALF);
        mirror.faultOnRequest(BASH_2, 1, heldAt(gate));
        accepted("/prefetch", "");
        gate.awaitReached();

        RawClient client = scenario.client();
        client.request("GET", BASH_2);
        // The head comes with bytes that arrive when those before them have been held back for long enough.
        CompletableFuture<RawResponse> head = CompletableFuture.supplyAsync(() -> readHead(client));
        AtomicInteger passed = new AtomicInteger(HALF);
        Awaitility.await("the head").until(() -> {
            gate.allow(passed.incrementAndGet());
            return head.isDone();
        });
        assertThat(head.join().header(Answers.ORIGIN)).isEqualTo(Answers.REMOTE);
        gate.open();
        client.readExpecting(LARGE, 0, LARGE.lengthBytes());

        awaitCached(BASH_2);
        assertThat(mirror.requestsFor(BASH_2)).hasSize(1);
    }

    @Test
    void joinerIsNotHeldToTheSpeedOfPrefetches() throws Exception {
        scenario.set("prefetch_speed_limit", 20_000);
        useAndUpdate();
        accepted("/prefetch", "");
        Awaitility.await("the first bytes")
                .untilAsserted(() -> assertThat(sentOf(BASH_2)).isPositive());
        long began = System.nanoTime();

        assertWhole(scenario.get(BASH_2), LARGE, Answers.REMOTE);

        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(25));
        assertThat(mirror.requestsFor(BASH_2))
                .as("the rest was requested anew, without the limit")
                .hasSize(2);
    }

    @Test
    void prefetchKeepsToItsSpeedWhileNobodyWaits() throws Exception {
        scenario.set("prefetch_speed_limit", 250_000);
        useAndUpdate();
        long began = System.nanoTime();

        accepted("/prefetch", "");
        awaitCached(BASH_2);

        assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofSeconds(2));
        assertThat(mirror.requestsFor(BASH_2)).hasSize(1);
    }

    @Test
    void largePackageIsLeftToClients() throws Exception {
        scenario.set("prefetch_size_limit", "976 KiB");
        useAndUpdate();

        assertThat(accepted("/prefetch", "").text()).doesNotContain("bash");
        RawResponse answer = accepted("/prefetch", "bash\nzlib\n");

        assertThat(answer.text().replaceAll("\\s", ""))
                .contains("\"too_large\":[\"" + BASH_2.substring(1) + "\"]")
                .contains("\"fetching\":[\"" + ZLIB.substring(1) + "\"]");
        awaitCached(ZLIB);
        assertThat(mirror.requestsFor(BASH_2)).isEmpty();
    }

    @Test
    void prefetchGoesOnAfterARestart() throws Exception {
        useAndUpdate();
        Gate gate = new Gate(HALF);
        mirror.faultOnRequest(BASH_2, 1, heldAt(gate));
        accepted("/prefetch", "");
        gate.awaitReached();
        awaitPartOf(BASH_2);

        scenario.restart();
        Awaitility.await("uses are read")
                .untilAsserted(
                        () -> assertThat(accepted("/prefetch", "").text()).contains(BASH_2.substring(1)));

        awaitCached(BASH_2);
        assertThat(mirror.requestsFor(BASH_2))
                .map(RecordedRequest::range)
                .containsExactly("none", "bytes=" + HALF + "-");
    }

    @Test
    void listThatWasHandedInIsGoneOnWithAfterARestart() throws Exception {
        useAndUpdate();
        Gate gate = new Gate(HALF);
        mirror.faultOnRequest(BASH_2, 1, heldAt(gate));
        accepted("/prefetch", "bash\nzlib\n");
        gate.awaitReached();
        awaitPartOf(BASH_2);
        assertThat(scenario.state("prefetch")).exists();

        scenario.restart();

        awaitCached(BASH_2);
        awaitCached(ZLIB);
        Awaitility.await("the end of the list")
                .untilAsserted(() -> assertThat(scenario.state("prefetch")).doesNotExist());
    }

    @ParameterizedTest
    @CsvSource({
        "Content-Type: application/json, /prefetch, 415",
        "Content-Type: text/plain, /prefetch?dependencies=maybe, 400",
        "Content-Type: text/plain, /prefetch?all, 400"
    })
    @OnEachTomcat
    void whatMayNotBeAskedIsRefusedAndNothingIsFetched(String header, String target, int status) throws Exception {
        useAndUpdate();

        assertError(post(target, "zlib\n", header), status);

        assertThat(mirror.requestsFor(ZLIB)).isEmpty();
    }

    @Test
    @OnEachTomcat
    void linesThatAreNoNamesAreToldAndNothingIsFetched() throws Exception {
        useAndUpdate();

        RawResponse answer = post("/prefetch", "zlib\n../../etc/passwd\n");

        assertError(answer, 400);
        assertThat(answer.text()).contains("line 2", "../../etc/passwd");
        // Little more than is allowed, since the rest is not read before the connection is closed.
        assertError(post("/prefetch", "a\n".repeat((1 << 19) + 1)), 413);
        assertThat(mirror.requestsFor(ZLIB)).isEmpty();
        assertError(scenario.get("/prefetch"), 405);
    }

    /** All that the mirror has sent is on disk, so that the next request is known. */
    private void awaitPartOf(String path) {
        String name = path.substring(path.lastIndexOf('/') + 1);
        Awaitility.await("the part file of " + path)
                .untilAsserted(() -> assertThat(scenario.cached(path).resolveSibling("." + name + ".part"))
                        .hasSize(HALF));
    }
}
