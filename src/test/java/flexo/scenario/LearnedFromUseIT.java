package flexo.scenario;

import static flexo.scenario.Answers.REMOTE;
import static flexo.scenario.Answers.assertError;
import static flexo.scenario.Answers.assertWhole;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import flexo.testing.BlackHole;
import flexo.testing.DetachedSignature;
import flexo.testing.Fault;
import flexo.testing.FileContent;
import flexo.testing.Gate;
import flexo.testing.RawClient;
import flexo.testing.RawResponse;
import flexo.testing.RecordedRequest;
import flexo.testing.RepositoryDatabaseFile;
import flexo.testing.ScriptedMirror;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jboss.arquillian.container.test.api.Deployer;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every transfer teaches about mirrors, and what the next one makes of it. */
@ExtendWith(ArquillianExtension.class)
class LearnedFromUseIT {
    private static final String PACKAGE = "/core/os/x86_64/zlib-1:1.3.1-2-x86_64.pkg.tar.zst";
    private static final FileContent FILE = FileContent.seeded(1, 300_003);
    /** A database that the mirror test does not ask for, so that a mirror may have it and yet fail the test. */
    private static final String DATABASE = "/extra/os/x86_64/extra.db";

    private static final FileContent LISTING =
            new RepositoryDatabaseFile().list(PACKAGE, FILE).content();

    @RegisterExtension
    final Scenario scenario = new Scenario();

    @ArquillianResource
    Deployer deployer;

    private AutoSelection auto;
    private ScriptedMirror primary;
    private ScriptedMirror second;
    private ScriptedMirror third;

    @Deployment(name = FlexoWar.ROOT, managed = false, testable = false)
    static WebArchive root() {
        return FlexoWar.named(FlexoWar.ROOT);
    }

    @BeforeEach
    void container() throws Exception {
        scenario.deployedBy(deployer);
        auto = new AutoSelection(scenario);
        primary = signed(scenario.mirror(), PACKAGE, FILE);
        second = signed(scenario.mirror(), PACKAGE, FILE);
        third = signed(scenario.mirror(), PACKAGE, FILE);
    }

    static Stream<Arguments> deathsOfThePrimary() {
        return Stream.of(
                arguments(Named.of("dies", new Fault().resetAfter(100_001)), "closed"),
                arguments(Named.of("ends early", new Fault().cutAfter(100_001)), "closed"),
                arguments(Named.of("stalls", new Fault().stallAfter(100_001)), "stopped sending"));
    }

    @ParameterizedTest
    @MethodSource("deathsOfThePrimary")
    void clientDoesNotNoticeWhenThePrimary(Fault fault, String reason) throws Exception {
        primary.fault(PACKAGE, fault);
        scenario.set("low_speed_time_secs", 1);
        auto.ranking(primary, second, third).start();
        // Or its transfer may take the second mirror just when the package needs it, and leave it the third.
        scenario.hit(PACKAGE + ".sig");

        RawResponse answer = scenario.get(PACKAGE);

        assertWhole(answer, FILE, REMOTE);
        assertThat(sha256(answer.body())).isEqualTo(sha256(FILE.bytes()));
        assertThat(second.requestsFor(PACKAGE))
                .singleElement()
                .satisfies(request -> assertThat(request.range()).matches("bytes=\\d+-"));
        assertThat(third.requestsFor(PACKAGE)).isEmpty();
        assertThat(auto.switches())
                .singleElement()
                .asString()
                .contains(PACKAGE.substring(1))
                .contains(primary.url())
                .contains(reason)
                .containsPattern("at byte \\d+");
        assertThat(auto.primaries()).containsExactly(primary.url(), second.url());
    }

    @Test
    void primaryThatSlowsToTenKilobytesASecondIsLeftBecauseItsPeersAreFaster() throws Exception {
        FileContent large = FileContent.seeded(2, 4_000_000);
        String[] paths = {"a", "b", "c"};
        for (ScriptedMirror each : List.of(primary, second, third)) {
            for (String path : paths) {
                signed(each, named(path), large);
            }
            signed(each, PACKAGE, large);
        }
        auto.ranking(primary, second, third).start();
        // Held at once, so that each mirror gets one of them and shows what it can.
        downloadInParallel(paths, large);
        Map<ScriptedMirror, Gate> gates = new HashMap<>();
        for (ScriptedMirror each : List.of(primary, second, third)) {
            gates.put(each, new Gate(500_000));
            each.faultOnRequest(PACKAGE, 1, new Fault().gate(gates.get(each)));
        }
        RawClient client = scenario.client();
        client.request("GET", PACKAGE);
        client.readHead();
        client.readExpecting(large, 0, 500_000);
        ScriptedMirror slow = asked(PACKAGE);
        others(slow).forEach(each -> gates.get(each).open());
        ScheduledExecutorService trickle = trickle(gates.get(slow), 500_000);

        long started = System.nanoTime();
        client.readExpecting(large, 500_000, large.lengthBytes() - 500_000);
        trickle.shutdownNow();
        assertThat(trickle.awaitTermination(5, TimeUnit.SECONDS)).isTrue();

        assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(25));
        assertThat(others(slow).stream().flatMap(each -> each.requestsFor(PACKAGE).stream()))
                .singleElement()
                .satisfies(request -> assertThat(request.range()).matches("bytes=\\d+-"));
        assertThat(auto.switches()).singleElement().asString().contains(slow.url());
    }

    @Test
    void everyMirrorFailsForAWhileAndAllAreBackWithoutARestart() throws Exception {
        List<ScriptedMirror> mirrors = List.of(primary, second, third);
        mirrors.forEach(each -> each.faultEverywhere(new Fault().status(500)));
        auto.ranking(primary, second, third).start();
        for (int i = 0; i < 5; i++) {
            assertError(scenario.get(PACKAGE), 502);
        }

        mirrors.forEach(ScriptedMirror::heal);

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
        assertThat(auto.primaries().get(auto.primaries().size() - 1)).isEqualTo(primary.url());
        assertThat(scenario.get("/metrics").text()).doesNotContainPattern("\"num_failures\": ?[1-9]");
    }

    @Test
    void thirtyDeadMirrorsAreAnsweredForInTimeAndSkippedOnceTheyWereTested() throws Exception {
        BlackHole hole = scenario.closing(new BlackHole());
        List<String> ranking = new ArrayList<>(hole.urls(30));
        signed(second, named("next"), FILE).file(AutoSelection.DATABASE, AutoSelection.DATABASE_FILE);
        ranking.add(second.url());
        auto.ranking(ranking).start();

        long started = System.nanoTime();
        RawResponse answer = scenario.get(PACKAGE);
        assertThat(since(started)).isLessThan(Duration.ofSeconds(8));
        assertThat(answer.status()).isIn(200, 502, 504);
        auto.awaitTest();
        auto.awaitStored(1);
        started = System.nanoTime();
        RawResponse next = scenario.get(named("next"));

        // Taken before the assertions: the first soft one of a JVM is slow.
        Duration taken = since(started);
        assertWhole(next, FILE, REMOTE);
        assertThat(taken).as("the dead are skipped").isLessThan(Duration.ofSeconds(2));
    }

    @Test
    void thirtyDeadMirrorsOnAGivenListAreAnsweredForInTimeAndSkippedNextTime() throws Exception {
        BlackHole hole = scenario.closing(new BlackHole());
        signed(second, named("next"), FILE);
        scenario.set("connect_timeout", 150)
                .set("mirrors_predefined", String.join(",", hole.urls(30)) + "," + second.url())
                .set("mirror_selection_method", "predefined");
        auto.start();

        long started = System.nanoTime();
        // A download asks 25 mirrors at most.
        assertThat(scenario.get(PACKAGE).status()).isIn(200, 502, 504);
        assertThat(since(started)).isLessThan(Duration.ofSeconds(8));
        started = System.nanoTime();
        RawResponse next = scenario.get(named("next"));

        // Taken before the assertions: the first soft one of a JVM is slow.
        Duration taken = since(started);
        assertWhole(next, FILE, REMOTE);
        // Five are left that it does not know; all of them would take 4.5 s.
        assertThat(taken).as("the dead are skipped").isLessThan(Duration.ofSeconds(3));
    }

    @Test
    void nothingButThirtyDeadMirrorsIsAnsweredForInTime() throws Exception {
        BlackHole hole = scenario.closing(new BlackHole());
        auto.ranking(hole.urls(30)).start();

        long started = System.nanoTime();
        assertThat(scenario.get(PACKAGE).status()).isIn(502, 504);

        assertThat(since(started)).as("before pacman gives up").isLessThan(Duration.ofMillis(9500));
    }

    @Test
    void fiveParallelDownloadsUseFiveMirrors() throws Exception {
        ScriptedMirror fourth = scenario.mirror();
        ScriptedMirror fifth = scenario.mirror();
        ScriptedMirror sixth = scenario.mirror();
        List<ScriptedMirror> best = List.of(primary, second, third, fourth, fifth);
        Gate gate = new Gate(1_000);
        for (ScriptedMirror each : best) {
            for (int i = 0; i < 5; i++) {
                signed(each, named("p" + i), FILE).fault(named("p" + i), new Fault().gate(gate));
            }
        }
        auto.ranking(primary, second, third, fourth, fifth, sixth).start();
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            RawClient client = scenario.client();
            client.request("GET", named("p" + i));
            clients.add(client);
        }
        for (RawClient client : clients) {
            client.readHead();
            client.readExpecting(FILE, 0, 1_000);
        }

        assertThat(best).allSatisfy(each -> assertThat(downloads(each)).isEqualTo(1));
        assertThat(downloads(sixth)).isZero();
        gate.open();
        for (RawClient client : clients) {
            client.readExpecting(FILE, 1_000, FILE.lengthBytes() - 1_000);
        }
    }

    @Test
    void oneDownloadAfterAnotherUsesTheBestMirror() throws Exception {
        for (int i = 0; i < 5; i++) {
            signed(primary, named("p" + i), FILE);
        }
        auto.ranking(primary, second, third).start();

        for (int i = 0; i < 5; i++) {
            assertWhole(scenario.get(named("p" + i)), FILE, REMOTE);
            Awaitility.await()
                    .until(() -> scenario.get("/metrics").text().contains("\"num_usages\"")
                            && scenario.cachedFiles().stream().noneMatch(file -> file.endsWith(".part")));
        }

        assertThat(downloads(primary)).isEqualTo(5);
    }

    @Test
    void databasesStayWithOneMirrorEvenWhileItIsInUse() throws Exception {
        Gate gate = new Gate(1_000);
        for (ScriptedMirror each : List.of(primary, second, third)) {
            each.file(DATABASE, LISTING);
        }
        primary.fault(PACKAGE, new Fault().gate(gate));
        scenario.set("database_check_interval", "0 s");
        auto.ranking(primary, second, third).start();
        RawClient client = scenario.client();
        client.request("GET", PACKAGE);
        client.readHead();
        client.readExpecting(FILE, 0, 1_000);

        for (int i = 0; i < 4; i++) {
            assertThat(scenario.get(DATABASE).body()).isEqualTo(LISTING.bytes());
        }

        assertThat(second.requestsFor(DATABASE)).isEmpty();
        assertThat(third.requestsFor(DATABASE)).isEmpty();
        gate.open();
        client.readExpecting(FILE, 1_000, FILE.lengthBytes() - 1_000);
    }

    @Test
    void databasesStayWithTheMirrorThatDeliveredThemLastAfterAFailure() throws Exception {
        String other = "/core/os/x86_64/custom.db";
        for (ScriptedMirror each : List.of(primary, second, third)) {
            each.file(DATABASE, LISTING).file(other, LISTING);
        }
        primary.faultOnRequest(DATABASE, 1, new Fault().status(503));
        auto.ranking(primary, second, third).start();

        assertThat(scenario.get(DATABASE).body()).isEqualTo(LISTING.bytes());
        assertThat(scenario.get(other).body()).isEqualTo(LISTING.bytes());

        assertThat(second.requestsFor(DATABASE)).isNotEmpty();
        assertThat(second.requestsFor(other)).isNotEmpty();
        assertThat(primary.requestsFor(other)).isEmpty();
    }

    @Test
    void missingPackageBlamesNobody() throws Exception {
        String missing = named("missing");
        signed(second, missing, FILE);
        auto.ranking(primary, second, third).start();

        assertWhole(scenario.get(missing), FILE, REMOTE);
        assertThat(primary.requestsFor(missing)).hasSize(1);
        settle();
        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);

        assertThat(primary.requestsFor(PACKAGE)).hasSize(1);
        assertThat(scenario.get("/metrics").text()).doesNotContainPattern("\"num_failures\": ?[1-9]");
        assertThat(auto.primaries()).containsExactly(primary.url());
    }

    @Test
    void mirrorThatDidNotHaveAFileIsNotAskedForItAgainWithinSeconds() throws Exception {
        String missing = named("missing");
        auto.ranking(primary, second, third).start();
        assertError(scenario.get(missing), 404);
        third.file(missing, FILE);
        int before = primary.requestsFor(missing).size()
                + second.requestsFor(missing).size();

        scenario.get(missing);

        // Somebody has to say no again, but not all of them.
        assertThat(primary.requestsFor(missing).size()
                        + second.requestsFor(missing).size()
                        - before)
                .isLessThanOrEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 500, 503})
    void failingMirrorIsLeftAloneForTheNextFile(int status) throws Exception {
        String next = named("next");
        for (ScriptedMirror each : List.of(primary, second, third)) {
            signed(each, next, FILE);
        }
        primary.fault(PACKAGE, new Fault().status(status));
        auto.ranking(primary, second, third).start();

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
        settle();
        assertWhole(scenario.get(next), FILE, REMOTE);

        assertThat(primary.requestsFor(next)).isEmpty();
        assertThat(auto.primaries()).containsExactly(primary.url(), second.url());
        assertThat(auto.switches()).singleElement().asString().contains("answered with status " + status);
    }

    @Test
    void laterDownloadsGoToTheMirrorThatProvedQuick() throws Exception {
        FileContent large = FileContent.seeded(2, 3_000_000);
        String[] paths = {"a", "b"};
        for (ScriptedMirror each : List.of(primary, second)) {
            for (String path : paths) {
                signed(each, named(path), large);
            }
            signed(each, named("next"), large);
        }
        primary.faultEverywhere(new Fault().rate(1_000_000));
        auto.ranking(primary, second).start();
        downloadInParallel(paths, large);

        assertWhole(scenario.get(named("next")), large, REMOTE);

        assertThat(second.requestsFor(named("next"))).hasSize(1);
        assertThat(primary.requestsFor(named("next"))).isEmpty();
    }

    private void downloadInParallel(String[] names, FileContent file) throws Exception {
        List<RawClient> clients = new ArrayList<>();
        for (String name : names) {
            RawClient client = scenario.client();
            client.request("GET", named(name));
            clients.add(client);
        }
        for (RawClient client : clients) {
            client.readHead();
            client.readExpecting(file, 0, file.lengthBytes());
        }
        settle();
    }

    /** Waits until no download has a part file any more, and so no mirror is in use. */
    private void settle() {
        Awaitility.await().until(() -> scenario.cachedFiles().stream().noneMatch(file -> file.endsWith(".part")));
    }

    /** Lets 200 bytes pass every 20 ms, until it is shut down. */
    private static ScheduledExecutorService trickle(Gate gate, long fromBytes) {
        ScheduledExecutorService trickle = Executors.newSingleThreadScheduledExecutor(
                task -> new Thread(task, ScriptedMirror.THREAD_PREFIX + "trickle"));
        AtomicLong allowed = new AtomicLong(fromBytes);
        var unused =
                trickle.scheduleAtFixedRate(() -> gate.allow(allowed.addAndGet(200)), 20, 20, TimeUnit.MILLISECONDS);
        return trickle;
    }

    private ScriptedMirror asked(String path) {
        return Stream.of(primary, second, third)
                .filter(each -> !each.requestsFor(path).isEmpty())
                .findFirst()
                .orElseThrow();
    }

    private List<ScriptedMirror> others(ScriptedMirror one) {
        return Stream.of(primary, second, third).filter(each -> each != one).toList();
    }

    /** Requests for files, apart from those of mirror tests and from signatures. */
    private static int downloads(ScriptedMirror mirror) {
        return (int) mirror.requests().stream()
                .map(RecordedRequest::path)
                .filter(path -> !path.equals(AutoSelection.DATABASE) && !path.endsWith(".sig"))
                .count();
    }

    /** A signature that is nowhere would be asked of all mirrors, which would teach us something about each. */
    private static ScriptedMirror signed(ScriptedMirror mirror, String path, FileContent file) {
        return mirror.file(path, file).file(path + ".sig", DetachedSignature.of(file));
    }

    private static String named(String name) {
        return "/extra/os/x86_64/" + name + "-1-1-any.pkg.tar.zst";
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    private static Duration since(long nanoTime) {
        return Duration.ofNanos(System.nanoTime() - nanoTime);
    }
}
