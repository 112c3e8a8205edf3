package flexo.scenario;

import static flexo.scenario.Answers.CACHE;
import static flexo.scenario.Answers.REMOTE;
import static flexo.scenario.Answers.assertError;
import static flexo.scenario.Answers.assertHead;
import static flexo.scenario.Answers.assertWhole;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.Fault;
import flexo.testing.FileContent;
import flexo.testing.Gate;
import flexo.testing.RawClient;
import flexo.testing.RawResponse;
import flexo.testing.RepositoryDatabaseFile;
import flexo.testing.ScriptedMirror;
import java.time.Duration;
import java.time.Instant;
import java.util.logging.Level;
import org.jboss.arquillian.container.test.api.Deployer;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Nodes of one site ask each other before they ask mirrors. */
@OnEachTomcat
@ExtendWith(ArquillianExtension.class)
class SiblingsIT {
    private static final String DATABASE = "/core/os/x86_64/core.db";
    private static final String PACKAGE = "/core/os/x86_64/zlib-1:1.3.1-2-x86_64.pkg.tar.zst";
    private static final String ONLY_IF_CACHED = "Cache-Control: only-if-cached";
    private static final FileContent FILE = FileContent.seeded(1, 300_003);

    @RegisterExtension
    final Scenario scenario = new Scenario();

    @ArquillianResource
    Deployer deployer;

    private ScriptedMirror mirror;
    private ScriptedMirror node;

    @Deployment(name = FlexoWar.ROOT, managed = false, testable = false)
    static WebArchive root() {
        return FlexoWar.named(FlexoWar.ROOT);
    }

    @BeforeEach
    void container() throws Exception {
        scenario.deployedBy(deployer);
        mirror = scenario.mirror()
                .file(PACKAGE, FILE)
                .file(
                        DATABASE,
                        new RepositoryDatabaseFile()
                                .list("zlib-1:1.3.1-2-x86_64.pkg.tar.zst", FILE)
                                .content());
        node = scenario.mirror();
    }

    private ScriptedMirror nodeAnswering(Fault fault) {
        return node.faultEverywhere(fault);
    }

    private ScriptedMirror nodeWithout() {
        return nodeAnswering(new Fault().status(504));
    }

    private void startBeside(String... nodes) {
        scenario.set("siblings", String.join(",", nodes)).start(mirror);
    }

    @Test
    void packageThatANodeHasComesFromThereAndTheDatabaseFromAMirror() throws Exception {
        node.file(PACKAGE, FILE).file(PACKAGE + ".sig", FileContent.seeded(2, 310));
        startBeside(node.url());
        scenario.get(DATABASE);

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);

        assertThat(mirror.requestsFor(PACKAGE)).isEmpty();
        assertThat(node.requestsFor(PACKAGE))
                .singleElement()
                .satisfies(
                        request -> assertThat(request.header("Cache-Control")).contains("only-if-cached"));
        assertThat(node.requests())
                .allSatisfy(request -> assertThat(request.path()).startsWith(PACKAGE));
        String figures = scenario.get("/metrics/prometheus").text();
        assertThat(figures)
                .containsPattern("flexo_sibling_transfers_total\\{sibling=\"" + node.url() + "\"} [12]\n")
                .doesNotContain("mirror=\"" + node.url());
        assertWhole(scenario.hit(PACKAGE), FILE, CACHE);
    }

    @Test
    void whatANodeDoesNotHaveComesFromAMirror() throws Exception {
        startBeside(nodeWithout().url());

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);

        assertThat(node.requestsFor(PACKAGE)).hasSize(1);
        assertThat(mirror.requestsFor(PACKAGE))
                .singleElement()
                .satisfies(
                        request -> assertThat(request.header("Cache-Control")).isEmpty());
    }

    @Test
    void nodeThatDoesNotLetUsInIsToldOfAndLeftAlone() throws Exception {
        startBeside(nodeAnswering(new Fault().status(403)).url());

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);

        scenario.get("/core/os/x86_64/zlib-1:1.3.1-3-x86_64.pkg.tar.zst");
        assertThat(node.requests()).hasSize(1);
        assertThat(scenario.log().messages(Level.INFO))
                .anyMatch(line -> line.contains(node.url() + " answered with status 403"));
    }

    @Test
    void silentNodeCostsLessThanASecond() throws Exception {
        startBeside(nodeAnswering(new Fault().silence()).url());
        Instant before = Instant.now();

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);

        assertThat(Duration.between(before, Instant.now())).isBetween(Duration.ofMillis(700), Duration.ofSeconds(2));
    }

    @Test
    void speedLimitIsForTheLineToTheMirrors() throws Exception {
        node.file(PACKAGE, FILE);
        scenario.set("max_speed_limit", "10000");
        startBeside(node.url());
        Instant before = Instant.now();

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);

        assertThat(Duration.between(before, Instant.now())).isLessThan(Duration.ofSeconds(10));
    }

    @Test
    void settingsMayBeTheSameOnAllNodes() throws Exception {
        startBeside("http://127.0.0.1:" + scenario.port() + "/", nodeWithout().url());

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);

        assertThat(node.requestsFor(PACKAGE)).as("the others are asked, too").hasSize(1);
        assertThat(scenario.log().messages(Level.INFO)).noneMatch(line -> line.contains("504") || line.contains("508"));
    }

    @Test
    void nodesAreToldWhatIsHereAndNobodyIsAskedForThem() throws Exception {
        startBeside(nodeWithout().url());

        assertError(scenario.get(PACKAGE, ONLY_IF_CACHED), 504);
        assertError(scenario.get(DATABASE, "Cache-Control: no-transform, Only-If-Cached"), 504);
        assertThat(mirror.requests()).isEmpty();
        assertThat(node.requests()).isEmpty();

        scenario.get(PACKAGE);
        scenario.hit(PACKAGE);

        assertWhole(scenario.get(PACKAGE, ONLY_IF_CACHED), FILE, CACHE);
        try (RawClient client = scenario.client()) {
            assertThat(client.head(PACKAGE, ONLY_IF_CACHED).status()).isEqualTo(200);
        }
        assertThat(mirror.requestsFor(PACKAGE)).hasSize(1);
        assertThat(scenario.get("/metrics/prometheus").text())
                .as("a question in vain is no error")
                .doesNotContain("504");
    }

    @Test
    void nodeJoinsADownloadFromItsBeginning() throws Exception {
        Gate gate = new Gate(200_000);
        mirror.fault(PACKAGE, new Fault().gate(gate));
        startBeside();
        RawClient client = scenario.client();
        client.request("GET", PACKAGE);
        client.readHead();
        gate.awaitReached();
        RawClient other = scenario.client();

        other.request("GET", PACKAGE, ONLY_IF_CACHED);

        RawResponse head = other.readHead();
        assertHead(head, 200, FILE.lengthBytes(), REMOTE);
        other.readExpecting(FILE, 0, 200_000);
        assertError(scenario.get(PACKAGE, ONLY_IF_CACHED, "Range: bytes=250000-"), 504);
        gate.open();
        other.readExpecting(FILE, 200_000, FILE.lengthBytes() - 200_000);
        assertThat(mirror.requestsFor(PACKAGE)).hasSize(1);
    }
}
