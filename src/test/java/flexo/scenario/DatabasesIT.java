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
import flexo.testing.Gate;
import flexo.testing.RawClient;
import flexo.testing.RawResponse;
import flexo.testing.RecordedRequest;
import flexo.testing.RepositoryDatabaseFile;
import flexo.testing.ScriptedMirror;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.zip.GZIPOutputStream;
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

/** Databases follow upstream, cost little, never become older, and are never anything but databases. */
@ExtendWith(ArquillianExtension.class)
class DatabasesIT {
    private static final String DATABASE = "/core/os/x86_64/core.db";
    private static final Instant BEFORE = ScriptedMirror.LAST_MODIFIED.minus(Duration.ofHours(12));
    private static final Instant AFTER = ScriptedMirror.LAST_MODIFIED.plus(Duration.ofHours(1));
    private static final FileContent OLD = database(1);
    private static final FileContent PRESENT = database(2);
    private static final FileContent NEW = database(3);

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
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/core/os/x86_64/core.db",
                "/core/os/x86_64/core.files",
                "/core/os/x86_64/core.db.tar.gz",
                "/core/os/x86_64/core.files.tar.gz",
                "/aarch64/core/core.db",
                "/~eschwartz/repo/x86_64/eschwartz.db",
                "/lastsync",
                "/lastupdate"
            })
    void everyMetadataNameFollowsUpstream(String path) throws Exception {
        mirror.file(path, PRESENT);
        scenario.start(mirror);
        assertWhole(scenario.get(path), PRESENT, REMOTE);

        mirror.file(path, NEW, AFTER);

        RawResponse next = scenario.get(path);
        assertThat(next.status()).isEqualTo(200);
        assertThat(next.header("Last-Modified")).isEqualTo(ScriptedMirror.httpDate(AFTER));
        assertSameBytes(next.body(), NEW.bytes());
        assertSameBytes(Files.readAllBytes(scenario.cached(path)), NEW.bytes());
    }

    @ParameterizedTest
    @ValueSource(strings = {"core.db", "core.files", "core.db.tar.gz", "core.files.tar.gz"})
    void signatureOfADatabaseFollowsUpstreamWithIt(String name) throws Exception {
        String path = "/core/os/x86_64/" + name;
        mirror.file(path, PRESENT).file(path + ".sig", signature(2));
        scenario.start(mirror);
        scenario.get(path);
        assertSameBytes(scenario.get(path + ".sig").body(), signature(2).bytes());

        mirror.file(path, NEW, AFTER).file(path + ".sig", signature(3), AFTER);

        scenario.get(path);
        assertSameBytes(scenario.get(path + ".sig").body(), signature(3).bytes());
        assertSameBytes(
                Files.readAllBytes(scenario.cached(path + ".sig")), signature(3).bytes());
    }

    @Test
    void unchangedDatabaseIsConfirmedWithoutItsBytes() throws Exception {
        mirror.file(DATABASE, PRESENT);
        scenario.start(mirror);
        assertWhole(scenario.get(DATABASE), PRESENT, REMOTE);

        assertWhole(scenario.get(DATABASE), PRESENT, CACHE);
        assertWhole(scenario.get(DATABASE), PRESENT, CACHE);

        List<RecordedRequest> requests = mirror.requestsFor(DATABASE);
        assertThat(requests).hasSize(3);
        assertThat(requests.get(0).header("If-Modified-Since")).isEmpty();
        for (RecordedRequest later : requests.subList(1, 3)) {
            assertThat(later.header("If-Modified-Since")).contains(LAST_MODIFIED);
            assertThat(later.bodyBytesSent()).hasValue(0);
        }
    }

    @Test
    void databaseOfAnEarlierRunIsConfirmedWithoutItsBytes() throws Exception {
        mirror.file(DATABASE, PRESENT);
        scenario.start(mirror);
        scenario.get(DATABASE);

        scenario.restart();

        assertWhole(scenario.get(DATABASE), PRESENT, CACHE);
        RecordedRequest later = mirror.requestsFor(DATABASE).get(1);
        assertThat(later.header("If-Modified-Since")).contains(LAST_MODIFIED);
        assertThat(later.bodyBytesSent()).hasValue(0);
    }

    @Test
    @OnEachTomcat
    void hundredClientsInTheSameMomentMakeOneRequestForEachDatabase() throws Exception {
        String extra = "/extra/os/x86_64/extra.db";
        mirror.file(DATABASE, PRESENT).file(extra, NEW);
        scenario.set("database_check_interval", "1 h").start(mirror);

        syncInTheSameMoment(100, extra);
        assertThat(mirror.requestsFor(DATABASE)).hasSize(1);
        assertThat(mirror.requestsFor(extra)).hasSize(1);

        scenario.restart();
        syncInTheSameMoment(100, extra);
        assertThat(mirror.requestsFor(DATABASE))
                .hasSize(2)
                .last()
                .satisfies(later -> assertThat(later.bodyBytesSent()).hasValue(0));
        assertThat(mirror.requestsFor(extra))
                .hasSize(2)
                .last()
                .satisfies(later -> assertThat(later.bodyBytesSent()).hasValue(0));
    }

    @Test
    void repositoriesMayBeCheckedMoreOrLessOftenThanOthers() throws Exception {
        String extra = "/extra/os/x86_64/extra.db";
        Path toml = Files.writeString(scenario.scratch().resolve("flexo.toml"), """
                [[repository]]
                name = "core"
                database_check_interval = "0 s"
                """);
        mirror.file(DATABASE, PRESENT).file(extra, PRESENT);
        scenario.set("config_file", toml).set("database_check_interval", "1 h").start(mirror);
        for (String database : List.of(DATABASE, extra)) {
            assertWhole(scenario.get(database), PRESENT, REMOTE);
            mirror.file(database, NEW, AFTER);
        }

        assertSameBytes(scenario.get(DATABASE).body(), NEW.bytes());
        assertWhole(scenario.get(extra), PRESENT, CACHE);
    }

    private void syncInTheSameMoment(int clients, String extra) throws Exception {
        List<RawClient> present = new ArrayList<>();
        List<RawClient> other = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            present.add(scenario.client());
            other.add(scenario.client());
        }
        for (int i = 0; i < clients; i++) {
            present.get(i).request("GET", DATABASE);
            other.get(i).request("GET", extra);
        }
        for (int i = 0; i < clients; i++) {
            RawResponse answer = present.get(i).readResponse();
            assertThat(answer.status()).isEqualTo(200);
            assertSameBytes(answer.body(), PRESENT.bytes());
            assertSameBytes(other.get(i).readResponse().body(), NEW.bytes());
        }
    }

    @Test
    @OnEachTomcat
    void clientGetsOnlyWhatIsNewerThanItsCopy() throws Exception {
        mirror.file(DATABASE, PRESENT);
        scenario.start(mirror);
        RawClient client = scenario.client();

        for (String copy : List.of(LAST_MODIFIED, ScriptedMirror.httpDate(AFTER))) {
            RawResponse same = client.get(DATABASE, "If-Modified-Since: " + copy);
            assertThat(same.status()).as(copy).isEqualTo(304);
            assertThat(same.header(ORIGIN)).as(copy).isEqualTo(NOTHING);
        }
        for (String copy : List.of(ScriptedMirror.httpDate(BEFORE), "the day before yesterday", "")) {
            assertWhole(client.get(DATABASE, "If-Modified-Since: " + copy), PRESENT, CACHE);
        }
        mirror.file(DATABASE, NEW, AFTER);
        RawResponse newer = client.get(DATABASE, "If-Modified-Since: " + LAST_MODIFIED);
        assertThat(newer.status()).isEqualTo(200);
        assertSameBytes(newer.body(), NEW.bytes());
    }

    @Test
    @OnEachTomcat
    void headOfADatabaseIsThatOfItsLatestState() throws Exception {
        mirror.file(DATABASE, PRESENT);
        scenario.start(mirror);
        scenario.get(DATABASE);

        mirror.file(DATABASE, NEW, AFTER);

        RawResponse head = scenario.client().head(DATABASE);
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.contentLength()).isEqualTo(NEW.lengthBytes());
        assertThat(head.header("Last-Modified")).isEqualTo(ScriptedMirror.httpDate(AFTER));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void mirrorThatIsBehindTakesNoDatabaseBackAndIsUsedOnceItHasCaughtUp(boolean ignoresConditions) throws Exception {
        mirror.file(DATABASE, PRESENT);
        second.file(DATABASE, OLD, BEFORE);
        if (ignoresConditions) {
            second.fault(DATABASE, new Fault().ignoreConditions());
        }
        scenario.start(mirror, second);
        assertWhole(scenario.get(DATABASE), PRESENT, REMOTE);

        mirror.refuseConnections();
        for (int i = 0; i < 3; i++) {
            assertWhole(scenario.get(DATABASE), PRESENT, CACHE);
        }
        assertThat(scenario.get(DATABASE, "If-Modified-Since: " + LAST_MODIFIED).status())
                .isEqualTo(304);
        assertThat(second.requestsFor(DATABASE)).isNotEmpty();
        assertSameBytes(Files.readAllBytes(scenario.cached(DATABASE)), PRESENT.bytes());

        second.file(DATABASE, NEW, AFTER);
        Awaitility.await("the other mirror's newer state is served")
                .untilAsserted(() -> assertSameBytes(scenario.get(DATABASE).body(), NEW.bytes()));
    }

    @Test
    void mirrorThatIsBehindAndTellsNoTimeTakesNoDatabaseBackEither() throws Exception {
        FileContent later = new RepositoryDatabaseFile()
                .add("zlib", "1.3-9", new byte[9], Instant.parse("2025-01-02T00:00:00Z"))
                .content();
        mirror.file(DATABASE, later);
        second.file(DATABASE, OLD, BEFORE)
                .fault(DATABASE, new Fault().noLastModified().ignoreConditions());
        scenario.start(mirror, second);
        assertWhole(scenario.get(DATABASE), later, REMOTE);
        mirror.refuseConnections();

        assertWhole(scenario.get(DATABASE), later, CACHE);
        Awaitility.await("the other mirror is asked, and not believed")
                .untilAsserted(() -> assertThat(second.requestsFor(DATABASE)).isNotEmpty());
        assertWhole(scenario.get(DATABASE), later, CACHE);
    }

    @Test
    void databaseOfAnEarlierRunIsNotTakenBackEither() throws Exception {
        mirror.file(DATABASE, PRESENT);
        second.file(DATABASE, OLD, BEFORE).fault(DATABASE, new Fault().ignoreConditions());
        scenario.start(mirror, second);
        scenario.get(DATABASE);
        mirror.refuseConnections();

        scenario.restart();

        assertWhole(scenario.get(DATABASE), PRESENT, CACHE);
    }

    @Test
    void mirrorWithItsClockInTheFutureDoesNotPoison() throws Exception {
        mirror.file(DATABASE, OLD, Instant.parse("2099-01-01T00:00:00Z"));
        second.file(DATABASE, PRESENT);
        scenario.start(mirror, second);
        RawResponse first = scenario.get(DATABASE);
        assertSameBytes(first.body(), OLD.bytes());
        Instant told = ZonedDateTime.parse(first.header("Last-Modified"), DateTimeFormatter.RFC_1123_DATE_TIME)
                .toInstant();
        assertThat(told).isBefore(Instant.now().plus(Duration.ofDays(1)));

        mirror.refuseConnections();

        // The client's copy has the time that it was told.
        RawResponse next = scenario.get(DATABASE, "If-Modified-Since: " + first.header("Last-Modified"));
        assertThat(next.status()).isEqualTo(200);
        assertSameBytes(next.body(), PRESENT.bytes());
    }

    @Test
    void sameBytesOfAnotherTimeAtEachMirrorAreFetchedOnceFromEach() throws Exception {
        ScriptedMirror third = scenario.mirror().file(DATABASE, PRESENT, BEFORE);
        mirror.file(DATABASE, PRESENT);
        second.file(DATABASE, PRESENT, AFTER);
        scenario.start(mirror, second, third);
        assertWhole(scenario.get(DATABASE), PRESENT, REMOTE);

        mirror.refuseConnections();
        for (int i = 0; i < 4; i++) {
            assertWhole(scenario.get(DATABASE), PRESENT, CACHE);
            assertThat(scenario.get(DATABASE, "If-Modified-Since: " + LAST_MODIFIED)
                            .status())
                    .isEqualTo(304);
        }

        assertThat(second.requestsFor(DATABASE).stream()
                        .filter(request -> request.bodyBytesSent().get() > 0))
                .as("answers with a body")
                .hasSizeLessThanOrEqualTo(1);
        second.refuseConnections();
        assertWhole(scenario.get(DATABASE), PRESENT, CACHE);
        assertThat(third.requestsFor(DATABASE).stream()
                        .filter(request -> request.bodyBytesSent().get() > 0))
                .as("what is older by its time is compared by its bytes")
                .hasSizeLessThanOrEqualTo(1);

        // No false 304: what is new is told to those who have the same bytes under another time.
        third.file(DATABASE, NEW, AFTER.plusSeconds(1));
        RawResponse newer = scenario.get(DATABASE, "If-Modified-Since: " + LAST_MODIFIED);
        assertThat(newer.status()).isEqualTo(200);
        assertSameBytes(newer.body(), NEW.bytes());
    }

    @Test
    void otherBytesOfTheSameSizeAreANewState() throws Exception {
        FileContent one = new RepositoryDatabaseFile().filler(1, 5000).unpacked();
        FileContent other = new RepositoryDatabaseFile().filler(2, 5000).unpacked();
        assertThat(one.lengthBytes()).isEqualTo(other.lengthBytes());
        mirror.file(DATABASE, one);
        scenario.start(mirror);
        assertWhole(scenario.get(DATABASE), one, REMOTE);

        mirror.file(DATABASE, other, ScriptedMirror.LAST_MODIFIED.plusSeconds(1));

        assertSameBytes(scenario.get(DATABASE).body(), other.bytes());
        assertSameBytes(scenario.hit(DATABASE).body(), other.bytes());
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/html", "application/octet-stream"})
    void captivePortalIsNoDatabase(String mediaType) throws Exception {
        mirror.fault(DATABASE, new Fault().htmlPage(mediaType));
        second.file(DATABASE, PRESENT);
        scenario.start(mirror, second);

        assertWhole(scenario.get(DATABASE), PRESENT, REMOTE);
        assertSameBytes(scenario.hit(DATABASE).body(), PRESENT.bytes());
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/html", "application/octet-stream"})
    void captivePortalInFrontOfEverythingIsAnErrorUntilThereIsADatabaseAndThenLeavesItAlone(String mediaType)
            throws Exception {
        mirror.file(DATABASE, PRESENT).fault(DATABASE, new Fault().htmlPage(mediaType));
        scenario.start(mirror);
        assertError(scenario.get(DATABASE), 502);
        assertThat(scenario.cachedFiles()).isEmpty();
        mirror.heal();
        assertWhole(scenario.get(DATABASE), PRESENT, REMOTE);

        mirror.fault(DATABASE, new Fault().htmlPage(mediaType));

        assertWhole(scenario.get(DATABASE), PRESENT, CACHE);
        assertSameBytes(Files.readAllBytes(scenario.cached(DATABASE)), PRESENT.bytes());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/lastsync", "/lastupdate"})
    void captivePortalIsNoTimestamp(String path) throws Exception {
        FileContent time = FileContent.of("1767225600\n".getBytes(StandardCharsets.US_ASCII));
        mirror.fault(path, new Fault().htmlPage("application/octet-stream"));
        second.file(path, time);
        scenario.start(mirror, second);

        assertWhole(scenario.get(path), time, REMOTE);
    }

    @Test
    void databaseThatIsShortAndSaysSoIsTakenFromAnotherMirror() throws Exception {
        FileContent whole = new RepositoryDatabaseFile().filler(1, 50_000).content();
        for (int bytes : List.of(20, 4_000, (int) whole.lengthBytes() - 8)) {
            mirror.file(DATABASE, FileContent.of(whole.bytes(0, bytes)));
            second.file(DATABASE, whole);
            scenario.start(mirror, second);

            assertWhole(scenario.get(DATABASE), whole, REMOTE);

            assertThat(scenario.log().messages(Level.INFO))
                    .anyMatch(line -> line.contains("core.db") && line.contains(mirror.url()));
            scenario.undeploy();
            Scenario.delete(scenario.cache());
        }
    }

    @Test
    void archiveOfSomethingElseIsNoDatabase() throws Exception {
        mirror.file(DATABASE, FileContent.seeded(1, 5000));
        second.file(DATABASE, PRESENT);
        scenario.start(mirror, second);

        assertWhole(scenario.get(DATABASE), PRESENT, REMOTE);
    }

    @Test
    void bombIsRefusedWithoutUnpackingItIntoMemory() throws Exception {
        mirror.file(DATABASE, zeros(1L << 30));
        second.file(DATABASE, PRESENT);
        scenario.start(mirror, second);
        long before = usedHeapBytes();

        assertWhole(scenario.get(DATABASE), PRESENT, REMOTE);

        assertThat(usedHeapBytes() - before).as("heap that it cost").isLessThan(32L << 20);
        assertThat(scenario.log().messages(Level.INFO))
                .anyMatch(line ->
                        line.contains("core.db") && line.contains("no database") && line.contains(mirror.url()));
        assertThat(second.requestsFor(DATABASE)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void databaseWithoutALengthIsTaken(boolean chunked) throws Exception {
        mirror.file(DATABASE, PRESENT).fault(DATABASE, chunked ? new Fault().chunked() : new Fault().noLength());
        scenario.start(mirror);

        assertWhole(scenario.get(DATABASE), PRESENT, REMOTE);
    }

    @Test
    void databaseOfAMirrorThatTellsNoTimeIsServedAndFollowed() throws Exception {
        mirror.file(DATABASE, PRESENT).fault(DATABASE, new Fault().noLastModified());
        scenario.start(mirror);
        RawResponse first = scenario.get(DATABASE);
        assertSameBytes(first.body(), PRESENT.bytes());

        mirror.file(DATABASE, NEW);

        RawResponse next = scenario.get(DATABASE, "If-Modified-Since: " + first.header("Last-Modified"));
        assertThat(next.status()).isEqualTo(200);
        assertSameBytes(next.body(), NEW.bytes());
    }

    @Test
    @OnEachTomcat
    void databaseWhoseClientLeavesInTheMiddleIsPublishedAllTheSame() throws Exception {
        FileContent large = new RepositoryDatabaseFile().filler(1, 300_000).content();
        Gate gate = new Gate(280_000);
        // Slow enough for its client to get some of it before it is proven.
        mirror.file(DATABASE, large)
                .faultOnRequest(DATABASE, 1, new Fault().rate(100_000).gate(gate));
        scenario.start(mirror);
        RawClient client = scenario.client();
        client.request("GET", DATABASE);
        client.readHead();
        client.readExpecting(large, 0, 1000);
        client.reset();

        gate.open();

        Awaitility.await()
                .untilAsserted(() -> assertThat(scenario.cached(DATABASE)).exists());
        assertWhole(scenario.hit(DATABASE), large, CACHE);
        assertThat(mirror.requestsFor(DATABASE).get(0).bodyBytesSent()).hasValue(large.lengthBytes());
    }

    @Test
    @OnEachTomcat
    void databaseWhoseClientLeavesBeforeItsHeadIsPublishedAllTheSame() throws Exception {
        Gate gate = new Gate(0);
        mirror.file(DATABASE, PRESENT).fault(DATABASE, new Fault().gateBeforeHead(gate));
        scenario.start(mirror);
        RawClient client = scenario.client();
        client.request("GET", DATABASE);
        gate.awaitReached();
        client.vanish();

        gate.open();

        Awaitility.await()
                .untilAsserted(() -> assertThat(scenario.cached(DATABASE)).exists());
        assertSameBytes(Files.readAllBytes(scenario.cached(DATABASE)), PRESENT.bytes());
    }

    private static long usedHeapBytes() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static FileContent zeros(long unpackedBytes) throws Exception {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        byte[] zeros = new byte[1 << 20];
        try (OutputStream packing = new GZIPOutputStream(packed, 1 << 16)) {
            for (long done = 0; done < unpackedBytes; done += zeros.length) {
                packing.write(zeros);
            }
        }
        return FileContent.of(packed.toByteArray());
    }

    private static FileContent database(int state) {
        return new RepositoryDatabaseFile()
                .list("zlib-1.3-" + state + "-x86_64.pkg.tar.zst", FileContent.seeded(state, 1000))
                .content();
    }

    private static FileContent signature(int state) {
        return FileContent.seeded(100 + state, 119);
    }
}
