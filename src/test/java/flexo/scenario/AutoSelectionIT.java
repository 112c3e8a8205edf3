package flexo.scenario;

import static flexo.scenario.Answers.CACHE;
import static flexo.scenario.Answers.REMOTE;
import static flexo.scenario.Answers.assertError;
import static flexo.scenario.Answers.assertSameBytes;
import static flexo.scenario.Answers.assertWhole;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import flexo.testing.ClosedPort;
import flexo.testing.Fault;
import flexo.testing.FieldMirror;
import flexo.testing.FileContent;
import flexo.testing.Gate;
import flexo.testing.MirrorField;
import flexo.testing.RawResponse;
import flexo.testing.ScriptedMirror;
import flexo.testing.StatusDocument;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.stream.Collectors;
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

/** Which mirrors are used, from the first second on: stored, given, fetched, tested. */
@ExtendWith(ArquillianExtension.class)
class AutoSelectionIT {
    private static final String PACKAGE = "/core/os/x86_64/zlib-1:1.3.1-2-x86_64.pkg.tar.zst";
    private static final FileContent FILE = FileContent.seeded(1, 300_003);
    /** Most of the field's mirrors are slower than the usual limit of a mirror test. */
    private static final int TIMEOUT_MILLIS = 450;

    /** For a file that nobody has, all that there are here. */
    private static final int MIRRORS_ASKED_AT_MOST = 40;

    @RegisterExtension
    final Scenario scenario = new Scenario();

    @ArquillianResource
    Deployer deployer;

    private AutoSelection auto;
    private ScriptedMirror mirror;

    @Deployment(name = FlexoWar.ROOT, managed = false, testable = false)
    static WebArchive root() {
        return FlexoWar.named(FlexoWar.ROOT);
    }

    @BeforeEach
    void container() throws Exception {
        scenario.deployedBy(deployer);
        auto = new AutoSelection(scenario);
        mirror = scenario.mirror().file(PACKAGE, FILE).file(AutoSelection.DATABASE, AutoSelection.DATABASE_FILE);
    }

    @Test
    void withoutAnyNetworkCachedFilesAreServed() throws Exception {
        auto.documents().refuseConnections();
        Files.createDirectories(scenario.cached(PACKAGE).getParent());
        Files.write(scenario.cached(PACKAGE), FILE.bytes());
        Files.setLastModifiedTime(scenario.cached(PACKAGE), FileTime.from(ScriptedMirror.LAST_MODIFIED));
        auto.start();

        assertWhole(scenario.get(PACKAGE), FILE, CACHE);
        assertThat(scenario.get("/status").status()).isEqualTo(200);
        assertError(scenario.get("/core/os/x86_64/other-1-1-any.pkg.tar.zst"), 502);

        auto.awaitTest();
        assertThat(scenario.log().messages(Level.WARNING))
                .anyMatch(line -> line.contains("The mirror status document could not be fetched"));
    }

    @Test
    void deadFirstMirrorsAtTheStartDelayNothingLong() throws Exception {
        ScriptedMirror silent = scenario.mirror().faultEverywhere(new Fault().silence());
        ScriptedMirror resetting = scenario.mirror().faultEverywhere(new Fault().resetWithoutAnswer());
        scenario.set(
                "mirrors_predefined",
                scenario.closing(new ClosedPort()).url() + "," + resetting.url() + "," + silent.url() + ","
                        + mirror.url());
        auto.start();

        long started = System.nanoTime();
        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);

        assertThat(since(started)).isLessThan(Duration.ofSeconds(8));
    }

    @Test
    void deadFirstMirrorsOfTheStoredResultsAreNoLongerAskedAfterTheTest() throws Exception {
        ScriptedMirror silent = scenario.mirror().faultEverywhere(new Fault().silence());
        auto.ranking(List.of(scenario.closing(new ClosedPort()).url(), silent.url(), mirror.url()))
                .start();

        long started = System.nanoTime();
        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
        assertThat(since(started)).isLessThan(Duration.ofSeconds(8));

        auto.awaitTest();
        auto.awaitStored(1);
        assertThat(auto.storedUrls()).containsExactly(mirror.url());
    }

    @Test
    void fallbackDocumentIsUsedWhenTheFirstEndpointIsDead() throws Exception {
        auto.document(new StatusDocument().add(mirror.url()));
        scenario.set(
                        "mirrors_auto.mirrors_status_json_endpoint",
                        scenario.closing(new ClosedPort()).url())
                .set("mirrors_auto.mirrors_status_json_endpoint_fallbacks", "[\"" + auto.endpoint() + "\"]");
        auto.start().awaitTest();

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
        assertThat(auto.storedUrls()).containsExactly(mirror.url());
    }

    static Stream<Arguments> brokenDocuments() {
        String half = new StatusDocument().add("https://mirror.example/").json();
        return Stream.of(
                arguments(Named.of("not found", new Fault().status(404))),
                arguments(Named.of("internal error", new Fault().status(500))),
                arguments(Named.of("empty", body(""))),
                arguments(Named.of("no JSON", body("<!DOCTYPE html><html></html>"))),
                arguments(Named.of("cut JSON", body(half.substring(0, half.length() / 2)))),
                arguments(Named.of("connection cut", new Fault().cutAfter(50))),
                arguments(Named.of("an array", body("[1, 2, 3]"))),
                arguments(Named.of("another object", body("{\"version\": 4, \"mirrors\": {}}"))),
                arguments(Named.of("no mirrors", body("{\"version\": 3, \"urls\": []}"))),
                arguments(Named.of("nulls", body("{\"version\": null, \"urls\": [null, {\"url\": null}, 7]}"))));
    }

    @ParameterizedTest
    @MethodSource("brokenDocuments")
    void brokenDocumentIsPassedOverForTheFallback(Fault fault) throws Exception {
        auto.document(new StatusDocument().add(mirror.url()));
        ScriptedMirror broken =
                scenario.mirror().file("/json", FILE).fault("/json", fault).file(PACKAGE, FILE);
        scenario.set("mirrors_auto.mirrors_status_json_endpoint", broken.url() + "json")
                .set("mirrors_auto.mirrors_status_json_endpoint_fallbacks", auto.endpoint());
        auto.start().awaitTest();

        assertThat(broken.requestsFor("/json")).isNotEmpty();
        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
        assertThat(auto.storedUrls()).containsExactly(mirror.url());
    }

    @ParameterizedTest
    @MethodSource("brokenDocuments")
    void brokenDocumentRemovesNoMirrorThatIsKnown(Fault fault) throws Exception {
        auto.documents().file(StatusDocument.PATH, FileContent.seeded(3, 5000)).fault(StatusDocument.PATH, fault);
        auto.ranking(mirror).start().awaitTest();

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
        assertThat(auto.storedUrls()).containsExactly(mirror.url());
        assertThat(scenario.log().messages(Level.WARNING))
                .anyMatch(line -> line.contains("The mirror status document could not be fetched"));
    }

    @Test
    void entriesThatMakeNoSenseAreLeftOutAndTheOthersUsed() throws Exception {
        StatusDocument document = new StatusDocument()
                .add("gopher://127.0.0.1/", "protocol", "\"gopher\"")
                .add("http://not an address/", "protocol", "\"http\"")
                .add("http://127.0.0.1:99999/", "protocol", "\"http\"")
                .add("https://127.0.0.1:1/", "score", "null", "last_sync", "null", "delay", "null")
                .add("https://127.0.0.1:1/", "score", "\"good\"", "ipv4", "[]", "unknown", "{\"a\": [1]}")
                .add(mirror.url(), "novelty", "{\"x\": null}", "details", "null", "country", "null");
        auto.document(document).start().awaitTest();

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
        assertThat(auto.storedUrls()).containsExactly(mirror.url());
    }

    @Test
    void predefinedMirrorsAreUsedWhenNoDocumentCanBeHad() throws Exception {
        scenario.set("mirrors_predefined", mirror.url());
        Files.createDirectories(auto.mirrorlistFile().getParent());
        Files.writeString(auto.mirrorlistFile(), "Server = " + dead() + "$repo/os/$arch\n");
        auto.start().awaitTest();

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
    }

    @Test
    void mirrorlistIsUsedWhenNothingIsPredefined() throws Exception {
        Files.createDirectories(auto.mirrorlistFile().getParent());
        Files.writeString(
                auto.mirrorlistFile(),
                "# a comment\nnonsense\nServer = " + mirror.url() + "$repo/os/$arch\n",
                StandardCharsets.UTF_8);
        auto.start().awaitTest();

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
        assertThat(scenario.log().messages(Level.WARNING))
                .anyMatch(line -> line.contains("line 2") && line.contains("nonsense"));
    }

    @Test
    void provisionalMirrorIsUsedWhenNothingIsKnown() throws Exception {
        scenario.set("provisional_mirror", mirror.url());
        auto.start().awaitTest();

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
    }

    @Test
    void provisionalMirrorIsUsedWhenEveryPredefinedOneIsBlacklisted() throws Exception {
        ScriptedMirror unwanted = scenario.mirror().file(PACKAGE, FILE);
        scenario.set("provisional_mirror", mirror.url())
                .set("mirrors_predefined", unwanted.url())
                .set("mirrors_auto.mirrors_blacklist", unwanted.url());
        auto.start();

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
        assertThat(unwanted.requests()).isEmpty();
    }

    @Test
    void mirrorsAreChosenByTheTestAfterTheProvisionalOneHasServed() throws Exception {
        Gate gate = new Gate(0);
        ScriptedMirror provisional = scenario.mirror().file(PACKAGE, FILE);
        String later = "/core/os/x86_64/later-1-1-any.pkg.tar.zst";
        mirror.file(later, FILE);
        scenario.set("provisional_mirror", provisional.url());
        auto.document(new StatusDocument().add(mirror.url()))
                .documents()
                .fault(StatusDocument.PATH, new Fault().gateBeforeHead(gate));
        auto.start();

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
        assertThat(provisional.requestsFor(PACKAGE)).hasSize(1);
        gate.open();
        auto.awaitTest();
        assertWhole(scenario.get(later), FILE, REMOTE);

        assertThat(mirror.requestsFor(later)).hasSize(1);
        assertThat(auto.primaries()).containsExactly(provisional.url(), mirror.url());
    }

    @Test
    void downloadThatRunsIsNotDisturbedByTheNewRanking() throws Exception {
        Gate document = new Gate(0);
        Gate body = new Gate(100_000);
        ScriptedMirror provisional = scenario.mirror().file(PACKAGE, FILE).fault(PACKAGE, new Fault().gate(body));
        scenario.set("provisional_mirror", provisional.url());
        auto.document(new StatusDocument().add(mirror.url()))
                .documents()
                .fault(StatusDocument.PATH, new Fault().gateBeforeHead(document));
        auto.start();
        var client = scenario.client();
        client.request("GET", PACKAGE);
        client.readHead();
        client.readExpecting(FILE, 0, 100_000);

        document.open();
        auto.awaitTest();
        body.open();

        client.readExpecting(FILE, 100_000, FILE.lengthBytes() - 100_000);
        assertThat(provisional.requestsFor(PACKAGE)).hasSize(1);
        assertThat(mirror.requestsFor(PACKAGE)).isEmpty();
    }

    @Test
    void storedResultsAreUsedAtOnceAndTheFollowUpTestAsksFew() throws Exception {
        MirrorField field = field();
        StatusDocument document = new StatusDocument();
        for (int i = 0; i < 40; i++) {
            boolean near = i % 2 == 0;
            document.add(
                    field.add().latency(Duration.ofMillis(near ? 20 : 150)).url(),
                    "country_code",
                    near ? "\"DE\"" : "\"SE\"");
        }
        scenario.set("mirrors_auto.num_mirrors", 4);
        auto.document(document).start().awaitTest();
        auto.awaitStored(40);
        scenario.undeploy();
        int before = requests(field);
        Gate gate = new Gate(0);
        auto.documents().fault(StatusDocument.PATH, new Fault().gateBeforeHead(gate));

        auto.start();

        assertSameBytes(scenario.get(PACKAGE).body(), FILE.bytes());
        assertThat(auto.testsEnded()).isEqualTo(1);
        gate.open();
        auto.awaitTest();
        assertThat(auto.awaitStored(4)).allMatch(entry -> "DE".equals(entry.get("country_code")));
        // Three attempts at each of the four, and the requests for the package and its signature, which nobody has.
        assertThat(requests(field) - before).isBetween(4 + 2, 4 * 3 + 1 + MIRRORS_ASKED_AT_MOST);
    }

    @Test
    void oldStoredResultsCauseAFullTest() throws Exception {
        MirrorField field = field();
        StatusDocument document = new StatusDocument();
        for (int i = 0; i < 12; i++) {
            document.add(field.add().url());
        }
        scenario.set("mirrors_auto.num_mirrors", 2).set("refresh_latency_tests_after", "8 days");
        auto.document(document)
                .storedResults(
                        "{\"version\": 4, \"timestamp\": \"" + Instant.now().minus(9, ChronoUnit.DAYS)
                                + "\", \"mirrors\": [{\"url\": \"" + mirror.url() + "\", \"country_code\": \"DE\"}]}")
                .start();

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
        auto.awaitTest();
        auto.awaitStored(12);
    }

    static Stream<String> unreadableResults() {
        return Stream.of("", "garbage", "{\"version\": 4, \"timestamp\": \"2025", "{\"version\": 99}", "\u0000\u0001");
    }

    @ParameterizedTest
    @MethodSource("unreadableResults")
    void unreadableResultsAreAWarningAndANewTest(String text) throws Exception {
        auto.document(new StatusDocument().add(mirror.url()))
                .storedResults(text)
                .start()
                .awaitTest();

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
        auto.awaitStored(1);
        assertThat(scenario.log().messages(Level.WARNING))
                .anyMatch(line -> line.contains(auto.resultsFile().toString()) && line.contains("afresh"));
    }

    @Test
    void stateThatCannotBeWrittenIsOnlyAWarning() throws Exception {
        Files.writeString(scenario.scratch().resolve("state"), "a file where the directory should be");
        auto.document(new StatusDocument().add(mirror.url())).start().awaitTest();

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
        Awaitility.await()
                .untilAsserted(() -> assertThat(scenario.log().messages(Level.WARNING))
                        .anyMatch(line -> line.contains("cannot be stored")));
    }

    @Test
    void resultsThatFlexoStoredAreUnderstood() throws Exception {
        auto.storedResults("""
                        {"version": 3, "timestamp": "%s", "download_providers": [
                          {"uri": "%s", "name": "127.0.0.1", "country_code": "AT",
                           "mirror_results": {
                             "total_time": {"secs": 0, "nanos": 81234567},
                             "namelookup_duration": {"secs": 0, "nanos": 1234567},
                             "connect_duration": {"secs": 0, "nanos": 21234567},
                             "pretransfer_time": {"secs": 0, "nanos": 61234567},
                             "starttransfer_time": {"secs": 0, "nanos": 81200000}}}]}
                        """.formatted(Instant.now(), mirror.url())).start();

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
        assertThat(scenario.log().messages(Level.INFO)).anyMatch(line -> line.contains("Using 1 mirrors"));
    }

    @Test
    void fourHundredMirrorsAreTestedWhileRequestsAreServed() throws Exception {
        MirrorField field = field();
        StatusDocument document = new StatusDocument();
        List<String> good = new ArrayList<>();
        List<FieldMirror> unwanted = new ArrayList<>();
        List<String> blacklist = new ArrayList<>();
        Instant fresh = Instant.now().truncatedTo(ChronoUnit.SECONDS).minus(3, ChronoUnit.HOURS);
        List<String> stale = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            FieldMirror each =
                    field.add().latency(Duration.ofMillis(20 + i * 380L / 400)).databaseModified(fresh);
            String[] alterations = {};
            switch (i % 20) {
                case 0, 1 -> each.silent();
                case 2 -> each.refusing();
                case 3 -> each.cloudflare();
                case 4 -> each.status(i % 40 == 4 ? 503 : 404);
                case 5 -> {
                    blacklist.add(each.url());
                    unwanted.add(each);
                }
                case 6 -> {
                    alterations = new String[] {"active", "false"};
                    unwanted.add(each);
                }
                case 7 -> {
                    alterations = new String[] {"protocol", "\"rsync\""};
                    unwanted.add(each);
                }
                case 8 -> {
                    alterations = new String[] {"score", "7.5"};
                    unwanted.add(each);
                }
                case 9 -> {
                    each.databaseModified(fresh.minus(5, ChronoUnit.DAYS));
                    stale.add(each.url());
                }
                case 10 -> good.add(each.headRefused().url());
                default -> good.add(each.url());
            }
            document.add(each.url(), alterations);
        }
        scenario.set("mirrors_predefined", mirror.url())
                .set("mirrors_auto.timeout", TIMEOUT_MILLIS)
                .set("mirrors_auto.mirrors_blacklist", String.join(",", blacklist));
        auto.document(document);

        long started = System.nanoTime();
        auto.start();
        long deployed = System.nanoTime();
        RawResponse answer = scenario.get(PACKAGE);
        Duration firstAnswer = since(deployed);
        assertThat(auto.testsEnded()).isZero();
        auto.awaitTest();
        Duration tested = since(started);

        assertWhole(answer, FILE, REMOTE);
        assertThat(firstAnswer).isLessThan(Duration.ofSeconds(3));
        assertThat(tested).isLessThan(Duration.ofSeconds(15));
        assertThat(unwanted).allMatch(each -> each.requests() == 0);
        List<String> expected =
                Stream.concat(good.stream(), stale.stream()).sorted().toList();
        // A busy machine may make a slow mirror look dead, but nobody else gets in.
        Awaitility.await().until(() -> Files.exists(auto.mirrorlistFile()));
        List<String> ranked = auto.storedUrls();
        assertThat(expected).containsAll(ranked);
        assertThat(ranked).hasSizeGreaterThan(expected.size() / 2).doesNotHaveDuplicates();
        List<Boolean> staleness = ranked.stream().map(stale::contains).toList();
        assertThat(staleness).isSorted();
        assertThat(good.subList(0, good.size() / 2)).contains(ranked.get(0));
        assertThat(mirrorlist()).isEqualTo(ranked);
    }

    private List<String> mirrorlist() throws Exception {
        return Files.readAllLines(auto.mirrorlistFile()).stream()
                .filter(line -> line.startsWith("Server = "))
                .map(line -> line.substring("Server = ".length()).replace("$repo/os/$arch", ""))
                .collect(Collectors.toList());
    }

    @Test
    void storedResultsNameRankLatencyThroughputFreshnessAndFailures() throws Exception {
        FileContent large = FileContent.seeded(5, 3_000_000);
        mirror.file(PACKAGE, large);
        auto.document(new StatusDocument().add(mirror.url())).start().awaitTest();
        assertWhole(scenario.get(PACKAGE), large, REMOTE);
        Awaitility.await().until(() -> Files.exists(scenario.cached(PACKAGE)));

        scenario.undeploy();

        assertThat(auto.stored())
                .singleElement()
                .satisfies(entry -> assertThat(entry.keySet().stream().map(Object::toString))
                        .containsExactlyInAnyOrder(
                                "rank",
                                "url",
                                "country_code",
                                "latency_ms",
                                "throughput_bytes_per_second",
                                "database_modified",
                                "failures"))
                .satisfies(entry -> assertThat(entry.get("database_modified").toString())
                        .isEqualTo(ScriptedMirror.LAST_MODIFIED.toString()));
    }

    @Test
    void noMirrorThatFitsMeansWeakerCriteriaUntilOneDoes() throws Exception {
        auto.document(new StatusDocument().add(mirror.url(), "score", "9.0"))
                .start()
                .awaitTest();

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
        assertThat(scenario.log().messages(Level.INFO).stream().filter(line -> line.contains("trying again with")))
                .hasSize(3);
    }

    @Test
    void countriesThatAreNotAllowedAreNotAsked() throws Exception {
        ScriptedMirror abroad = scenario.mirror().file(AutoSelection.DATABASE, AutoSelection.DATABASE_FILE);
        scenario.set("mirrors_auto.allowed_countries", "AT,de");
        auto.document(new StatusDocument()
                        .add(abroad.url(), "country_code", "\"SE\"")
                        .add(mirror.url()))
                .start()
                .awaitTest();

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
        assertThat(abroad.requests()).isEmpty();
    }

    @Test
    void blacklistedMirrorOfTheStoredResultsIsNotUsed() throws Exception {
        ScriptedMirror unwanted = scenario.mirror().file(PACKAGE, FILE);
        scenario.set("mirrors_auto.mirrors_blacklist", unwanted.url());
        auto.ranking(unwanted, mirror).start();

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
        auto.awaitTest();
        assertThat(unwanted.requests()).isEmpty();
    }

    @Test
    void stopInTheMiddleOfATestIsQuickAndQuiet() throws Exception {
        MirrorField field = field();
        StatusDocument document = new StatusDocument();
        for (int i = 0; i < 200; i++) {
            document.add(field.add().latency(Duration.ofMillis(300)).url());
        }
        auto.document(document).start();
        Awaitility.await("the test runs").until(() -> field.asked().size() > 20);

        long started = System.nanoTime();
        scenario.undeploy();

        assertThat(since(started)).isLessThan(Duration.ofSeconds(8));
        assertThat(auto.resultsFile()).doesNotExist();
        assertThat(auto.testsEnded())
                .as("a test that was broken off says nothing about mirrors")
                .isZero();
    }

    @Test
    void hostWithAddressesOfBothKindsOfWhichOneIsClosedCostsNoTime() throws Exception {
        ScriptedMirror byName = scenario.mirror().file(PACKAGE, FILE);
        scenario.set("mirrors_predefined", "http://localhost:" + byName.port() + "/");
        auto.start();

        long started = System.nanoTime();
        RawResponse answer = scenario.get(PACKAGE);

        Duration taken = since(started);
        assertWhole(answer, FILE, REMOTE);
        assertThat(taken).isLessThan(Duration.ofSeconds(2));
    }

    private MirrorField field() throws Exception {
        return scenario.closing(new MirrorField())
                .file(AutoSelection.DATABASE, AutoSelection.DATABASE_FILE)
                .file(PACKAGE, FILE);
    }

    private static int requests(MirrorField field) {
        return field.asked().stream().mapToInt(FieldMirror::requests).sum();
    }

    private String dead() throws Exception {
        return scenario.closing(new ClosedPort()).url();
    }

    private static Fault body(String text) {
        return new Fault().json(text);
    }

    private static Duration since(long nanoTime) {
        return Duration.ofNanos(System.nanoTime() - nanoTime);
    }
}
