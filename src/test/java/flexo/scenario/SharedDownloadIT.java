package flexo.scenario;

import static flexo.scenario.Answers.CACHE;
import static flexo.scenario.Answers.REMOTE;
import static flexo.scenario.Answers.assertBreaksOff;
import static flexo.scenario.Answers.assertError;
import static flexo.scenario.Answers.assertHead;
import static flexo.scenario.Answers.assertSameBytes;
import static flexo.scenario.Answers.assertWhole;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import flexo.testing.Fault;
import flexo.testing.FileContent;
import flexo.testing.Gate;
import flexo.testing.RawClient;
import flexo.testing.RawResponse;
import flexo.testing.RecordedRequest;
import flexo.testing.RepositoryDatabaseFile;
import flexo.testing.ScriptedMirror;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
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

/** One download and many clients: joiners, leavers, slow ones and dead ones. */
@OnEachTomcat
@ExtendWith(ArquillianExtension.class)
class SharedDownloadIT {
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
    void fiftyJoinersAtDifferentPositionsMakeOneRequest() throws Exception {
        Gate gate = new Gate(6000);
        mirror.file(PACKAGE, FILE).fault(PACKAGE, new Fault().gate(gate));
        scenario.start(mirror);
        List<RawClient> clients = new ArrayList<>();

        for (int joined = 0; joined < 50; joined++) {
            RawClient client = scenario.client();
            client.request("GET", PACKAGE);
            gate.awaitReached();
            assertHead(client.readHead(), 200, FILE.lengthBytes(), REMOTE);
            client.readExpecting(FILE, 0, 6000L * (joined + 1));
            clients.add(client);
            if (joined < 49) {
                gate.allow(6000L * (joined + 2));
            }
        }
        gate.open();

        for (int joined = 0; joined < 50; joined++) {
            clients.get(joined).readExpecting(FILE, 6000L * (joined + 1), FILE.lengthBytes() - 6000L * (joined + 1));
        }
        assertThat(mirror.requestsFor(PACKAGE)).hasSize(1);
        assertThat(mirror.requestsFor(PACKAGE).get(0).bodyBytesSent()).hasValue(FILE.lengthBytes());
    }

    @Test
    void clientsThatComeBeforeTheHeadMakeOneRequestToo() throws Exception {
        Gate gate = new Gate(0);
        mirror.file(PACKAGE, FILE).fault(PACKAGE, new Fault().gateBeforeHead(gate));
        scenario.start(mirror);
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            RawClient client = scenario.client();
            client.request("GET", PACKAGE);
            clients.add(client);
        }
        gate.awaitReached();

        gate.open();

        for (RawClient client : clients) {
            // One that is slow to come may find the file whole already.
            RawResponse answer = client.readResponse();
            assertThat(answer.status()).isEqualTo(200);
            assertSameBytes(answer.body(), FILE.bytes());
        }
        assertThat(mirror.requestsFor(PACKAGE)).hasSize(1);
    }

    @Test
    void manyClientsInTheSameMomentMakeOneRequest() throws Exception {
        mirror.file(PACKAGE, FILE);
        scenario.start(mirror);
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            clients.add(scenario.client());
        }
        for (RawClient client : clients) {
            client.request("GET", PACKAGE);
        }
        for (RawClient client : clients) {
            RawResponse answer = client.readResponse();
            assertThat(answer.status()).isEqualTo(200);
            assertSameBytes(answer.body(), FILE.bytes());
        }
        assertThat(mirror.requestsFor(PACKAGE)).hasSize(1);
    }

    @Test
    void headJoinsARunningDownload() throws Exception {
        Gate gate = new Gate(1000);
        mirror.file(PACKAGE, FILE).fault(PACKAGE, new Fault().gate(gate));
        scenario.start(mirror);
        RawClient first = scenario.client();
        first.request("GET", PACKAGE);
        gate.awaitReached();

        assertThat(scenario.client().head(PACKAGE).contentLength()).isEqualTo(FILE.lengthBytes());

        gate.open();
        assertWhole(first.readResponse(), FILE, REMOTE);
        assertThat(mirror.requestsFor(PACKAGE))
                .extracting(RecordedRequest::method)
                .containsOnlyOnce("GET");
    }

    @Test
    void downloadGoesOnWhenAllClientsHaveLeft() throws Exception {
        Gate gate = new Gate(100_000);
        mirror.file(PACKAGE, FILE).fault(PACKAGE, new Fault().gate(gate));
        scenario.start(mirror);
        RawClient reset = scenario.client();
        RawClient closed = scenario.client();
        for (RawClient client : List.of(reset, closed)) {
            client.request("GET", PACKAGE);
            client.readHead();
            client.readExpecting(FILE, 0, 1000);
        }
        gate.awaitReached();
        reset.reset();
        closed.vanish();

        gate.open();

        Awaitility.await()
                .untilAsserted(() -> assertThat(scenario.cachedFiles()).containsExactly(PACKAGE.substring(1)));
        mirror.remove(PACKAGE);
        assertWhole(scenario.hit(PACKAGE), FILE, CACHE);
        assertThat(mirror.requestsFor(PACKAGE)).hasSize(1);
    }

    @Test
    void clientsThatVanishDisturbNobody() throws Exception {
        FileContent file = FileContent.seeded(3, 4_000_000);
        Gate gate = new Gate(400_000);
        mirror.file(PACKAGE, file).fault(PACKAGE, new Fault().gate(gate));
        scenario.start(mirror);
        List<RawClient> stay = new ArrayList<>();
        List<RawClient> leave = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            RawClient client = scenario.client();
            client.request("GET", PACKAGE);
            client.readHead();
            client.readExpecting(file, 0, 10_000);
            (i % 2 == 0 ? stay : leave).add(client);
        }
        for (int i = 0; i < leave.size(); i++) {
            if (i % 2 == 0) {
                leave.get(i).reset();
            } else {
                leave.get(i).vanish();
            }
        }

        gate.open();

        for (RawClient client : stay) {
            client.readExpecting(file, 10_000, file.lengthBytes() - 10_000);
        }
        assertThat(mirror.requestsFor(PACKAGE)).hasSize(1);
    }

    @Test
    void clientThatDoesNotReadDelaysNobody() throws Exception {
        FileContent file = FileContent.seeded(3, 20_000_000);
        mirror.file(PACKAGE, file);
        scenario.start(mirror);
        List<RawClient> idle = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            RawClient client = scenario.clientWithSmallWindow();
            client.request("GET", PACKAGE);
            idle.add(client);
        }

        RawClient quick = scenario.client();
        quick.request("GET", PACKAGE);
        quick.readHead();
        quick.readExpecting(file, 0, file.lengthBytes());
        assertThat(scenario.get("/status").status()).isEqualTo(200);

        RawClient late = idle.get(0);
        late.readHead();
        late.readExpecting(file, 0, file.lengthBytes());
        assertThat(mirror.requestsFor(PACKAGE)).hasSize(1);
    }

    @Test
    void clientAtTwentyKilobytesPerSecondDelaysNobodyAndIsNotDropped() throws Exception {
        FileContent file = FileContent.seeded(3, 20_000_000);
        mirror.file(PACKAGE, file);
        scenario.start(mirror);
        RawClient slow = scenario.clientWithSmallWindow();
        slow.request("GET", PACKAGE);
        slow.readHead();
        RawClient quick = scenario.client();
        quick.request("GET", PACKAGE);
        quick.readHead();
        quick.readExpecting(file, 0, file.lengthBytes());

        long at = 0;
        long started = System.nanoTime();
        for (; at < 60_000; at += 2000) {
            slow.readExpecting(file, at, 2000);
            TimeUnit.NANOSECONDS.sleep(started + (at + 2000) * 50_000 - System.nanoTime());
        }
        slow.readExpecting(file, at, file.lengthBytes() - at);
    }

    @Test
    void clientThatStopsReadingIsDroppedAndTheRestIsServed() throws Exception {
        FileContent file = FileContent.seeded(3, 20_000_000);
        mirror.file(PACKAGE, file);
        scenario.set("client_timeout_secs", 1).start(mirror);
        RawClient stopped = scenario.clientWithSmallWindow();
        stopped.request("GET", PACKAGE);
        stopped.readHead();

        RawClient quick = scenario.client();
        quick.request("GET", PACKAGE);
        quick.readHead();
        quick.readExpecting(file, 0, file.lengthBytes());

        // Only by reading one finds out: what the system's buffers hold still comes, and then the connection ends.
        Awaitility.await().pollDelay(Duration.ofSeconds(4)).until(() -> true);
        byte[] rest = stopped.readToEnd();
        assertThat(rest.length).isLessThan(Math.toIntExact(file.lengthBytes()));
        assertSameBytes(rest, file.bytes(0, rest.length));
    }

    @Test
    void clientThatWaitsForTheMirrorIsNotDropped() throws Exception {
        Gate gate = new Gate(100_000);
        mirror.file(PACKAGE, FILE).fault(PACKAGE, new Fault().gate(gate));
        scenario.set("client_timeout_secs", 1).set("low_speed_time_secs", 30).start(mirror);
        RawClient client = scenario.client();
        client.request("GET", PACKAGE);
        client.readHead();
        client.readExpecting(FILE, 0, 100_000);

        client.patience(Duration.ofMillis(3500));
        assertThatThrownBy(() -> client.read(1)).isInstanceOf(SocketTimeoutException.class);
        gate.open();

        client.readExpecting(FILE, 100_000, FILE.lengthBytes() - 100_000);
    }

    @Test
    void twoFilesDownloadSideBySide() throws Exception {
        Gate gate = new Gate(1000);
        FileContent other = FileContent.seeded(2, 50_000);
        mirror.file(PACKAGE, FILE).fault(PACKAGE, new Fault().gate(gate));
        mirror.file("/core/os/x86_64/b-1-1-any.pkg.tar.zst", other);
        scenario.start(mirror);
        RawClient first = scenario.client();
        first.request("GET", PACKAGE);
        gate.awaitReached();

        assertWhole(scenario.get("/core/os/x86_64/b-1-1-any.pkg.tar.zst"), other, REMOTE);

        gate.open();
        assertWhole(first.readResponse(), FILE, REMOTE);
    }

    @Test
    void requestAfterAFailedDownloadStartsAfresh() throws Exception {
        mirror.file(PACKAGE, FILE).faultOnRequest(PACKAGE, 1, new Fault().status(500));
        scenario.start(mirror);

        assertError(scenario.get(PACKAGE), 502);
        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
    }

    @Test
    void joinersOfADatabaseShareItsRunningDownload() throws Exception {
        String path = "/core/os/x86_64/core.db";
        FileContent database = new RepositoryDatabaseFile().filler(1, 300_000).content();
        Gate gate = new Gate(280_000);
        // Slow enough for its clients to get some of it before it is proven.
        mirror.file(path, database)
                .faultOnRequest(path, 1, new Fault().rate(100_000).gate(gate));
        scenario.start(mirror);
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            RawClient client = scenario.client();
            client.request("GET", path);
            assertHead(client.readHead(), 200, database.lengthBytes(), REMOTE);
            clients.add(client);
        }
        gate.open();

        for (RawClient client : clients) {
            client.readExpecting(database, 0, database.lengthBytes());
        }
        assertThat(mirror.requestsFor(path)).hasSize(1);
    }

    @Test
    void joinersSeeABrokenConnectionWhenNoMirrorCanFinish() throws Exception {
        Gate gate = new Gate(100_000);
        mirror.file(PACKAGE, FILE).fault(PACKAGE, new Fault().status(500));
        mirror.faultOnRequest(PACKAGE, 1, new Fault().gate(gate).cutAfter(150_000));
        scenario.start(mirror);
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            RawClient client = scenario.client();
            client.request("GET", PACKAGE);
            assertHead(client.readHead(), 200, FILE.lengthBytes(), REMOTE);
            client.readExpecting(FILE, 0, 10_000);
            clients.add(client);
        }
        gate.open();

        for (RawClient client : clients) {
            assertBreaksOff(client, FILE, 10_000);
        }
    }
}
