package flexo.scenario;

import static flexo.scenario.Answers.REMOTE;
import static flexo.scenario.Answers.assertBreaksOff;
import static flexo.scenario.Answers.assertWhole;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.BlackHole;
import flexo.testing.Fault;
import flexo.testing.FileContent;
import flexo.testing.Gate;
import flexo.testing.RawClient;
import flexo.testing.RecordedRequest;
import flexo.testing.RepositoryDatabaseFile;
import flexo.testing.ScriptedMirror;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
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

/** Deploying, undeploying, and what must not remain. */
@OnEachTomcat
@ExtendWith(ArquillianExtension.class)
class LifeCycleIT {
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
    void twentyRedeploysLeaveNothingBehind() throws Exception {
        FileContent database = new RepositoryDatabaseFile().list(PACKAGE, FILE).content();
        mirror.file(PACKAGE, FILE).file("/core/os/x86_64/core.db", database);
        List<WeakReference<ClassLoader>> loaders = new ArrayList<>();

        for (int round = 0; round < 20; round++) {
            scenario.start(mirror);
            assertThat(scenario.get(PACKAGE).body()).isEqualTo(FILE.bytes());
            assertThat(scenario.get("/core/os/x86_64/core.db").body()).isEqualTo(database.bytes());
            assertThat(scenario.get("/core/os/x86_64/absent").status()).isEqualTo(404);
            loaders.add(new WeakReference<>(Container.applicationLoader("")));
            scenario.undeploy();
        }

        Awaitility.await("class loaders are collected").untilAsserted(() -> {
            System.gc();
            assertThat(loaders.stream().filter(loader -> loader.get() != null)).isEmpty();
        });
        Awaitility.await()
                .untilAsserted(() -> assertThat(mirror.connectionsOpen()).isZero());
    }

    @Test
    void stopDuringFiftyDownloadsIsQuickAndEveryPartIsResumed() throws Exception {
        List<RawClient> clients = new ArrayList<>();
        Gate gate = new Gate(50_000);
        for (int i = 0; i < 50; i++) {
            mirror.file(path(i), FileContent.seeded(i, 200_000)).faultOnRequest(path(i), 1, new Fault().gate(gate));
        }
        scenario.start(mirror);
        for (int i = 0; i < 50; i++) {
            RawClient client = scenario.client();
            client.request("GET", path(i));
            clients.add(client);
        }
        for (int i = 0; i < 50; i++) {
            clients.get(i).readHead();
            clients.get(i).readExpecting(FileContent.seeded(i, 200_000), 0, 50_000);
        }

        long started = System.nanoTime();
        scenario.undeploy();
        assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(6));
        for (int i = 0; i < 50; i++) {
            assertBreaksOff(clients.get(i), FileContent.seeded(i, 200_000), 50_000);
        }
        // A mirror that waits at a gate does not look whether its client is still there; now it does.
        gate.open();
        Awaitility.await()
                .untilAsserted(() -> assertThat(mirror.connectionsOpen()).isZero());
        assertThat(scenario.cachedFiles())
                .allSatisfy(name ->
                        assertThat(Path.of(name).getFileName().toString()).startsWith("."));

        scenario.start(mirror);
        for (int i = 0; i < 50; i++) {
            assertWhole(scenario.get(path(i)), FileContent.seeded(i, 200_000), REMOTE);
            assertThat(mirror.requestsFor(path(i)))
                    .extracting(RecordedRequest::range)
                    .containsExactly("none", "bytes=50000-");
        }
    }

    @Test
    void stopWhileDatabasesStreamLeavesNothingOfThemAndTheNextStartServesThem() throws Exception {
        FileContent database = new RepositoryDatabaseFile().filler(1, 300_000).content();
        Gate gate = new Gate(280_000);
        List<RawClient> clients = new ArrayList<>();
        scenario.start(mirror);
        for (int i = 0; i < 10; i++) {
            // Slow enough for their clients to get some of them before they are proven.
            mirror.file(database(i), database)
                    .faultOnRequest(database(i), 1, new Fault().rate(100_000).gate(gate));
            RawClient client = scenario.client();
            client.request("GET", database(i));
            clients.add(client);
        }
        for (RawClient client : clients) {
            client.readHead();
            client.readExpecting(database, 0, 50_000);
        }

        scenario.undeploy();

        for (RawClient client : clients) {
            assertBreaksOff(client, database, 50_000);
        }
        gate.open();
        Awaitility.await()
                .untilAsserted(() -> assertThat(mirror.connectionsOpen()).isZero());
        assertThat(scenario.cachedFiles()).isEmpty();
        scenario.start(mirror);
        for (int i = 0; i < 10; i++) {
            assertWhole(scenario.get(database(i)), database, REMOTE);
        }
    }

    private static String database(int number) {
        return "/r" + number + "/os/x86_64/r" + number + ".db";
    }

    @Test
    void stopWhileAMirrorIsSilentDoesNotWaitForIt() throws Exception {
        BlackHole hole = scenario.closing(new BlackHole());
        mirror.faultEverywhere(new Fault().silence());
        scenario.start(mirror.url(), hole.url());
        RawClient client = scenario.client();
        client.request("GET", PACKAGE);
        Awaitility.await().until(() -> !mirror.requests().isEmpty());

        long started = System.nanoTime();
        scenario.undeploy();

        assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(6));
        assertThat(client.readToEnd().length).as("an error at most").isLessThan(4000);
    }

    @Test
    void stopWhileClientsDoNotReadIsQuickToo() throws Exception {
        FileContent large = FileContent.seeded(4, 20_000_000);
        mirror.file(PACKAGE, large);
        scenario.start(mirror);
        for (int i = 0; i < 10; i++) {
            RawClient client = scenario.clientWithSmallWindow();
            client.request("GET", PACKAGE);
            client.readHead();
        }
        Awaitility.await()
                .untilAsserted(() -> assertThat(scenario.cached(PACKAGE)).exists());

        long started = System.nanoTime();
        scenario.undeploy();
        assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(6));
    }

    @Test
    void serverIsReadyWithoutAnyMirror() throws Exception {
        BlackHole hole = scenario.closing(new BlackHole());
        long started = System.nanoTime();
        scenario.start(hole.url());

        assertThat(scenario.get("/status").status()).isEqualTo(200);
        assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(8));
    }

    private static String path(int number) {
        return "/core/os/x86_64/p" + number + "-1-1-any.pkg.tar.zst";
    }
}
