package flexo.scenario;

import static flexo.scenario.Answers.CACHE;
import static flexo.scenario.Answers.assertWhole;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.Fault;
import flexo.testing.FileContent;
import flexo.testing.Gate;
import flexo.testing.RawClient;
import flexo.testing.ScriptedMirror;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;
import java.lang.ref.WeakReference;
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

/** The container stops the application under its clients and starts it again at once, as a new version of it would be. */
@OnEachTomcat
@ExtendWith(ArquillianExtension.class)
class ApplicationReloadIT {
    private static final Duration SECONDS = Duration.ofSeconds(8);
    private static final int RELOADS = 100;

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
    void everyResponseEndsWithinSecondsAndTheNextOneIsServed() throws Exception {
        FileContent cached = FileContent.seeded(1, 300_000);
        FileContent large = FileContent.seeded(2, 8_000_000);
        Gate gate = new Gate(100_000);
        Gate silence = new Gate(0);
        mirror.file(path("cached"), cached)
                .file(path("large"), large)
                .file(path("full"), large)
                .file(path("parked"), large)
                .faultOnRequest(path("full"), 1, new Fault().gate(new Gate(6_000_000)))
                .faultOnRequest(path("parked"), 1, new Fault().gate(gate))
                .file(path("suspended"), large)
                .faultOnRequest(path("suspended"), 1, new Fault().gateBeforeHead(silence));
        scenario.start(mirror);
        scenario.get(path("cached"));
        scenario.hit(path("cached"));
        scenario.hit(path("large"), "Range: bytes=0-0");
        RawClient sendfile = ask(scenario.clientWithSmallWindow(), "large");
        sendfile.readHead();
        List<RawClient> parked = new ArrayList<>();
        List<RawClient> suspended = new ArrayList<>();
        List<RawClient> full = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            parked.add(ask(scenario.client(), "parked"));
            suspended.add(ask(scenario.client(), "suspended"));
            full.add(ask(scenario.clientWithSmallWindow(), "full"));
        }
        for (RawClient client : parked) {
            client.readHead();
            client.readExpecting(large, 0, 100_000);
        }
        for (RawClient client : full) {
            client.readHead();
        }
        Awaitility.await().until(() -> mirror.requestsFor(path("suspended")).size() == 1);

        Container.reload("");

        for (RawClient client : parked) {
            assertEndsIncomplete(client, large.lengthBytes() - 100_000);
        }
        for (RawClient client : suspended) {
            client.patience(SECONDS);
            assertThat(client.readResponse().status()).isEqualTo(503);
        }
        for (RawClient client : full) {
            assertEndsIncomplete(client, large.lengthBytes());
        }
        sendfile.patience(SECONDS);
        sendfile.readExpecting(large, 0, large.lengthBytes());
        gate.open();
        silence.open();
        assertWhole(scenario.get(path("cached")), cached, CACHE);
    }

    @Test
    void aHundredReloadsUnderLoadLeaveNoSocketNoThreadAndNoClassLoader() throws Exception {
        FileContent cached = FileContent.seeded(1, 300_000);
        FileContent stalled = FileContent.seeded(2, 400_000);
        mirror.file(path("cached"), cached);
        Gate gate = new Gate(10_000);
        for (int i = 0; i < RELOADS; i++) {
            mirror.file(path("stalled" + i), stalled)
                    .faultOnRequest(path("stalled" + i), 1, new Fault().gate(gate))
                    .file(path("silent" + i), stalled)
                    .faultOnRequest(path("silent" + i), 1, new Fault().silence());
        }
        scenario.start(mirror);
        // Tomcat accepts a dispatch to an application that it has begun to stop, and cannot carry it out.
        scenario.log().expect("Cannot call sendError\\(\\) after the response has been committed");
        Container.unloadDelay("", Duration.ofMillis(20));
        scenario.get(path("cached"));
        scenario.hit(path("cached"));
        long filesBefore = openFiles();
        List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
        List<RawClient> clients = new ArrayList<>();

        for (int i = 0; i < RELOADS; i++) {
            RawClient parked = ask(new RawClient(scenario.port()), "stalled" + i);
            parked.readHead();
            parked.read(10_000);
            RawClient suspended = ask(new RawClient(scenario.port()), "silent" + i);
            RawClient hit = ask(new RawClient(scenario.port()), "cached");
            hit.readHead();
            String silent = path("silent" + i);
            Awaitility.await()
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> !mirror.requestsFor(silent).isEmpty());
            loaders.add(new WeakReference<>(Container.applicationLoader("")));
            Container.reload("");
            hit.readExpecting(cached, 0, cached.lengthBytes());
            hit.close();
            clients.add(parked);
            clients.add(suspended);
        }

        gate.open();
        for (RawClient client : clients) {
            assertEndsIncomplete(client, stalled.lengthBytes());
        }
        Awaitility.await("class loaders are collected").untilAsserted(() -> {
            System.gc();
            assertThat(loaders.stream().filter(loader -> loader.get() != null)).isEmpty();
        });
        Awaitility.await("files and sockets are closed")
                .untilAsserted(() -> assertThat(openFiles()).isLessThan(filesBefore + 20));
        assertThat(scenario.applicationThreads())
                .as("threads of the one application that runs")
                .hasSizeLessThan(30);
    }

    private RawClient ask(RawClient client, String name) throws IOException {
        client.request("GET", path(name));
        return client;
    }

    private static String path(String name) {
        return "/core/os/x86_64/" + name + "-1-1-any.pkg.tar.zst";
    }

    /** Its end comes soon, and not as the end of a whole body. */
    private static void assertEndsIncomplete(RawClient client, long missing) throws IOException {
        client.patience(SECONDS);
        assertThat((long) client.readToEnd().length).isLessThan(missing);
        client.close();
    }

    private static long openFiles() {
        OperatingSystemMXBean system = ManagementFactory.getOperatingSystemMXBean();
        return ((com.sun.management.UnixOperatingSystemMXBean) system).getOpenFileDescriptorCount();
    }
}
