package flexo.scenario;

import static flexo.scenario.Answers.CACHE;
import static flexo.scenario.Answers.LAST_MODIFIED;
import static flexo.scenario.Answers.REMOTE;
import static flexo.scenario.Answers.assertBreaksOff;
import static flexo.scenario.Answers.assertError;
import static flexo.scenario.Answers.assertSameBytes;
import static flexo.scenario.Answers.assertWhole;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.DetachedSignature;
import flexo.testing.Fault;
import flexo.testing.FileContent;
import flexo.testing.Gate;
import flexo.testing.RawClient;
import flexo.testing.RawResponse;
import flexo.testing.RepositoryDatabaseFile;
import flexo.testing.ScriptedMirror;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
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

/** A database and its signature are handed out as they belong together, whatever mirrors do meanwhile. */
@ExtendWith(ArquillianExtension.class)
class GenerationsIT {
    private static final String DATABASE = "/core/os/x86_64/core.db";
    private static final String SIGNATURE = DATABASE + ".sig";
    private static final Instant AFTER = ScriptedMirror.LAST_MODIFIED.plus(Duration.ofHours(1));
    /** Behind one address, as a reverse proxy tells them apart. */
    private static final String ONE_CLIENT = "X-Forwarded-For: 10.0.0.1";

    private static final String ANOTHER_CLIENT = "X-Forwarded-For: 10.0.0.2";

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

    @Test
    void clientGetsTheSignatureOfItsDatabaseThoughUpstreamHasMovedOn() throws Exception {
        publish(mirror, 1, ScriptedMirror.LAST_MODIFIED);
        scenario.start(mirror);
        assertSameBytes(scenario.get(DATABASE, ONE_CLIENT).body(), database(1).bytes());

        publish(mirror, 2, AFTER);

        assertSameBytes(scenario.get(SIGNATURE, ONE_CLIENT).body(), signature(1).bytes());
        assertSameBytes(
                scenario.get(DATABASE, ANOTHER_CLIENT).body(), database(2).bytes());
        assertSameBytes(scenario.get(SIGNATURE, ONE_CLIENT).body(), signature(1).bytes());
        assertSameBytes(
                scenario.get(SIGNATURE, ANOTHER_CLIENT).body(), signature(2).bytes());
        assertSameBytes(
                scenario.get(SIGNATURE, "X-Forwarded-For: 10.0.0.3").body(),
                signature(2).bytes());
        assertSameBytes(scenario.get(DATABASE, ONE_CLIENT).body(), database(2).bytes());
        assertSameBytes(scenario.get(SIGNATURE, ONE_CLIENT).body(), signature(2).bytes());
    }

    @Test
    void signatureIsThatOfTheCopyThatTheClientWasToldToKeep() throws Exception {
        publish(mirror, 1, ScriptedMirror.LAST_MODIFIED);
        scenario.start(mirror);
        assertThat(scenario.get(DATABASE, ONE_CLIENT, "If-Modified-Since: " + LAST_MODIFIED)
                        .status())
                .isEqualTo(304);

        publish(mirror, 2, AFTER);
        scenario.get(DATABASE, ANOTHER_CLIENT);

        assertSameBytes(scenario.get(SIGNATURE, ONE_CLIENT).body(), signature(1).bytes());
    }

    @Test
    void clientIsNeverToldThatItsFormerSignatureIsThatOfItsNewDatabase() throws Exception {
        publish(mirror, 1, ScriptedMirror.LAST_MODIFIED);
        scenario.start(mirror);
        scenario.get(DATABASE, ONE_CLIENT);
        publish(mirror, 2, AFTER);
        scenario.get(DATABASE, ANOTHER_CLIENT);
        RawResponse former = scenario.get(SIGNATURE, ONE_CLIENT);
        assertSameBytes(former.body(), signature(1).bytes());

        scenario.get(DATABASE, ONE_CLIENT);

        // As pacman 6.0 asks.
        RawResponse next = scenario.get(SIGNATURE, ONE_CLIENT, "If-Modified-Since: " + former.header("Last-Modified"));
        assertThat(next.status()).isEqualTo(200);
        assertSameBytes(next.body(), signature(2).bytes());
        assertThat(scenario.get(SIGNATURE, ONE_CLIENT, "If-Modified-Since: " + next.header("Last-Modified"))
                        .status())
                .isEqualTo(304);
    }

    /** As nginx does it, which keeps connections to us for all its clients and by default says nothing of them. */
    @Test
    @OnEachTomcat
    void connectionsThatAReverseProxyKeepsOpenDoNotMixUpGenerations() throws Exception {
        publish(mirror, 1, ScriptedMirror.LAST_MODIFIED);
        scenario.start(mirror);
        RawClient one = scenario.client();
        RawClient other = scenario.client();
        for (int state = 1; state <= 4; state++) {
            publish(mirror, state, ScriptedMirror.LAST_MODIFIED.plusSeconds(state));
            RawClient first = state % 2 == 0 ? one : other;
            RawClient next = state < 3 ? one : other;

            assertSameBytes(first.get(DATABASE).body(), database(state).bytes());

            assertSameBytes(next.get(SIGNATURE).body(), signature(state).bytes());
        }
    }

    @Test
    @OnEachTomcat
    void clientsThatShareAnAddressGetTheSignaturesOfWhatTheirConnectionsBrought() throws Exception {
        publish(mirror, 1, ScriptedMirror.LAST_MODIFIED);
        scenario.start(mirror);
        RawClient one = scenario.client();
        RawClient other = scenario.client();
        one.get(DATABASE);
        publish(mirror, 2, AFTER);
        other.get(DATABASE);

        assertSameBytes(one.get(SIGNATURE).body(), signature(1).bytes());
        assertSameBytes(other.get(SIGNATURE).body(), signature(2).bytes());
    }

    @Test
    void mirrorThatMovesOnBetweenOurTwoRequestsIsAskedForBothAgain() throws Exception {
        Gate gate = new Gate(0);
        mirror.file(DATABASE, resource("core.db"))
                .file(SIGNATURE, resource("core.db.sig"))
                .faultOnRequest(SIGNATURE, 1, new Fault().gateBeforeHead(gate));
        scenario.start(mirror);
        RawClient client = scenario.client();
        client.request("GET", DATABASE);
        gate.awaitReached();

        // A file list is a database, too.
        mirror.file(DATABASE, resource("core.files"), AFTER).file(SIGNATURE, resource("core.files.sig"), AFTER);
        gate.open();

        assertSameBytes(client.readResponse().body(), resource("core.files").bytes());
        assertSameBytes(
                scenario.get(SIGNATURE).body(), resource("core.files.sig").bytes());
        assertThat(mirror.requestsFor(DATABASE)).hasSize(2);
        assertThat(mirror.requestsFor(SIGNATURE)).hasSize(2);
    }

    @Test
    void mirrorWhosePairNeverFitsIsLeftForTheNext() throws Exception {
        mirror.file(DATABASE, resource("core.db")).file(SIGNATURE, resource("core.files.sig"));
        second.file(DATABASE, resource("core.files")).file(SIGNATURE, resource("core.files.sig"));
        scenario.start(mirror, second);

        assertSameBytes(scenario.get(DATABASE).body(), resource("core.files").bytes());
        assertSameBytes(
                scenario.get(SIGNATURE).body(), resource("core.files.sig").bytes());
    }

    @Test
    void clientOfADatabaseThatStreamedFindsItsSignatureAtOnce() throws Exception {
        FileContent large = new RepositoryDatabaseFile().filler(1, 300_000).content();
        // Slow enough for its client to get some of it before it is proven.
        mirror.file(DATABASE, large)
                .file(SIGNATURE, DetachedSignature.of(large))
                .faultOnRequest(DATABASE, 1, new Fault().rate(150_000));
        scenario.start(mirror);
        RawClient client = scenario.client();

        assertWhole(client.get(DATABASE), large, REMOTE);

        assertSameBytes(
                client.get(SIGNATURE).body(), DetachedSignature.of(large).bytes());
        assertThat(mirror.requestsFor(SIGNATURE)).hasSize(1);
    }

    @Test
    @OnEachTomcat
    void pairThatDoesNotFitNeverLooksWholeToThoseWhoGotSomeOfIt() throws Exception {
        FileContent large = new RepositoryDatabaseFile().filler(1, 300_000).content();
        mirror.file(DATABASE, large)
                .file(SIGNATURE, resource("core.files.sig"))
                .faultOnRequest(DATABASE, 1, new Fault().rate(150_000));
        publish(second, 2, AFTER);
        scenario.start(mirror, second);
        RawClient client = scenario.client();
        client.request("GET", DATABASE);
        assertThat(client.readHead().contentLength()).isEqualTo(large.lengthBytes());

        assertBreaksOff(client, large, 0);

        assertThat(scenario.cached(DATABASE)).doesNotExist();
        assertSameBytes(scenario.get(DATABASE).body(), database(2).bytes());
        assertSameBytes(scenario.get(SIGNATURE).body(), signature(2).bytes());
    }

    @Test
    void pairsFitForAllClientsWhileUpstreamMovesOnAllTheTime() throws Exception {
        AtomicInteger states = new AtomicInteger();
        publishNext(states);
        second.faultEverywhere(new Fault().status(503));
        scenario.start(mirror, second);
        scenario.get(DATABASE);
        ExecutorService clients = Executors.newFixedThreadPool(8, task -> new Thread(task, "client-that-syncs"));
        List<Future<?>> syncs = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            String address = "X-Forwarded-For: 10.0.1." + i;
            syncs.add(clients.submit(() -> {
                try (RawClient client = new RawClient(scenario.port())) {
                    for (int round = 0; round < 15; round++) {
                        RawResponse database = client.get(DATABASE, address);
                        publishNext(states);
                        RawResponse signature = client.get(SIGNATURE, address);
                        assertThat(database.status()).isEqualTo(200);
                        assertThat(signature.status()).isEqualTo(200);
                        assertSameBytes(
                                signature.body(),
                                DetachedSignature.of(FileContent.of(database.body()))
                                        .bytes());
                    }
                }
                return null;
            }));
        }
        for (Future<?> sync : syncs) {
            sync.get();
        }
        clients.shutdown();

        FileContent last = database(states.get());
        assertSameBytes(scenario.get(DATABASE).body(), last.bytes());
        assertSameBytes(
                scenario.get(SIGNATURE).body(), DetachedSignature.of(last).bytes());
    }

    /** One file after the other, as mirrors do, in one order or the other. */
    private void publishNext(AtomicInteger states) {
        synchronized (states) {
            int state = states.incrementAndGet();
            FileContent database = database(state);
            Instant when = ScriptedMirror.LAST_MODIFIED.plusSeconds(state);
            if (state % 2 == 0) {
                mirror.file(DATABASE, database, when);
            }
            mirror.file(SIGNATURE, DetachedSignature.of(database), when);
            mirror.file(DATABASE, database, when);
        }
    }

    @Test
    void missingSignatureIsAskedForOnceInEachCheckAndNeverBecomesABody() throws Exception {
        mirror.file(DATABASE, database(1));
        scenario.start(mirror);

        for (int state = 1; state <= 2; state++) {
            scenario.get(DATABASE);
            for (int i = 0; i < 5; i++) {
                scenario.get(DATABASE);
                assertError(scenario.get(SIGNATURE), 404);
            }
            assertThat(mirror.requestsFor(SIGNATURE))
                    .hasSizeLessThanOrEqualTo(mirror.requestsFor(DATABASE).size());
            assertThat(scenario.cached(SIGNATURE)).doesNotExist();
            mirror.file(DATABASE, database(2), AFTER);
        }
    }

    @Test
    void databaseThatIsNoLongerSignedHasNoSignatureAnyMore() throws Exception {
        publish(mirror, 1, ScriptedMirror.LAST_MODIFIED);
        scenario.start(mirror);
        scenario.get(DATABASE);
        assertSameBytes(scenario.get(SIGNATURE).body(), signature(1).bytes());

        mirror.file(DATABASE, database(2), AFTER).remove(SIGNATURE);

        // The mirror may not have got to it yet; the second time it is believed.
        assertSameBytes(scenario.get(DATABASE).body(), database(1).bytes());
        assertSameBytes(scenario.get(SIGNATURE).body(), signature(1).bytes());
        assertSameBytes(scenario.get(DATABASE).body(), database(2).bytes());
        assertError(scenario.get(SIGNATURE), 404);
        assertThat(scenario.cached(SIGNATURE)).doesNotExist();
    }

    @Test
    void mirrorThatLacksTheSignatureOfASignedDatabaseIsPassedOver() throws Exception {
        publish(mirror, 1, ScriptedMirror.LAST_MODIFIED);
        scenario.start(mirror, second);
        scenario.get(DATABASE);
        mirror.file(DATABASE, database(2), AFTER).remove(SIGNATURE);
        publish(second, 2, AFTER);

        assertSameBytes(scenario.get(DATABASE).body(), database(2).bytes());

        assertSameBytes(scenario.get(SIGNATURE).body(), signature(2).bytes());
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/html", "application/octet-stream"})
    void captivePortalInPlaceOfTheSignatureMeansAnotherMirrorsPair(String mediaType) throws Exception {
        publish(mirror, 1, ScriptedMirror.LAST_MODIFIED);
        mirror.fault(SIGNATURE, new Fault().htmlPage(mediaType));
        publish(second, 2, AFTER);
        scenario.start(mirror, second);

        assertSameBytes(scenario.get(DATABASE).body(), database(2).bytes());
        assertSameBytes(scenario.get(SIGNATURE).body(), signature(2).bytes());
    }

    @Test
    void mirrorThatIsSilentAboutTheSignatureMeansAnotherMirrorsPair() throws Exception {
        publish(mirror, 1, ScriptedMirror.LAST_MODIFIED);
        mirror.fault(SIGNATURE, new Fault().silence());
        publish(second, 2, AFTER);
        scenario.start(mirror, second);

        assertSameBytes(scenario.get(DATABASE).body(), database(2).bytes());
        assertSameBytes(scenario.get(SIGNATURE).body(), signature(2).bytes());
    }

    @Test
    void signedAndUnsignedRepositoriesLiveSideBySide() throws Exception {
        String unsigned = "/aarch64/core/core.db";
        String custom = "/~eschwartz/repo/x86_64/eschwartz.db";
        publish(mirror, 1, ScriptedMirror.LAST_MODIFIED);
        mirror.file(unsigned, database(2)).file(custom, database(3)).file(custom + ".sig", signature(3));
        scenario.start(mirror);

        assertWhole(scenario.get(DATABASE), database(1), REMOTE);
        assertWhole(scenario.get(unsigned), database(2), REMOTE);
        assertWhole(scenario.get(custom), database(3), REMOTE);
        for (int round = 0; round < 2; round++) {
            assertSameBytes(scenario.get(SIGNATURE).body(), signature(1).bytes());
            assertError(scenario.get(unsigned + ".sig"), 404);
            assertSameBytes(scenario.get(custom + ".sig").body(), signature(3).bytes());
            scenario.restart();
        }
    }

    @Test
    void signatureAskedForAloneIsThatOfTheLatestDatabase() throws Exception {
        publish(mirror, 1, ScriptedMirror.LAST_MODIFIED);
        scenario.start(mirror);

        assertSameBytes(scenario.get(SIGNATURE).body(), signature(1).bytes());
        assertWhole(scenario.get(DATABASE), database(1), CACHE);
    }

    @Test
    void pairLiesInTheCacheAsOnAMirrorAndOutlivesTheMirrors() throws Exception {
        publish(mirror, 1, ScriptedMirror.LAST_MODIFIED);
        scenario.start(mirror);
        scenario.get(DATABASE);
        mirror.refuseConnections();
        scenario.restart();

        assertSameBytes(scenario.get(SIGNATURE).body(), signature(1).bytes());
        assertSameBytes(scenario.get(DATABASE).body(), database(1).bytes());
        assertSameBytes(scenario.get(SIGNATURE).body(), signature(1).bytes());
        assertSameBytes(
                Files.readAllBytes(scenario.cached(DATABASE)), database(1).bytes());
        assertSameBytes(
                Files.readAllBytes(scenario.cached(SIGNATURE)), signature(1).bytes());
    }

    @Test
    @OnEachTomcat
    void slowReaderOfAGenerationGetsAllOfItWhileTheNextIsPublished() throws Exception {
        FileContent large = new RepositoryDatabaseFile().filler(1, 8_000_000).content();
        mirror.file(DATABASE, large);
        scenario.start(mirror);
        assertSameBytes(scenario.get(DATABASE).body(), large.bytes());
        RawClient slow = scenario.clientWithSmallWindow();
        slow.request("GET", DATABASE);
        slow.readHead();
        slow.readExpecting(large, 0, 1000);

        publish(mirror, 2, AFTER);
        assertSameBytes(scenario.get(DATABASE).body(), database(2).bytes());

        slow.readExpecting(large, 1000, large.lengthBytes() - 1000);
    }

    private static void publish(ScriptedMirror where, int state, Instant when) {
        where.file(DATABASE, database(state), when).file(SIGNATURE, signature(state), when);
    }

    private static FileContent database(int state) {
        return new RepositoryDatabaseFile()
                .list("zlib-1.3-" + state + "-x86_64.pkg.tar.zst", FileContent.seeded(state, 1000))
                .content();
    }

    private static FileContent signature(int state) {
        return DetachedSignature.of(database(state));
    }

    private static FileContent resource(String name) throws IOException {
        try (InputStream in =
                Objects.requireNonNull(GenerationsIT.class.getResourceAsStream("/flexo/repository/" + name))) {
            return FileContent.of(in.readAllBytes());
        }
    }
}
