package flexo.scenario;

import static flexo.scenario.Answers.CACHE;
import static flexo.scenario.Answers.LAST_MODIFIED;
import static flexo.scenario.Answers.NOTHING;
import static flexo.scenario.Answers.ORIGIN;
import static flexo.scenario.Answers.REMOTE;
import static flexo.scenario.Answers.assertError;
import static flexo.scenario.Answers.assertSameBytes;
import static flexo.scenario.Answers.assertWhole;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.Fault;
import flexo.testing.FileContent;
import flexo.testing.RawClient;
import flexo.testing.RawResponse;
import flexo.testing.RepositoryDatabaseFile;
import flexo.testing.ScriptedMirror;
import java.time.Duration;
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

/** Without mirrors, what is known is served, and said to be old. */
@ExtendWith(ArquillianExtension.class)
class OfflineIT {
    private static final String DATABASE = "/core/os/x86_64/core.db";
    private static final String EXTRA = "/extra/os/x86_64/extra.db";
    private static final String PACKAGE = "/core/os/x86_64/zlib-1:1.3.1-2-x86_64.pkg.tar.zst";
    private static final FileContent FILE = FileContent.seeded(1, 300_003);
    private static final FileContent PRESENT =
            new RepositoryDatabaseFile().list(PACKAGE, FILE).content();
    private static final FileContent NEW =
            new RepositoryDatabaseFile().list(PACKAGE, FILE).filler(1, 1000).content();

    @RegisterExtension
    final Scenario scenario = new Scenario();

    @ArquillianResource
    Deployer deployer;

    private ScriptedMirror mirror;
    private ScriptedMirror second;

    @Deployment(name = FlexoWar.ROOT, managed = false, testable = false)
    static WebArchive root() {
        return FlexoWar.named(FlexoWar.ROOT);
    }

    @BeforeEach
    void container() throws Exception {
        scenario.deployedBy(deployer);
        scenario.set("database_check_interval", "0 s");
        mirror = scenario.mirror();
        second = scenario.mirror();
        for (ScriptedMirror each : List.of(mirror, second)) {
            each.file(DATABASE, PRESENT).file(EXTRA, PRESENT).file(PACKAGE, FILE);
        }
    }

    private void sync() throws Exception {
        scenario.start(mirror, second);
        assertWhole(scenario.get(DATABASE), PRESENT, REMOTE);
        assertWhole(scenario.get(EXTRA), PRESENT, REMOTE);
        scenario.hit(PACKAGE);
    }

    @Test
    @OnEachTomcat
    void databasesArePassedOnAsStaleWhileMirrorsRefuse() throws Exception {
        sync();
        refuseConnections();

        assertStale(scenario.get(DATABASE));
        assertStale(scenario.get(EXTRA));
        assertWhole(scenario.get(PACKAGE), FILE, CACHE);
        assertThat(scenario.log().messages(Level.WARNING))
                .anyMatch(line -> line.contains("The database could not be checked")
                        && line.contains(DATABASE.substring(1))
                        && line.contains("refused the connection"))
                .noneMatch(line -> line.contains("Not delivered"));

        scenario.restart();
        assertStale(scenario.get(DATABASE));
        assertStale(scenario.get(EXTRA));
        assertWhole(scenario.get(PACKAGE), FILE, CACHE);
    }

    @Test
    void databasesArePassedOnAsStaleWhileMirrorsAreSilent() throws Exception {
        sync();
        for (ScriptedMirror each : List.of(mirror, second)) {
            each.faultEverywhere(new Fault().silence());
        }
        // pacman gives up after ten seconds.
        RawClient client = scenario.client();
        client.patience(Duration.ofSeconds(9));

        assertStale(client.get(DATABASE));
        assertStale(client.get(EXTRA));
        assertStale(client.get(DATABASE));

        scenario.restart();
        assertStale(scenario.get(DATABASE));
    }

    @Test
    void staleDatabaseHasTheTimeByWhichClientsKnowIt() throws Exception {
        sync();
        refuseConnections();

        RawResponse same = scenario.get(DATABASE, "If-Modified-Since: " + LAST_MODIFIED);

        assertThat(same.status()).isEqualTo(304);
        assertThat(same.header(ORIGIN)).isEqualTo(NOTHING);
    }

    @Test
    void failingMirrorsAreAsGoodAsNone() throws Exception {
        sync();
        for (ScriptedMirror each : List.of(mirror, second)) {
            each.faultEverywhere(new Fault().status(503));
        }

        assertStale(scenario.get(DATABASE));
    }

    @Test
    void freshDatabasesComeAgainOnceAMirrorIsBack() throws Exception {
        sync();
        refuseConnections();
        assertStale(scenario.get(DATABASE));
        second.file(DATABASE, NEW, ScriptedMirror.LAST_MODIFIED.plusSeconds(60));

        second.acceptConnections();

        Awaitility.await("the new state is served")
                .untilAsserted(() -> assertSameBytes(scenario.get(DATABASE).body(), NEW.bytes()));
        RawResponse fresh = scenario.get(DATABASE);
        assertSameBytes(fresh.body(), NEW.bytes());
        assertThat(fresh.header("Warning")).isNull();
        assertThat(fresh.header("Age")).isNull();
    }

    @Test
    void databaseThatNoMirrorConfirmsForTooLongIsAnErrorUntilOneDoes() throws Exception {
        scenario.set("database_max_stale", "1 s");
        sync();
        refuseConnections();

        Awaitility.await("it is too old").untilAsserted(() -> assertError(scenario.get(DATABASE), 502));
        scenario.restart();
        assertError(scenario.get(DATABASE), 502);

        mirror.acceptConnections();
        Awaitility.await("it is confirmed").untilAsserted(() -> {
            RawResponse answer = scenario.get(DATABASE);
            assertSameBytes(answer.body(), PRESENT.bytes());
            assertThat(answer.header("Warning")).isNull();
        });
    }

    @Test
    void databaseThatNoMirrorHasAnyMoreIsNotFound() throws Exception {
        sync();
        for (ScriptedMirror each : List.of(mirror, second)) {
            each.remove(DATABASE);
        }

        assertError(scenario.get(DATABASE), 404);

        mirror.file(DATABASE, PRESENT);
        assertSameBytes(scenario.get(DATABASE).body(), PRESENT.bytes());
    }

    @Test
    void databaseThatOneMirrorLacksIsStaleWhileTheOtherIsDown() throws Exception {
        sync();
        mirror.remove(DATABASE);
        second.refuseConnections();

        assertStale(scenario.get(DATABASE));
    }

    @Test
    void databaseThatNobodyEverAskedForIsAnError() throws Exception {
        sync();
        refuseConnections();

        assertError(scenario.get("/multilib/os/x86_64/multilib.db"), 502);
        assertError(scenario.get("/multilib/os/x86_64/multilib.db.sig"), 502);
    }

    private void refuseConnections() throws Exception {
        mirror.refuseConnections();
        second.refuseConnections();
    }

    private static void assertStale(RawResponse answer) {
        assertWhole(answer, PRESENT, CACHE);
        assertThat(answer.header("Age")).as("Age").matches("\\d+");
        assertThat(answer.header("Warning")).as("Warning").startsWith("110 ");
    }
}
