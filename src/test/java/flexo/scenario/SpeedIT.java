package flexo.scenario;

import static flexo.scenario.Answers.CACHE;
import static flexo.scenario.Answers.REMOTE;
import static flexo.scenario.Answers.assertWhole;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.FileContent;
import flexo.testing.RawClient;
import flexo.testing.RawResponse;
import flexo.testing.RecordedRequest;
import flexo.testing.ScriptedMirror;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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

/** The speed that all downloads together may take. */
@ExtendWith(ArquillianExtension.class)
class SpeedIT {
    private static final String PACKAGE = "/core/os/x86_64/zlib-1:1.3.1-2-x86_64.pkg.tar.zst";
    private static final long LIMIT = 1_000_000;
    /** What sockets and the first portion may let through at once. */
    private static final long SLACK_BYTES = 400_000;

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
    void oneDownloadTakesNoMoreThanTheLimit() throws Exception {
        FileContent file = FileContent.seeded(1, 3_000_000);
        mirror.file(PACKAGE, file);
        scenario.set("max_speed_limit", LIMIT).start(mirror);

        long started = System.nanoTime();
        assertWhole(scenario.get(PACKAGE), file, REMOTE);

        assertThat(since(started))
                .isBetween(Duration.ofMillis((3_000_000 - SLACK_BYTES) * 1000 / LIMIT), Duration.ofSeconds(8));
    }

    @Test
    void cachedFilesAreNotHeldBack() throws Exception {
        FileContent file = FileContent.seeded(1, 2_000_000);
        mirror.file(PACKAGE, file);
        scenario.set("max_speed_limit", LIMIT).start(mirror);
        assertWhole(scenario.get(PACKAGE), file, REMOTE);
        Awaitility.await()
                .untilAsserted(() -> assertThat(scenario.cached(PACKAGE)).exists());

        long started = System.nanoTime();
        RawResponse answer = scenario.get(PACKAGE);

        Duration taken = since(started);
        assertWhole(answer, file, CACHE);
        assertThat(taken).isLessThan(Duration.ofSeconds(1));
    }

    @Test
    void parallelDownloadsShareTheLimitFairly() throws Exception {
        FileContent file = FileContent.seeded(1, 1_500_000);
        ScriptedMirror other = scenario.mirror();
        List<RawClient> clients = new ArrayList<>();
        scenario.set("max_speed_limit", LIMIT).start(mirror, other);
        for (int i = 0; i < 4; i++) {
            mirror.file(path(i), file);
            other.file(path(i), file);
        }
        long started = System.nanoTime();
        for (int i = 0; i < 4; i++) {
            RawClient client = scenario.client();
            client.request("GET", path(i));
            clients.add(client);
        }

        RawClient first = clients.get(0);
        first.readHead();
        first.readExpecting(file, 0, file.lengthBytes());
        Duration firstDone = since(started);
        for (RawClient client : clients.subList(1, 4)) {
            client.readHead();
            client.readExpecting(file, 0, file.lengthBytes());
        }
        Duration allDone = since(started);

        // Alone the first would have taken 1.5 s; with three others of the same size it ends when they do.
        assertThat(allDone)
                .isBetween(Duration.ofMillis((6_000_000 - SLACK_BYTES) * 1000 / LIMIT), Duration.ofSeconds(14));
        assertThat(firstDone.toMillis()).isGreaterThan(allDone.toMillis() * 6 / 10);
    }

    @Test
    void limitIsNoReasonToLeaveAMirror() throws Exception {
        FileContent file = FileContent.seeded(1, 400_000);
        ScriptedMirror other = scenario.mirror();
        for (int i = 0; i < 4; i++) {
            mirror.file(path(i), file);
            other.file(path(i), file);
        }
        scenario.set("max_speed_limit", 250_000).set("low_speed_time_secs", 1).start(mirror, other);
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            RawClient client = scenario.client();
            client.request("GET", path(i));
            clients.add(client);
        }
        for (RawClient client : clients) {
            client.readHead();
            client.readExpecting(file, 0, file.lengthBytes());
        }

        assertThat(mirror.requests())
                .filteredOn(request -> !request.path().endsWith(".sig"))
                .hasSize(4)
                .extracting(RecordedRequest::range)
                .containsOnly("none");
        assertThat(other.requests()).allMatch(request -> request.path().endsWith(".sig"));
    }

    private static String path(int number) {
        return "/extra/os/x86_64/p" + number + "-1-1-any.pkg.tar.zst";
    }

    private static Duration since(long nanoTime) {
        return Duration.ofNanos(System.nanoTime() - nanoTime);
    }
}
