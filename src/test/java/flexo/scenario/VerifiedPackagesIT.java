package flexo.scenario;

import static flexo.scenario.Answers.CACHE;
import static flexo.scenario.Answers.REMOTE;
import static flexo.scenario.Answers.assertError;
import static flexo.scenario.Answers.assertPart;
import static flexo.scenario.Answers.assertSameBytes;
import static flexo.scenario.Answers.assertWhole;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.Fault;
import flexo.testing.FileContent;
import flexo.testing.Gate;
import flexo.testing.RawClient;
import flexo.testing.RawResponse;
import flexo.testing.RepositoryDatabaseFile;
import flexo.testing.ScriptedMirror;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Packages are what their database says, or they do not look whole. */
@ExtendWith(ArquillianExtension.class)
class VerifiedPackagesIT {
    private static final String DATABASE = "/core/os/x86_64/core.db";
    private static final String PACKAGE = "/core/os/x86_64/zlib-1:1.3.1-2-x86_64.pkg.tar.zst";
    private static final FileContent FILE = FileContent.seeded(1, 300_003);
    /** Too long to be kept from its clients until it is proven. */
    private static final FileContent LARGE = FileContent.seeded(2, (16 << 20) + 100_003);

    private static final Instant AFTER = ScriptedMirror.LAST_MODIFIED.plus(Duration.ofHours(1));

    @RegisterExtension
    final Scenario scenario = new Scenario();

    @ArquillianResource
    Deployer deployer;

    private ScriptedMirror mirror;
    private ScriptedMirror second;
    private ScriptedMirror third;

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
        third = scenario.mirror();
    }

    /** All mirrors have the package and a database that lists it, which has been synchronised. */
    private void know(FileContent file) throws Exception {
        for (ScriptedMirror each : List.of(mirror, second, third)) {
            each.file(DATABASE, listing(file)).file(PACKAGE, file);
        }
        scenario.start(mirror, second, third);
        assertWhole(scenario.get(DATABASE), listing(file), REMOTE);
    }

    private static FileContent listing(FileContent file) {
        return listing(PACKAGE, file);
    }

    private static FileContent listing(String path, FileContent file) {
        return new RepositoryDatabaseFile().list(path, file).content();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 150_000, 300_002})
    void flippedBitOfOneMirrorIsInvisible(long position) throws Exception {
        know(FILE);
        mirror.file(PACKAGE, FILE.withFlippedBit(position));

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);

        assertThat(mirror.requestsFor(PACKAGE)).hasSize(1);
        assertWhole(scenario.hit(PACKAGE), FILE, CACHE);
        assertSameBytes(Files.readAllBytes(scenario.cached(PACKAGE)), FILE.bytes());
        assertThat(scenario.log().messages(Level.INFO))
                .anyMatch(line ->
                        line.contains(PACKAGE.substring(1)) && line.contains("SHA-256") && line.contains(mirror.url()));
    }

    @Test
    void flippedBitIsInvisibleToAllWhoWaitForTheSamePackage() throws Exception {
        Gate gate = new Gate(200_000);
        know(FILE);
        mirror.file(PACKAGE, FILE.withFlippedBit(150_000)).fault(PACKAGE, new Fault().gate(gate));
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            RawClient client = scenario.client();
            client.request("GET", PACKAGE);
            clients.add(client);
        }
        gate.awaitReached();
        gate.open();

        for (RawClient client : clients) {
            RawResponse answer = client.readResponse();
            assertThat(answer.status()).isEqualTo(200);
            assertSameBytes(answer.body(), FILE.bytes());
        }
    }

    @Test
    @OnEachTomcat
    void flippedBitOfALargePackageBreaksTheConnectionAndTheNextRequestIsRight() throws Exception {
        know(LARGE);
        mirror.file(PACKAGE, LARGE.withFlippedBit(LARGE.lengthBytes() - 1));
        RawClient client = scenario.client();
        client.request("GET", PACKAGE);
        assertThat(client.readHead().contentLength()).isEqualTo(LARGE.lengthBytes());

        byte[] came = client.readToEnd();

        assertThat(came.length).as("bytes before the connection broke").isLessThan((int) LARGE.lengthBytes());
        assertSameBytes(came, LARGE.bytes(0, came.length));
        assertThat(scenario.cached(PACKAGE)).doesNotExist();
        assertWhole(scenario.get(PACKAGE), LARGE, REMOTE);
        assertWhole(scenario.hit(PACKAGE), LARGE, CACHE);
        // As pacman goes on after a broken connection.
        assertPart(
                scenario.get(PACKAGE, "Range: bytes=" + came.length + "-"),
                LARGE,
                came.length,
                LARGE.lengthBytes() - 1,
                CACHE);
    }

    @Test
    void packageThatEveryMirrorHasWrongIsAnError() throws Exception {
        know(FILE);
        for (ScriptedMirror each : List.of(mirror, second, third)) {
            each.file(PACKAGE, FILE.withFlippedBit(7));
        }

        assertError(scenario.get(PACKAGE), 502);

        assertThat(scenario.cached(PACKAGE)).doesNotExist();
        // What mirrors were found to lack is remembered for a while, but not from one run to the next.
        third.file(PACKAGE, FILE);
        scenario.restart();
        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
    }

    @Test
    void packageThatIsShortAndSaysSoIsTakenFromAnotherMirror() throws Exception {
        know(FILE);
        mirror.file(PACKAGE, FileContent.of(FILE.bytes(0, 200_000)));

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);

        assertThat(mirror.requestsFor(PACKAGE)).hasSize(1);
        assertWhole(scenario.hit(PACKAGE), FILE, CACHE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/html", "application/octet-stream"})
    void captivePortalIsNoPackage(String mediaType) throws Exception {
        know(FILE);
        mirror.fault(PACKAGE, new Fault().htmlPage(mediaType));

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
        assertWhole(scenario.hit(PACKAGE), FILE, CACHE);
    }

    /** As a client meets it that has us as its {@code CacheServer}, before we have seen any database. */
    @ParameterizedTest
    @ValueSource(strings = {"text/html", "application/octet-stream"})
    void captivePortalIsNoPackageEvenIfNoDatabaseIsKnown(String mediaType) throws Exception {
        mirror.fault(PACKAGE, new Fault().htmlPage(mediaType));
        second.file(PACKAGE, FILE);
        scenario.start(mirror, second);

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
        assertWhole(scenario.hit(PACKAGE), FILE, CACHE);
    }

    @Test
    void mirrorsThatLackAPackageThatIsListedAreAskedInTurn() throws Exception {
        know(FILE);
        mirror.remove(PACKAGE);
        second.remove(PACKAGE);

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
    }

    @Test
    void anotherBuildIsNotSplicedIntoAPackage() throws Exception {
        know(FILE);
        mirror.fault(PACKAGE, new Fault().cutAfter(100_000));
        second.file(PACKAGE, FileContent.seeded(9, FILE.lengthBytes()));

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
        assertWhole(scenario.hit(PACKAGE), FILE, CACHE);
    }

    @Test
    void packageThatWasRebuiltUnderItsNameIsFetchedAgainOnceTheDatabaseSaysSo() throws Exception {
        know(FILE);
        scenario.hit(PACKAGE);
        for (FileContent rebuilt : List.of(FileContent.seeded(5, FILE.lengthBytes()), FileContent.seeded(6, 250_000))) {
            Instant when = AFTER.plusSeconds(rebuilt.lengthBytes() == FILE.lengthBytes() ? 0 : 60);
            FileContent cached = FileContent.of(Files.readAllBytes(scenario.cached(PACKAGE)));
            for (ScriptedMirror each : List.of(mirror, second, third)) {
                each.file(PACKAGE, rebuilt);
            }
            assertWhole(scenario.get(PACKAGE), cached, CACHE);

            for (ScriptedMirror each : List.of(mirror, second, third)) {
                each.file(DATABASE, listing(rebuilt), when);
            }
            assertSameBytes(scenario.get(DATABASE).body(), listing(rebuilt).bytes());

            assertWhole(scenario.get(PACKAGE), rebuilt, REMOTE);
            assertWhole(scenario.hit(PACKAGE), rebuilt, CACHE);
        }
    }

    @Test
    void packageThatWasRebuiltIsNotServedAfterARestartEither() throws Exception {
        FileContent rebuilt = FileContent.seeded(5, FILE.lengthBytes());
        know(FILE);
        scenario.hit(PACKAGE);
        for (ScriptedMirror each : List.of(mirror, second, third)) {
            each.file(PACKAGE, rebuilt).file(DATABASE, listing(rebuilt), AFTER);
        }
        scenario.get(DATABASE);

        scenario.restart();

        assertWhole(scenario.get(PACKAGE), rebuilt, REMOTE);
    }

    @Test
    void partOfARebuiltPackageIsNotContinued() throws Exception {
        FileContent rebuilt = FileContent.seeded(5, FILE.lengthBytes());
        know(FILE);
        mirror.fault(PACKAGE, new Fault().status(500)).faultOnRequest(PACKAGE, 1, new Fault().cutAfter(100_000));
        second.remove(PACKAGE);
        third.remove(PACKAGE);
        assertThat(scenario.get(PACKAGE).status()).isIn(502, 504);
        assertThat(scenario.cachedFiles()).anyMatch(file -> file.endsWith(".part"));
        mirror.heal();
        for (ScriptedMirror each : List.of(mirror, second, third)) {
            each.file(PACKAGE, rebuilt).file(DATABASE, listing(rebuilt), AFTER);
        }
        scenario.get(DATABASE);

        assertWhole(scenario.get(PACKAGE), rebuilt, REMOTE);
        assertWhole(scenario.hit(PACKAGE), rebuilt, CACHE);
    }

    @Test
    void packageOfNoKnownDatabaseIsCheckedByItsLengthOnly() throws Exception {
        FileContent unlike = FILE.withFlippedBit(7);
        mirror.file(PACKAGE, unlike);
        second.file(PACKAGE, FILE);
        scenario.start(mirror, second);

        assertWhole(scenario.get(PACKAGE), unlike, REMOTE);
        assertWhole(scenario.hit(PACKAGE), unlike, CACHE);
    }

    @Test
    void packageThatItsDatabaseDoesNotListIsCheckedByItsLengthOnly() throws Exception {
        String former = "/core/os/x86_64/zlib-1:1.3.1-1-x86_64.pkg.tar.zst";
        know(FILE);
        mirror.file(former, LARGE);

        assertWhole(scenario.get(former), LARGE, REMOTE);
    }

    @Test
    void packagesOfCustomLayoutsAreVerifiedByTheDatabaseBesideThem() throws Exception {
        for (String directory : List.of("/aarch64/core/", "/~eschwartz/repo/x86_64/")) {
            String path = directory + "zlib-1.3-1-any.pkg.tar.zst";
            mirror.file(directory + "any.db", listing(path, FILE)).file(path, FILE.withFlippedBit(7));
            second.file(directory + "any.db", listing(path, FILE)).file(path, FILE);
        }
        scenario.start(mirror, second);
        for (String directory : List.of("/aarch64/core/", "/~eschwartz/repo/x86_64/")) {
            scenario.get(directory + "any.db");

            assertWhole(scenario.get(directory + "zlib-1.3-1-any.pkg.tar.zst"), FILE, REMOTE);
        }
    }

    @Test
    void databaseOfAnotherNameThatNobodyRefreshesDoesNotRefuseWhatTheNewOneLists() throws Exception {
        FileContent rebuilt = FileContent.seeded(5, FILE.lengthBytes());
        for (String former : List.of("core.db.tar.gz", "a.db", "z.db", "core-old.db")) {
            mirror.file("/core/os/x86_64/" + former, listing(FILE));
        }
        know(FILE);
        for (String former : List.of("core.db.tar.gz", "a.db", "z.db", "core-old.db")) {
            scenario.get("/core/os/x86_64/" + former);
        }
        for (ScriptedMirror each : List.of(mirror, second, third)) {
            each.file(PACKAGE, rebuilt).file(DATABASE, listing(rebuilt), AFTER);
        }
        scenario.get(DATABASE);

        assertWhole(scenario.get(PACKAGE), rebuilt, REMOTE);
    }

    @Test
    void databaseThatOnlyPackagesNeedIsFetchedAndRefreshedWithoutBeingAskedFor() throws Exception {
        String other = "/core/os/x86_64/other-1-1-any.pkg.tar.zst";
        for (ScriptedMirror each : List.of(mirror, second)) {
            each.file(DATABASE, listing(FILE)).file(other, LARGE).file(PACKAGE, FILE);
        }
        mirror.file(PACKAGE, FILE.withFlippedBit(7));
        scenario.set("database_refresh_interval", "1 s").start(mirror, second);
        assertThat(scenario.get(other).status()).isEqualTo(200);
        Awaitility.await("the database is there")
                .untilAsserted(() -> assertThat(scenario.cached(DATABASE)).exists());

        // Listed as of now, so not as the first mirror has it.
        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);

        FileContent rebuilt = FileContent.seeded(5, FILE.lengthBytes());
        for (ScriptedMirror each : List.of(mirror, second)) {
            each.file(PACKAGE, rebuilt).file(DATABASE, listing(rebuilt), AFTER);
        }
        Awaitility.await("the database is refreshed")
                .untilAsserted(() -> assertSameBytes(scenario.get(PACKAGE).body(), rebuilt.bytes()));
    }
}
