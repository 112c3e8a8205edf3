package flexo.scenario;

import static flexo.scenario.Answers.REMOTE;
import static flexo.scenario.Answers.assertError;
import static flexo.scenario.Answers.assertWhole;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.FileContent;
import flexo.testing.RawClient;
import flexo.testing.RawResponse;
import flexo.testing.RepositoryDatabaseFile;
import flexo.testing.ScriptedMirror;
import org.jboss.arquillian.container.test.api.Deployer;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Mirrors that are ourselves, and clients that take us for a proxy to everywhere. */
@ExtendWith(ArquillianExtension.class)
class LoopsIT {
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
        mirror = scenario.mirror().file(PACKAGE, FILE);
    }

    @Test
    void mirrorThatIsThisServerIsRefusedAndTheNextOneServes() throws Exception {
        scenario.start(ourselves(), mirror.url());

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
        assertThat(mirror.requestsFor(PACKAGE)).hasSize(1);
    }

    @Test
    void onlyThisServerAsMirrorIsAnErrorThatSaysSo() throws Exception {
        scenario.start(ourselves());

        RawResponse answer = scenario.get(PACKAGE);

        assertError(answer, 502);
        assertThat(answer.text()).contains("508");
    }

    @Test
    void otherServersInViaAreNoLoop() throws Exception {
        scenario.start(mirror);

        assertWhole(
                scenario.get(PACKAGE, "Via: 1.1 flexo-9e107d9d, 1.1 proxy.example (squid)", "Via: 1.0 fred"),
                FILE,
                REMOTE);
    }

    @Test
    void mirrorsLearnWhichServersARequestHasComeThrough() throws Exception {
        scenario.start(mirror.file(
                DATABASE,
                new RepositoryDatabaseFile().list("a-1-1-any.pkg.tar.zst", FILE).content()));

        scenario.get(PACKAGE, "Via: 1.1 flexo-9e107d9d, 1.1 proxy.example (squid)", "Via: 1.0 fred");
        scenario.get(DATABASE, "Via: 1.1 flexo-9e107d9d");

        assertThat(mirror.requestsFor(PACKAGE).get(0).header("Via").orElseThrow())
                .startsWith("1.1 flexo-9e107d9d, 1.1 proxy.example (squid), 1.0 fred, 1.1 flexo-");
        assertThat(mirror.requestsFor(DATABASE).get(0).header("Via").orElseThrow())
                .startsWith("1.1 flexo-9e107d9d, 1.1 flexo-");
    }

    @Test
    void ownNameAnywhereInViaEndsALoopAtOnce() throws Exception {
        scenario.start(mirror);
        scenario.get(PACKAGE);
        String own = mirror.requestsFor(PACKAGE).get(0).header("Via").orElseThrow();

        assertError(scenario.get("/other", "Via: 1.1 a.example, " + own + ", 1.1 b.example"), 508);
        assertError(scenario.get("/other", "Via: 1.1 a.example", "Via: 1.1 b.example, " + own), 508);
        assertThat(mirror.requestsFor("/other")).isEmpty();
    }

    @Test
    @OnEachTomcat
    void clientThatTakesUsForItsProxyGetsOurFilesAndNobodyElseIsAsked() throws Exception {
        ScriptedMirror elsewhere =
                scenario.mirror().file(PACKAGE, FileContent.seeded(2, 1000)).file("/secret", FILE);
        scenario.start(mirror);

        assertWhole(absolute(elsewhere.url() + PACKAGE.substring(1), elsewhere.port()), FILE, REMOTE);
        assertThat(absolute(elsewhere.url() + "secret", elsewhere.port()).status())
                .isEqualTo(404);
        assertThat(elsewhere.requests()).isEmpty();
    }

    @Test
    @OnEachTomcat
    void tunnelsAreNotOpened() throws Exception {
        ScriptedMirror elsewhere = scenario.mirror().file(PACKAGE, FILE);
        scenario.start(mirror);

        try (RawClient client = new RawClient(scenario.port())) {
            client.send("CONNECT 127.0.0.1:" + elsewhere.port() + " HTTP/1.1\r\nHost: 127.0.0.1:" + elsewhere.port()
                    + "\r\n\r\n");

            assertThat(client.readResponse().status()).isBetween(400, 501);
        }
        assertThat(elsewhere.connectionsAccepted()).isZero();
    }

    private String ourselves() {
        return "http://127.0.0.1:" + scenario.port() + "/";
    }

    private RawResponse absolute(String target, int port) throws Exception {
        try (RawClient client = new RawClient(scenario.port())) {
            client.send("GET " + target + " HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\n\r\n");
            return client.readResponse();
        }
    }
}
