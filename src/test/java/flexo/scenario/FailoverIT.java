package flexo.scenario;

import static flexo.scenario.Answers.CACHE;
import static flexo.scenario.Answers.REMOTE;
import static flexo.scenario.Answers.assertBreaksOff;
import static flexo.scenario.Answers.assertError;
import static flexo.scenario.Answers.assertHead;
import static flexo.scenario.Answers.assertSameBytes;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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

/** Every way in which a mirror fails, and the same bytes from the next one. */
@ExtendWith(ArquillianExtension.class)
class FailoverIT {
    private static final String PACKAGE = "/core/os/x86_64/zlib-1:1.3.1-2-x86_64.pkg.tar.zst";
    private static final FileContent FILE = FileContent.seeded(1, 300_003);
    private static final FileContent DATABASE =
            new RepositoryDatabaseFile().list(PACKAGE, FILE).content();

    @RegisterExtension
    final Scenario scenario = new Scenario();

    @ArquillianResource
    Deployer deployer;

    private ScriptedMirror first;
    private ScriptedMirror second;

    @Deployment(name = FlexoWar.ROOT, managed = false, testable = false)
    static WebArchive root() {
        return FlexoWar.named(FlexoWar.ROOT);
    }

    @BeforeEach
    void container() throws Exception {
        scenario.deployedBy(deployer);
        first = scenario.mirror();
        second = scenario.mirror();
    }

    /** Faults before the first byte: the next mirror is asked for the whole file. */
    static Stream<Arguments> faultsBeforeTheBody() {
        return Stream.of(
                arguments(Named.of("internal error", new Fault().status(500))),
                arguments(Named.of("unavailable", new Fault().status(503).header("Retry-After: 1"))),
                arguments(Named.of("not found", new Fault().status(404))),
                arguments(Named.of("forbidden", new Fault().status(403))),
                arguments(Named.of("teapot", new Fault().status(418))),
                arguments(Named.of("no content status", new Fault().status(204))),
                arguments(Named.of("silence", new Fault().silence())),
                arguments(Named.of("header drip", new Fault().dripHeader(Duration.ofMillis(50)))),
                arguments(Named.of("closed without answer", new Fault().closeWithoutAnswer())),
                arguments(Named.of("reset without answer", new Fault().resetWithoutAnswer())),
                arguments(Named.of("empty body", new Fault().emptyBody())),
                arguments(Named.of("html page", new Fault().htmlPage())),
                arguments(Named.of("stall before the first byte", new Fault().stallAfter(0))),
                arguments(Named.of("cut before the first byte", new Fault().cutAfter(0))));
    }

    @ParameterizedTest
    @MethodSource("faultsBeforeTheBody")
    void nextMirrorServesTheFileWhenTheFirstHas(Fault fault) throws Exception {
        first.file(PACKAGE, FILE).fault(PACKAGE, fault);
        second.file(PACKAGE, FILE);
        scenario.start(first, second);

        long started = System.nanoTime();
        RawResponse answer = scenario.get(PACKAGE);

        assertWhole(answer, FILE, REMOTE);
        assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(8));
        assertThat(first.requestsFor(PACKAGE)).isNotEmpty();
        assertThat(second.requestsFor(PACKAGE))
                .extracting(RecordedRequest::range)
                .containsExactly("none");
        assertWhole(scenario.hit(PACKAGE), FILE, CACHE);
        assertThat(second.requestsFor(PACKAGE)).hasSize(1);
    }

    /** Faults inside the body, at byte 100 001. */
    static Stream<Arguments> faultsInTheBody() {
        return Stream.of(
                arguments(Named.of("stall", new Fault().stallAfter(100_001))),
                arguments(Named.of("cut", new Fault().cutAfter(100_001))));
    }

    @ParameterizedTest
    @MethodSource("faultsInTheBody")
    void secondMirrorContinuesAtTheExactByteAfter(Fault fault) throws Exception {
        first.file(PACKAGE, FILE).fault(PACKAGE, fault);
        second.file(PACKAGE, FILE);
        scenario.set("low_speed_time_secs", 1).start(first, second);

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);

        assertThat(second.requestsFor(PACKAGE))
                .extracting(RecordedRequest::range)
                .containsExactly("bytes=100001-");
        assertThat(second.requestsFor(PACKAGE).get(0).bodyBytesSent()).hasValue(FILE.lengthBytes() - 100_001);
        assertWhole(scenario.hit(PACKAGE), FILE, CACHE);
    }

    @Test
    @OnEachTomcat
    void secondMirrorContinuesAfterAReset() throws Exception {
        Gate gate = new Gate(100_001);
        first.file(PACKAGE, FILE).fault(PACKAGE, new Fault().gate(gate).resetAfter(150_000));
        second.file(PACKAGE, FILE);
        scenario.start(first, second);
        RawClient client = scenario.client();
        client.request("GET", PACKAGE);
        client.readHead();
        client.readExpecting(FILE, 0, 100_001);
        gate.open();

        client.readExpecting(FILE, 100_001, FILE.lengthBytes() - 100_001);

        // A reset may throw away what the system had received but not yet handed over.
        String range = second.requestsFor(PACKAGE).get(0).range();
        assertThat(range).matches("bytes=\\d+-");
        assertThat(Long.parseLong(range.replaceAll("\\D", ""))).isBetween(100_001L, 150_000L);
        assertWhole(scenario.hit(PACKAGE), FILE, CACHE);
    }

    @Test
    void tooSlowMirrorIsLeftForTheNext() throws Exception {
        first.file(PACKAGE, FILE).fault(PACKAGE, new Fault().rate(10_000));
        second.file(PACKAGE, FILE);
        scenario.set("low_speed_limit", 100_000).set("low_speed_time_secs", 1).start(first, second);

        long started = System.nanoTime();
        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);

        assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(8));
        assertThat(second.requestsFor(PACKAGE))
                .extracting(RecordedRequest::range)
                .singleElement()
                .asString()
                .matches("bytes=\\d+-");
    }

    @Test
    void slowMirrorAboveTheLimitIsKept() throws Exception {
        first.file(PACKAGE, FILE).fault(PACKAGE, new Fault().rate(100_000));
        second.file(PACKAGE, FILE);
        scenario.set("low_speed_limit", 20_000).set("low_speed_time_secs", 1).start(first, second);

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);

        assertThat(second.requestsFor(PACKAGE)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 10_000, 200_000})
    void crawlingMirrorIsLeftByDefaultForOneThatNothingIsKnownOfAndTheNextFileDoesNotBeginWithIt(int bytesPerSecond)
            throws Exception {
        FileContent large = FileContent.seeded(5, 4_000_000);
        String next = "/core/os/x86_64/next-1-1-x86_64.pkg.tar.zst";
        first.file(PACKAGE, large)
                .fault(PACKAGE, new Fault().rate(bytesPerSecond))
                .file(next, FILE);
        second.file(PACKAGE, large).file(next, FILE);
        scenario.set("mirrors_order", "strict").start(first, second);

        long started = System.nanoTime();
        assertWhole(scenario.get(PACKAGE), large, REMOTE);

        assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(10));
        assertThat(second.requestsFor(PACKAGE))
                .singleElement()
                .satisfies(request -> assertThat(request.range()).matches("bytes=\\d+-"));
        assertWhole(scenario.get(next), FILE, REMOTE);
        assertThat(first.requestsFor(next)).isEmpty();
    }

    @Test
    void crawlingMirrorIsStayedWithWhereTheOtherIsSlowerStill() throws Exception {
        FileContent large = FileContent.seeded(5, 1_200_000);
        first.file(PACKAGE, large).fault(PACKAGE, new Fault().rate(120_000));
        second.file(PACKAGE, large).fault(PACKAGE, new Fault().rate(20_000));
        scenario.set("mirrors_order", "strict").start(first, second);

        long started = System.nanoTime();
        assertWhole(scenario.get(PACKAGE), large, REMOTE);

        assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(13));
        assertThat(first.requestsFor(PACKAGE)).hasSize(1);
        assertThat(second.requestsFor(PACKAGE)).hasSize(1);
    }

    @Test
    void oneByteNowAndThenIsTooSlowByDefaultOnlyWhenItStops() throws Exception {
        first.file(PACKAGE, FileContent.seeded(1, 20)).fault(PACKAGE, new Fault().rate(10));
        second.file(PACKAGE, FileContent.seeded(1, 20));
        scenario.set("low_speed_time_secs", 1).start(first, second);

        assertWhole(scenario.get(PACKAGE), FileContent.seeded(1, 20), REMOTE);

        assertThat(second.requestsFor(PACKAGE)).isEmpty();
    }

    /** Mirrors that do not continue rightly at byte 100 000. */
    static Stream<Arguments> faultsOfTheContinuation() {
        return Stream.of(
                arguments(Named.of("ignores range", new Fault().ignoreRange())),
                arguments(Named.of("starts earlier", new Fault().wrongRangeStart(-10))),
                arguments(Named.of("starts later", new Fault().wrongRangeStart(10))),
                arguments(Named.of("names another total", new Fault().wrongRangeTotal(1))),
                arguments(Named.of("not found", new Fault().status(404))),
                arguments(Named.of("range not satisfiable", new Fault().status(416))),
                arguments(Named.of("internal error", new Fault().status(500))),
                arguments(Named.of("html page", new Fault().htmlPage())),
                arguments(Named.of("empty body", new Fault().emptyBody())),
                arguments(Named.of("closes", new Fault().closeWithoutAnswer())));
    }

    @ParameterizedTest
    @MethodSource("faultsOfTheContinuation")
    void nothingOfAMirrorIsAppendedThatContinuesWrongly(Fault fault) throws Exception {
        ScriptedMirror third = scenario.mirror().file(PACKAGE, FILE);
        first.file(PACKAGE, FILE).fault(PACKAGE, new Fault().status(500));
        first.faultOnRequest(PACKAGE, 1, new Fault().cutAfter(100_000));
        second.file(PACKAGE, FILE).fault(PACKAGE, fault);
        scenario.start(first, second, third);

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);

        assertThat(second.requestsFor(PACKAGE))
                .extracting(RecordedRequest::range)
                .contains("bytes=100000-");
        assertThat(third.requestsFor(PACKAGE))
                .extracting(RecordedRequest::range)
                .containsExactly("bytes=100000-");
        assertWhole(scenario.hit(PACKAGE), FILE, CACHE);
    }

    @Test
    void mirrorWithAnotherBuildOfTheSameNameIsNotUsedForTheRest() throws Exception {
        ScriptedMirror third = scenario.mirror().file(PACKAGE, FILE);
        first.file(PACKAGE, FILE).fault(PACKAGE, new Fault().cutAfter(100_000));
        second.file(PACKAGE, FileContent.seeded(2, 310_000));
        scenario.start(first, second, third);

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
        assertWhole(scenario.hit(PACKAGE), FILE, CACHE);
    }

    @Test
    void threeMirrorsInTurnMakeOneFile() throws Exception {
        ScriptedMirror third = scenario.mirror().file(PACKAGE, FILE);
        first.file(PACKAGE, FILE).fault(PACKAGE, new Fault().cutAfter(100_000));
        second.file(PACKAGE, FILE).fault(PACKAGE, new Fault().cutAfter(50_000));
        scenario.start(first, second, third);

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);

        assertThat(second.requestsFor(PACKAGE).get(0).range()).isEqualTo("bytes=100000-");
        assertThat(third.requestsFor(PACKAGE).get(0).range()).isEqualTo("bytes=150000-");
    }

    @Test
    void refusedConnectionCostsNoTime() throws Exception {
        first.refuseConnections();
        second.file(PACKAGE, FILE);
        scenario.start(first, second);

        long started = System.nanoTime();
        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
        assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(2));
    }

    @Test
    void firstByteComesWithinEightSecondsBehindTwoBlackHoles() throws Exception {
        BlackHole one = scenario.closing(new BlackHole());
        BlackHole two = scenario.closing(new BlackHole());
        second.file(PACKAGE, FILE);
        scenario.start(one.url(), two.url(), second.url());
        RawClient client = scenario.client();

        long started = System.nanoTime();
        client.request("GET", PACKAGE);
        client.readHead();
        client.readExpecting(FILE, 0, 1);

        assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(8));
        client.readExpecting(FILE, 1, FILE.lengthBytes() - 1);
    }

    @Test
    void firstByteComesWithinEightSecondsBehindTwoSilentMirrors() throws Exception {
        ScriptedMirror third = scenario.mirror().file(PACKAGE, FILE);
        first.faultEverywhere(new Fault().silence());
        second.faultEverywhere(new Fault().dripHeader(Duration.ofMillis(20)));
        scenario.start(first, second, third);
        RawClient client = scenario.client();

        long started = System.nanoTime();
        client.request("GET", PACKAGE);
        client.readHead();
        client.readExpecting(FILE, 0, 1);

        assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(8));
        client.readExpecting(FILE, 1, FILE.lengthBytes() - 1);
    }

    @Test
    void connectTimeoutIsObeyed() throws Exception {
        BlackHole hole = scenario.closing(new BlackHole());
        second.file(PACKAGE, FILE);
        scenario.set("connect_timeout", 300).start(hole.url(), second.url());

        long started = System.nanoTime();
        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
        assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(2));
    }

    @Test
    void notFoundIsSaidOnlyWhenEveryMirrorSaysSo() throws Exception {
        String elsewhere = "/core/os/x86_64/b-1-1-any.pkg.tar.zst";
        second.fault(elsewhere, new Fault().status(500));
        scenario.start(first, second);

        assertError(scenario.get(PACKAGE), 404);
        assertThat(first.requestsFor(PACKAGE)).hasSize(1);
        assertThat(second.requestsFor(PACKAGE)).hasSize(1);
        assertError(scenario.get(elsewhere), 502);
        second.refuseConnections();
        assertError(scenario.get("/core/os/x86_64/c-1-1-any.pkg.tar.zst"), 502);
    }

    @Test
    void badGatewayIsSaidWhenAllMirrorsFail() throws Exception {
        first.faultEverywhere(new Fault().status(500));
        second.faultEverywhere(new Fault().status(503));
        scenario.start(first, second);

        RawResponse answer = scenario.get(PACKAGE);

        assertError(answer, 502);
        assertThat(scenario.cachedFiles()).isEmpty();
    }

    @Test
    void allPortsRefusingIsABadGatewayAtOnce() throws Exception {
        first.refuseConnections();
        second.refuseConnections();
        scenario.start(first, second);

        long started = System.nanoTime();
        assertError(scenario.get(PACKAGE), 502);
        assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(3));
    }

    @Test
    @OnEachTomcat
    void gatewayTimeoutIsSaidBeforePacmanGivesUp() throws Exception {
        first.faultEverywhere(new Fault().silence());
        second.faultEverywhere(new Fault().silence());
        scenario.start(first, second);

        long started = System.nanoTime();
        assertError(scenario.get(PACKAGE), 504);
        assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(9));
    }

    @Test
    void onlyMirrorThatStallsEndsInTimeAndTheNextRequestStartsAfresh() throws Exception {
        first.file(PACKAGE, FILE).fault(PACKAGE, new Fault().silence());
        scenario.start(first);

        long started = System.nanoTime();
        assertError(scenario.get(PACKAGE), 504);
        assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofMillis(9500));
        first.heal();
        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
    }

    @Test
    void tenDeadMirrorsStillGiveAnAnswerBeforePacmanGivesUp() throws Exception {
        List<String> urls = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            ScriptedMirror dead = scenario.mirror();
            dead.faultEverywhere(new Fault().silence());
            urls.add(dead.url());
        }
        scenario.start(urls.toArray(String[]::new));

        long started = System.nanoTime();
        assertError(scenario.get(PACKAGE), 504);
        assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofMillis(9500));
    }

    @Test
    @OnEachTomcat
    void onlyMirrorCutMidwayBreaksTheConnectionKeepsThePartAndIsResumedLater() throws Exception {
        first.file(PACKAGE, FILE).fault(PACKAGE, new Fault().status(500));
        first.faultOnRequest(PACKAGE, 1, new Fault().cutAfter(100_000));
        scenario.start(first);
        RawClient client = scenario.client();
        client.request("GET", PACKAGE);
        assertHead(client.readHead(), 200, FILE.lengthBytes(), REMOTE);

        long started = System.nanoTime();
        assertBreaksOff(client, FILE, 0);
        assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofMillis(9500));
        assertThat(first.requestsFor(PACKAGE)).hasSizeBetween(5, 20);
        assertThat(scenario.cachedFiles()).isNotEmpty().doesNotContain(PACKAGE.substring(1));

        first.heal();
        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
        assertThat(first.requestsFor(PACKAGE))
                .last()
                .extracting(RecordedRequest::range)
                .isEqualTo("bytes=100000-");
    }

    @Test
    @OnEachTomcat
    void onlyMirrorStallingMidwayBreaksTheConnection() throws Exception {
        first.file(PACKAGE, FILE).fault(PACKAGE, new Fault().status(500));
        first.faultOnRequest(PACKAGE, 1, new Fault().stallAfter(100_000));
        scenario.set("low_speed_time_secs", 1).start(first);
        RawClient client = scenario.client();
        client.request("GET", PACKAGE);
        client.readHead();

        assertBreaksOff(client, FILE, 0);
        Awaitility.await()
                .untilAsserted(() -> assertThat(scenario.applicationThreads())
                        .as("no thread waits for the mirror")
                        .noneMatch(name -> name.contains(PACKAGE)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"core.db", "core.files"})
    void missingSignatureOfADatabaseIsNotLookedForElsewhere(String name) throws Exception {
        String path = "/core/os/x86_64/" + name;
        first.file(path, DATABASE);
        second.file(path, DATABASE).file(path + ".sig", FILE);
        scenario.start(first, second);

        assertError(scenario.get(path + ".sig"), 404);

        assertThat(first.requestsFor(path + ".sig")).hasSize(1);
        assertThat(second.requests()).isEmpty();
    }

    @Test
    void missingSignatureOfAPackageIsLookedForElsewhere() throws Exception {
        second.file(PACKAGE + ".sig", FileContent.seeded(2, 119));
        scenario.start(first, second);

        assertWhole(scenario.get(PACKAGE + ".sig"), FileContent.seeded(2, 119), REMOTE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/core/os/x86_64/core.db", "/core/os/x86_64/core.files"})
    void captivePortalIsNoDatabase(String path) throws Exception {
        first.fault(path, new Fault().htmlPage());
        second.file(path, DATABASE);
        scenario.start(first, second);

        assertWhole(scenario.get(path), DATABASE, REMOTE);
    }

    @Test
    void captivePortalIsNoSignatureOfAPackage() throws Exception {
        first.fault(PACKAGE + ".sig", new Fault().htmlPage());
        second.file(PACKAGE + ".sig", DetachedSignature.of(FILE));
        scenario.start(first, second);

        assertWhole(scenario.get(PACKAGE + ".sig"), DetachedSignature.of(FILE), REMOTE);
    }

    @Test
    @OnEachTomcat
    void lengthThatIsTooLargeNeverBecomesAFile() throws Exception {
        first.file(PACKAGE, FILE).fault(PACKAGE, new Fault().wrongLength(500));
        second.file(PACKAGE, FILE);
        scenario.start(first, second);
        RawClient client = scenario.client();
        client.request("GET", PACKAGE);
        RawResponse head = client.readHead();

        if (head.contentLength() == FILE.lengthBytes()) {
            client.readExpecting(FILE, 0, FILE.lengthBytes());
        } else {
            client.readExpecting(FILE, 0, 100_000);
            assertThat(client.readToEnd().length).isLessThan((int) head.contentLength() - 100_000);
            assertThat(scenario.cachedFiles()).doesNotContain(PACKAGE.substring(1));
        }
    }

    @Test
    void bytesBeyondTheLengthDoNotPoisonTheNextRequest() throws Exception {
        first.file(PACKAGE, FILE).fault(PACKAGE, new Fault().wrongLength(-500));
        first.file("/core/os/x86_64/b-1-1-any.pkg.tar.zst", FILE);
        scenario.start(first);
        scenario.get(PACKAGE);

        assertWhole(scenario.get("/core/os/x86_64/b-1-1-any.pkg.tar.zst"), FILE, REMOTE);
    }

    @Test
    void mirrorWithoutLastModifiedIsServedToo() throws Exception {
        first.file(PACKAGE, FILE).fault(PACKAGE, new Fault().noLastModified());
        scenario.start(first);

        RawResponse answer = scenario.get(PACKAGE);
        assertThat(answer.status()).isEqualTo(200);
        assertSameBytes(answer.body(), FILE.bytes());
        assertSameBytes(scenario.get(PACKAGE).body(), FILE.bytes());
    }

    @Test
    @OnEachTomcat
    void joinerOfAFailoverGetsTheSameBytes() throws Exception {
        Gate gate = new Gate(100_000);
        first.file(PACKAGE, FILE).fault(PACKAGE, new Fault().gate(gate).cutAfter(120_000));
        Gate secondGate = new Gate(50_000);
        second.file(PACKAGE, FILE).fault(PACKAGE, new Fault().gate(secondGate));
        scenario.start(first, second);
        RawClient early = scenario.client();
        early.request("GET", PACKAGE);
        gate.awaitReached();
        gate.open();
        secondGate.awaitReached();
        RawClient late = scenario.client();
        late.request("GET", PACKAGE);
        late.readHead();
        late.readExpecting(FILE, 0, 170_000);
        secondGate.open();

        late.readExpecting(FILE, 170_000, FILE.lengthBytes() - 170_000);
        assertWhole(early.readResponse(), FILE, REMOTE);
        assertThat(first.requestsFor(PACKAGE)).hasSize(1);
        assertThat(second.requestsFor(PACKAGE))
                .extracting(RecordedRequest::range)
                .containsExactly("bytes=120000-");
    }
}
