package flexo.scenario;

import static flexo.scenario.Answers.CACHE;
import static flexo.scenario.Answers.REMOTE;
import static flexo.scenario.Answers.assertSameBytes;
import static flexo.scenario.Answers.assertWhole;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.Fault;
import flexo.testing.FileContent;
import flexo.testing.RawClient;
import flexo.testing.RecordedRequest;
import flexo.testing.RepositoryDatabaseFile;
import flexo.testing.ScriptedMirror;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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

/** A large package that comes from several mirrors at once, each of which is limited to a speed of its own. */
@ExtendWith(ArquillianExtension.class)
class SeveralMirrorsIT {
    private static final String DATABASE = "/core/os/x86_64/core.db";
    private static final String PACKAGE = "/core/os/x86_64/linux-6.9.1-1-x86_64.pkg.tar.zst";
    private static final FileContent FILE = FileContent.seeded(3, (16 << 20) + 100_003);
    private static final long SPEED = 8_000_000;
    /** What sockets take of a response that is dropped where it meets another. */
    private static final long ON_ITS_WAY = 6 << 20;

    @RegisterExtension
    final Scenario scenario = new Scenario();

    @ArquillianResource
    Deployer deployer;

    private final List<ScriptedMirror> mirrors = new ArrayList<>();

    @Deployment(name = FlexoWar.ROOT, managed = false, testable = false)
    static WebArchive root() {
        return FlexoWar.named(FlexoWar.ROOT);
    }

    @BeforeEach
    void container() throws Exception {
        scenario.deployedBy(deployer);
        scenario.unset("mirrors_order");
        mirrors.clear();
        for (int i = 0; i < 3; i++) {
            mirrors.add(scenario.mirror()
                    .file(DATABASE, listing())
                    .file(PACKAGE, FILE)
                    .fault(PACKAGE, new Fault().rate(SPEED)));
        }
    }

    private static FileContent listing() {
        return new RepositoryDatabaseFile().list(PACKAGE, FILE).content();
    }

    private void start() throws Exception {
        scenario.start(mirrors.toArray(ScriptedMirror[]::new));
        assertWhole(scenario.get(DATABASE), listing(), REMOTE);
    }

    private static long sent(ScriptedMirror mirror) {
        return mirror.requestsFor(PACKAGE).stream()
                .mapToLong(request -> request.bodyBytesSent().get())
                .sum();
    }

    private long askedMirrors() {
        return mirrors.stream()
                .filter(mirror -> !mirror.requestsFor(PACKAGE).isEmpty())
                .count();
    }

    private void assertCached() throws Exception {
        assertWhole(scenario.hit(PACKAGE), FILE, CACHE);
        assertSameBytes(Files.readAllBytes(scenario.cached(PACKAGE)), FILE.bytes());
    }

    @Test
    @OnEachTomcat
    void eachMirrorSendsItsPartAndNoByteTwice() throws Exception {
        start();
        long started = System.nanoTime();
        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
        Duration taken = Duration.ofNanos(System.nanoTime() - started);

        assertThat(mirrors).allMatch(mirror -> sent(mirror) > FILE.lengthBytes() / 8);
        assertThat(mirrors.stream().mapToLong(SeveralMirrorsIT::sent).sum())
                .isBetween(FILE.lengthBytes(), FILE.lengthBytes() + ON_ITS_WAY);
        assertThat(mirrors.stream()
                        .flatMap(mirror -> mirror.requestsFor(PACKAGE).stream())
                        .map(RecordedRequest::range))
                .doesNotHaveDuplicates();
        assertThat(taken).as("one alone takes longer").isLessThan(Duration.ofMillis(FILE.lengthBytes() * 1000 / SPEED));
        assertCached();
    }

    @Test
    void clientOfARangeAndAJoinerGetTheirBytes() throws Exception {
        start();
        RawClient first = scenario.client();
        first.request("GET", PACKAGE);
        first.readHead();
        RawClient resuming = scenario.client();
        resuming.request("GET", PACKAGE, "Range: bytes=12000000-");
        RawClient joining = scenario.client();
        joining.request("GET", PACKAGE);
        joining.readHead();

        first.readExpecting(FILE, 0, FILE.lengthBytes());
        joining.readExpecting(FILE, 0, FILE.lengthBytes());
        assertThat(resuming.readHead().status()).isEqualTo(206);
        resuming.readExpecting(FILE, 12_000_000, FILE.lengthBytes() - 12_000_000);
        assertCached();
    }

    @Test
    void mirrorsThatStallOrBreakOffCostNoByte() throws Exception {
        mirrors.get(1).fault(PACKAGE, new Fault().rate(SPEED).cutAfter(500_000));
        mirrors.get(2).fault(PACKAGE, new Fault().rate(SPEED).stallAfter(1_500_000));
        start();

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
        assertCached();
    }

    @Test
    void mirrorsWithAnotherRangeOrAnotherFileAreLeft() throws Exception {
        mirrors.get(1).fault(PACKAGE, new Fault().rate(SPEED).wrongRangeStart(1));
        mirrors.get(2).file(PACKAGE, FileContent.seeded(9, FILE.lengthBytes() + 1));
        start();

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
        assertCached();
    }

    @Test
    void mirrorThatSendsWrongBytesIsFoundAndTheNextClientGetsTheRightFile() throws Exception {
        ScriptedMirror guilty = mirrors.get(1);
        start();
        guilty.file(PACKAGE, FileContent.seeded(7, FILE.lengthBytes()));
        RawClient client = scenario.client();
        client.request("GET", PACKAGE);
        assertThat(client.readHead().contentLength()).isEqualTo(FILE.lengthBytes());

        assertThat(client.readToEnd().length).isLessThan((int) FILE.lengthBytes());
        assertCached();
        Awaitility.await()
                .untilAsserted(() -> assertThat(scenario.log().messages(Level.WARNING))
                        .anyMatch(line -> line.contains("wrong bytes") && line.contains(guilty.url())));
        assertThat(scenario.log().messages(Level.WARNING))
                .noneMatch(line -> line.contains("wrong bytes")
                        && (line.contains(mirrors.get(0).url())
                                || line.contains(mirrors.get(2).url())));
    }

    @Test
    void inStrictOrderOneMirrorIsAsked() throws Exception {
        scenario.set("mirrors_order", "strict");
        start();

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
        assertThat(askedMirrors()).isEqualTo(1);
    }

    @Test
    void settingOfOneMirrorIsHeeded() throws Exception {
        scenario.set("mirrors_per_file", 1);
        start();

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
        assertThat(askedMirrors()).isEqualTo(1);
    }

    @Test
    void speedLimitHoldsForAllTogetherAndMirrorsThatAddNothingAreLetGo() throws Exception {
        scenario.set("max_speed_limit", 2_000_000);
        start();
        long started = System.nanoTime();

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);

        assertThat(Duration.ofNanos(System.nanoTime() - started)).isGreaterThan(Duration.ofSeconds(8));
        assertThat(mirrors)
                .filteredOn(mirror -> sent(mirror) > FILE.lengthBytes() / 2)
                .hasSize(1);
    }

    @Test
    void whatACrashLeavesWithHolesIsContinued() throws Exception {
        start();
        RawClient client = scenario.client();
        client.request("GET", PACKAGE);
        client.readHead();
        Awaitility.await().until(() -> mirrors.stream().allMatch(mirror -> sent(mirror) > 2_000_000));
        Path crashed = scenario.scratch().resolve("crashed");
        Scenario.copy(scenario.cache(), crashed);
        client.readExpecting(FILE, 0, FILE.lengthBytes());
        scenario.undeploy();

        scenario.set("cache_directory", crashed).deploy(FlexoWar.ROOT);
        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
        assertWhole(scenario.hit(PACKAGE), FILE, CACHE);
        assertSameBytes(Files.readAllBytes(crashed.resolve(PACKAGE.substring(1))), FILE.bytes());
    }
}
