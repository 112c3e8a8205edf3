package flexo.scenario;

import static flexo.scenario.Answers.CACHE;
import static flexo.scenario.Answers.REMOTE;
import static flexo.scenario.Answers.assertError;
import static flexo.scenario.Answers.assertWhole;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.DetachedSignature;
import flexo.testing.Fault;
import flexo.testing.FileContent;
import flexo.testing.RepositoryDatabaseFile;
import flexo.testing.ScriptedMirror;
import java.time.Duration;
import java.util.List;
import org.jboss.arquillian.container.test.api.Deployer;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The archive: repositories as they were on a day, and packages that no mirror has any more. */
@ExtendWith(ArquillianExtension.class)
class ArchiveIT {
    @RegisterExtension
    final Scenario scenario = new Scenario();

    @ArquillianResource
    Deployer deployer;

    private ScriptedMirror mirror;
    private ScriptedMirror archive;

    @Deployment(name = FlexoWar.ROOT, managed = false, testable = false)
    static WebArchive root() {
        return FlexoWar.named(FlexoWar.ROOT);
    }

    private static final String DAY = "/2024/02/29/core/os/x86_64/";
    private static final String NAME = "zlib-1:1.3.1-2-x86_64.pkg.tar.zst";
    private static final String PACKAGE = "/core/os/x86_64/" + NAME;
    private static final String IN_POOL = "/packages/z/zlib/" + NAME;
    private static final FileContent FILE = FileContent.seeded(1, 300_003);
    private static final FileContent SIGNATURE = DetachedSignature.of(database());

    @BeforeEach
    void container() throws Exception {
        scenario.deployedBy(deployer);
        mirror = scenario.mirror();
        archive = scenario.mirror();
        scenario.set("archive_url", archive.url() + "repos/")
                .set("archive_packages_url", archive.url() + "packages/")
                .set("archive_fallback", "true")
                .set("database_check_interval", "0 s");
    }

    private static FileContent database() {
        return new RepositoryDatabaseFile().list(PACKAGE, FILE).content();
    }

    // A day.

    @Test
    void databaseOfADayIsFetchedOnceForAll() throws Exception {
        archive.file("/repos" + DAY + "core.db", database()).file("/repos" + DAY + "core.db.sig", SIGNATURE);
        scenario.start(mirror);
        assertWhole(scenario.get("/archive" + DAY + "core.db"), database(), REMOTE);
        archive.refuseConnections();
        archive.dropConnections();

        assertWhole(scenario.get("/archive" + DAY + "core.db"), database(), CACHE);
        assertWhole(scenario.get("/archive" + DAY + "core.db.sig"), SIGNATURE, CACHE);
        scenario.restart();
        assertWhole(scenario.get("/archive" + DAY + "core.db"), database(), CACHE);
        assertThat(scenario.get("/archive" + DAY + "core.db").header("Warning")).isNull();
        assertWhole(scenario.get("/archive" + DAY + "core.db.sig"), SIGNATURE, CACHE);

        assertThat(archive.requestsFor("/repos" + DAY + "core.db")).hasSize(1);
        assertThat(mirror.requests()).isEmpty();
    }

    @Test
    void packageOfADayIsWhatTheDatabaseOfThatDayDemands() throws Exception {
        archive.file("/repos" + DAY + "core.db", database()).file("/repos" + DAY + NAME, FILE.withFlippedBit(7));
        mirror.file(PACKAGE, FILE);
        scenario.start(mirror);
        assertWhole(scenario.get("/archive" + DAY + "core.db"), database(), REMOTE);
        assertError(scenario.get("/archive" + DAY + NAME), 502);

        archive.file("/repos" + DAY + NAME, FILE);

        assertWhole(scenario.get("/archive" + DAY + NAME), FILE, REMOTE);
        assertWhole(scenario.hit("/archive" + DAY + NAME), FILE, CACHE);
        assertThat(mirror.requests()).isEmpty();
    }

    @Test
    void whatADayHasNotGotIsAskedOfNobodyElse() throws Exception {
        mirror.file("/archive" + DAY + NAME, FILE);
        archive.file(IN_POOL, FILE);
        scenario.start(mirror);

        assertError(scenario.get("/archive" + DAY + NAME), 404);

        assertThat(archive.requests()).extracting(request -> request.path()).containsExactly("/repos" + DAY + NAME);
        assertThat(mirror.requests()).isEmpty();
    }

    @Test
    void versionsThatTheDatabaseOfADayListsStayHoweverOldTheyAre() throws Exception {
        String newer = "zlib-1:1.3.2-1-x86_64.pkg.tar.zst";
        String older = "zlib-1:1.2.9-1-x86_64.pkg.tar.zst";
        archive.file("/repos" + DAY + "core.db", database());
        for (String name : List.of(older, NAME, newer)) {
            archive.file("/repos" + DAY + name, FILE);
        }
        scenario.set("num_versions_retain", "1").start(mirror);
        assertWhole(scenario.get("/archive" + DAY + "core.db"), database(), REMOTE);
        for (String name : List.of(older, NAME, newer)) {
            assertWhole(scenario.get("/archive" + DAY + name), FILE, REMOTE);
        }

        assertThat(scenario.get("/sweep", "Accept: text/plain").text())
                .startsWith("A sweep would remove 1 file,")
                .contains("archive" + DAY + older);
    }

    // The package pool.

    @Test
    void packageThatNoMirrorHasComesFromThePoolWithItsSignature() throws Exception {
        archive.file(IN_POOL, FILE).file(IN_POOL + ".sig", DetachedSignature.of(FILE));
        ScriptedMirror second = scenario.mirror();
        scenario.start(mirror, second);

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);

        assertWhole(scenario.hit(PACKAGE), FILE, CACHE);
        assertWhole(scenario.hit(PACKAGE + ".sig"), DetachedSignature.of(FILE), CACHE);
        assertThat(List.of(mirror, second))
                .allSatisfy(each -> assertThat(each.requests())
                        .as("asked for the package, and not for the signature that comes with it")
                        .hasSize(1));
        assertThat(scenario.cachedFiles())
                .containsExactlyInAnyOrder(PACKAGE.substring(1), PACKAGE.substring(1) + ".sig");
    }

    @Test
    void packageFromThePoolIsWhatTheDatabaseDemands() throws Exception {
        mirror.file("/core/os/x86_64/core.db", database());
        archive.file(IN_POOL, FILE.withFlippedBit(7));
        scenario.start(mirror);
        assertWhole(scenario.get("/core/os/x86_64/core.db"), database(), REMOTE);

        assertError(scenario.get(PACKAGE), 404);

        assertThat(archive.requestsFor(IN_POOL)).hasSize(1);
    }

    @Test
    void whatIsNowhereIsTheMirrors404() throws Exception {
        scenario.start(mirror);

        assertError(scenario.get(PACKAGE), 404);

        assertThat(archive.requestsFor(IN_POOL)).hasSize(1);
        assertThat(scenario.get(PACKAGE).text()).contains(mirror.url()).doesNotContain(archive.url());
    }

    @Test
    void poolThatIsSilentCostsLessThanPacmansPatienceAndOnlyOnce() throws Exception {
        archive.faultEverywhere(new Fault().silence());
        scenario.start(mirror);

        assertTakesAtMost(Duration.ofMillis(9500), PACKAGE);
        assertTakesAtMost(Duration.ofMillis(2500), PACKAGE.replace("zlib", "bzip"));

        assertThat(archive.requests()).hasSize(1);
    }

    private void assertTakesAtMost(Duration limit, String path) throws Exception {
        long start = System.nanoTime();
        assertError(scenario.get(path), 404);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(limit);
    }

    @Test
    void poolIsNotAskedWhileAMirrorDoesNotAnswer() throws Exception {
        archive.file(IN_POOL, FILE);
        ScriptedMirror dead = scenario.mirror();
        dead.refuseConnections();
        scenario.start(mirror, dead);

        assertError(scenario.get(PACKAGE), 502);

        assertThat(archive.requests()).isEmpty();
    }

    @Test
    void poolIsNotAskedIfItIsSwitchedOff() throws Exception {
        archive.file(IN_POOL, FILE);
        scenario.set("archive_fallback", "false").start(mirror);

        assertError(scenario.get(PACKAGE), 404);

        assertThat(archive.requests()).isEmpty();
    }
}
