package flexo.scenario;

import static flexo.scenario.Answers.CACHE;
import static flexo.scenario.Answers.REMOTE;
import static flexo.scenario.Answers.assertError;
import static flexo.scenario.Answers.assertSameBytes;
import static flexo.scenario.Answers.assertWhole;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.FileContent;
import flexo.testing.RawClient;
import flexo.testing.RepositoryDatabaseFile;
import flexo.testing.ScriptedMirror;
import java.nio.file.Files;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bits that rot on the disk reach no client. */
@ExtendWith(ArquillianExtension.class)
class RotIT {
    private static final String DATABASE = "/core/os/x86_64/core.db";
    private static final String PACKAGE = "/core/os/x86_64/zlib-1:1.3.1-2-x86_64.pkg.tar.zst";
    private static final FileContent FILE = FileContent.seeded(1, 300_003);
    private static final FileContent LISTING =
            new RepositoryDatabaseFile().list(PACKAGE, FILE).content();

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
        scenario.set("database_check_interval", "0 s");
        mirror = scenario.mirror().file(DATABASE, LISTING).file(PACKAGE, FILE);
        scenario.start(mirror);
        scenario.get(DATABASE);
        scenario.hit(PACKAGE);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 150_000, 300_002})
    void packageThatRottedIsFetchedAgainAfterARestart(long position) throws Exception {
        scenario.undeploy();
        overwrite(PACKAGE, FILE.withFlippedBit(position));
        scenario.deploy(FlexoWar.ROOT);

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);

        assertWhole(scenario.hit(PACKAGE), FILE, CACHE);
        assertSameBytes(Files.readAllBytes(scenario.cached(PACKAGE)), FILE.bytes());
        assertThat(scenario.log().messages(Level.WARNING))
                .anyMatch(line -> line.contains(PACKAGE.substring(1)) && line.contains("removed from the cache"));
    }

    @Test
    @OnEachTomcat
    void packageThatRottedIsRightForAllWhoAskForItInTheSameMoment() throws Exception {
        scenario.undeploy();
        overwrite(PACKAGE, FILE.withFlippedBit(7));
        scenario.deploy(FlexoWar.ROOT);
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            clients.add(scenario.client());
        }
        for (RawClient client : clients) {
            client.request("GET", PACKAGE);
        }

        for (RawClient client : clients) {
            assertSameBytes(client.readResponse().body(), FILE.bytes());
        }
        assertThat(mirror.requestsFor(PACKAGE))
                .as("the first download, and one more")
                .hasSize(2);
    }

    @Test
    void packageThatRottedIsAnErrorWhenNoMirrorIsThere() throws Exception {
        scenario.undeploy();
        overwrite(PACKAGE, FILE.withFlippedBit(7));
        mirror.refuseConnections();
        scenario.deploy(FlexoWar.ROOT);

        assertError(scenario.get(PACKAGE), 502);
    }

    @Test
    void goodPackageIsAHitAfterARestart() throws Exception {
        mirror.refuseConnections();
        scenario.restart();

        assertWhole(scenario.get(PACKAGE), FILE, CACHE);
        assertWhole(scenario.get(PACKAGE), FILE, CACHE);
    }

    @Test
    void packageThatWasCutOnDiskIsFetchedAgain() throws Exception {
        overwrite(PACKAGE, FileContent.of(FILE.bytes(0, 200_000)));
        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
        scenario.hit(PACKAGE);

        scenario.undeploy();
        overwrite(PACKAGE, FileContent.of(FILE.bytes(0, 200_000)));
        scenario.deploy(FlexoWar.ROOT);

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
    }

    @Test
    void packageThatWasChangedOnDiskWhileRunningIsFetchedAgain() throws Exception {
        Files.write(scenario.cached(PACKAGE), FILE.withFlippedBit(7).bytes());

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
        assertWhole(scenario.hit(PACKAGE), FILE, CACHE);
    }

    @Test
    void packageThatWasPutThereByHandIsServedOnlyIfItIsTheRightOne() throws Exception {
        Files.delete(scenario.cached(PACKAGE));
        overwrite(PACKAGE, FILE);
        int before = mirror.requestsFor(PACKAGE).size();
        assertWhole(scenario.get(PACKAGE), FILE, CACHE);
        assertThat(mirror.requestsFor(PACKAGE)).hasSize(before);
    }

    @Test
    void databaseThatRottedIsFetchedAgainAfterARestart() throws Exception {
        scenario.undeploy();
        overwrite(DATABASE, LISTING.withFlippedBit(LISTING.lengthBytes() / 2));
        scenario.deploy(FlexoWar.ROOT);

        assertWhole(scenario.get(DATABASE), LISTING, REMOTE);

        assertSameBytes(Files.readAllBytes(scenario.cached(DATABASE)), LISTING.bytes());
    }

    @Test
    void databaseThatRottedIsAnErrorWhenNoMirrorIsThere() throws Exception {
        scenario.undeploy();
        overwrite(DATABASE, LISTING.withFlippedBit(LISTING.lengthBytes() / 2));
        mirror.refuseConnections();
        scenario.deploy(FlexoWar.ROOT);

        assertError(scenario.get(DATABASE), 502);
    }

    /** With the time it had, as rot does. */
    private void overwrite(String path, FileContent content) throws Exception {
        Files.write(scenario.cached(path), content.bytes());
        Files.setLastModifiedTime(scenario.cached(path), FileTime.from(ScriptedMirror.LAST_MODIFIED));
    }
}
