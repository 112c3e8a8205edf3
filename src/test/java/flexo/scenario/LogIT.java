package flexo.scenario;

import static flexo.scenario.Answers.CACHE;
import static flexo.scenario.Answers.REMOTE;
import static flexo.scenario.Answers.assertBreaksOff;
import static flexo.scenario.Answers.assertError;
import static flexo.scenario.Answers.assertWhole;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.Fault;
import flexo.testing.FileContent;
import flexo.testing.RawClient;
import flexo.testing.ScriptedMirror;
import java.util.List;
import java.util.logging.Level;
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

/** What an administrator reads of requests. */
@ExtendWith(ArquillianExtension.class)
class LogIT {
    private static final String PACKAGE = "/core/os/x86_64/linux-6.7.2.arch1-1-x86_64.pkg.tar.zst";
    private static final FileContent FILE = FileContent.seeded(1, 300_003);
    /** More than the kernel keeps for a client that does not read. */
    private static final FileContent LARGE = FileContent.seeded(2, 20_000_003);

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
    void brokenOffDownloadIsOneLine() throws Exception {
        mirror.file(PACKAGE, FILE)
                .fault(PACKAGE, new Fault().status(500))
                .faultOnRequest(PACKAGE, 1, new Fault().cutAfter(150_000));
        scenario.start(mirror);
        RawClient client = scenario.client();
        client.request("GET", PACKAGE);
        assertThat(client.readHead().status()).isEqualTo(200);

        assertBreaksOff(client, FILE, 0);

        awaitLine("cut: ");
        assertThat(about(PACKAGE, Level.INFO))
                .hasSize(1)
                .first()
                .asString()
                .matches(".*WARNING flexo\\.web\\.ServedRequest: 127\\.0\\.0\\.1 GET " + PACKAGE + " 200 miss "
                        + mirror.url() + ", \\d+ bytes, \\d+ ms; cut: .* closed the connection before the end.*");
        // That the container says nothing of it, too, is what the scenario holds.
    }

    @Test
    void requestThatNoMirrorAnswersIsOneLine() throws Exception {
        mirror.faultEverywhere(new Fault().status(503));
        scenario.start(mirror);

        assertError(scenario.get(PACKAGE), 502);

        awaitLine(" 502");
        assertThat(about(PACKAGE, Level.INFO)).hasSize(1).allMatch(line -> line.startsWith("WARNING"));
    }

    @Test
    void fileThatTheContainerSendsIsHandedOver() throws Exception {
        mirror.file(PACKAGE, FILE);
        scenario.start(mirror);
        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
        scenario.hit(PACKAGE);

        RawClient leaving = scenario.clientWithSmallWindow();
        leaving.request("GET", PACKAGE);
        assertThat(leaving.readHead().header(Answers.ORIGIN)).isEqualTo(CACHE);
        leaving.reset();

        awaitLine(" hit, handed over " + FILE.lengthBytes() + " bytes");
        assertThat(about(PACKAGE, Level.INFO))
                .noneMatch(line -> line.contains(" hit, " + FILE.lengthBytes() + " bytes"));
    }

    @Test
    void clientThatLeavesIsNoWarning() throws Exception {
        mirror.file(PACKAGE, LARGE);
        scenario.start(mirror);
        RawClient leaving = scenario.clientWithSmallWindow();
        leaving.request("GET", PACKAGE);
        leaving.readHead();
        leaving.reset();

        awaitLine("cut: the client left");
        assertThat(about(PACKAGE, Level.WARNING)).isEmpty();
    }

    @Test
    void containersOwnPatienceIsNotTakenForAClientThatLeft() throws Exception {
        mirror.file(PACKAGE, LARGE);
        scenario.start(mirror);
        scenario.closing(Container.connectionTimeout(1000));
        RawClient paused = scenario.clientWithSmallWindow();
        paused.request("GET", PACKAGE);
        paused.readHead();

        awaitLine("cut: the client took no byte for longer than the container waits (connectionTimeout");
    }

    @Test
    void clientIsTheOneThatATrustedProxyTells() throws Exception {
        scenario.start(mirror);

        assertError(scenario.get(PACKAGE, "X-Forwarded-For: 198.51.100.9, 192.0.2.7"), 404);

        awaitLine("192.0.2.7 GET " + PACKAGE + " 404");
    }

    @Test
    void floodIsFewLinesAndASumThatAStopDoesNotLose() throws Exception {
        scenario.start(mirror);
        for (int i = 0; i < 300; i++) {
            assertError(scenario.get("/core/os/x86_64/missing"), 404);
            assertError(scenario.get("/core/.hidden"), 403);
        }

        scenario.undeploy();

        assertThat(about("/core/os/x86_64/missing", Level.INFO))
                .hasSize(21)
                .last()
                .asString()
                .contains("127.0.0.1: 280 more requests for missing files within a minute, the last one: ");
        assertThat(about("/core/.hidden", Level.INFO))
                .hasSize(21)
                .last()
                .asString()
                .contains("127.0.0.1: 280 more requests that were refused within a minute, the last one: ");
    }

    @Test
    void nobodyBeginsALineOfHisOwn() throws Exception {
        mirror.faultEverywhere(new Fault().redirect(302, "/core/a\u0085\u009b2J"));
        scenario.start(mirror);

        scenario.get("/core/os/x86_64/a%0aSEVERE%1b%5b2J");
        scenario.get(PACKAGE, "User-Agent: a\u0085b", "X-Forwarded-For: 192.0.2.7\u0085x");

        awaitLine(PACKAGE);
        assertThat(scenario.log().messages(Level.INFO))
                .allMatch(line -> line.chars().noneMatch(Character::isISOControl));
    }

    private void awaitLine(String part) {
        Awaitility.await(part)
                .untilAsserted(
                        () -> assertThat(scenario.log().messages(Level.INFO)).anyMatch(line -> line.contains(part)));
    }

    private List<String> about(String path, Level least) {
        return scenario.log().messages(least).stream()
                .filter(line -> line.contains(path.substring(1)))
                .toList();
    }
}
