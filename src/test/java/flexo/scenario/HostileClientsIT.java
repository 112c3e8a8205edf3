package flexo.scenario;

import static flexo.scenario.Answers.CACHE;
import static flexo.scenario.Answers.assertError;
import static flexo.scenario.Answers.assertWhole;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.FileContent;
import flexo.testing.HostileClients;
import flexo.testing.RawClient;
import flexo.testing.ScriptedMirror;
import java.time.Duration;
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

/** Hundreds of clients that want to keep others from being served, in a Tomcat with its own defaults. */
@OnEachTomcat
@ExtendWith(ArquillianExtension.class)
class HostileClientsIT {
    private static final int MANY = 500;
    /** More than there are threads to be lent; each answer is logged here. */
    private static final int SOME = 100;

    /** On a machine that is busy with all that is sent; threads that are held are held for 195 s. */
    private static final Duration NOT_HELD_UP = Duration.ofSeconds(20);

    private static final String SMALL = "/core/os/x86_64/small-1-1-any.pkg.tar.zst";
    private static final String LARGE = "/core/os/x86_64/large-1-1-any.pkg.tar.zst";
    private static final FileContent SMALL_FILE = FileContent.seeded(1, 20_000);
    private static final FileContent LARGE_FILE = FileContent.seeded(2, 500_000);

    @RegisterExtension
    final Scenario scenario = new Scenario();

    @ArquillianResource
    Deployer deployer;

    @Deployment(name = FlexoWar.ROOT, managed = false, testable = false)
    static WebArchive root() {
        return FlexoWar.named(FlexoWar.ROOT);
    }

    @BeforeEach
    void aServerThatHasTwoFiles() throws Exception {
        scenario.deployedBy(deployer);
        ScriptedMirror mirror = scenario.mirror().file(SMALL, SMALL_FILE).file(LARGE, LARGE_FILE);
        scenario.start(mirror);
        scenario.get(SMALL);
        scenario.get(LARGE);
        scenario.hit(SMALL);
        scenario.hit(LARGE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET " + LARGE, "HEAD /absent", "POST /status", "POST /prefetch", "POST /sweep", "PUT /x"})
    void bodiesThatNeverComeHoldNobodyUp(String request) throws Exception {
        try (HostileClients hostile = new HostileClients(
                scenario.port(), MANY, request + " HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n")) {
            assertThat(hostile.count()).isPositive();
            assertOthersAreServed();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET /metrics/prometheus", "HEAD " + SMALL, "GET " + SMALL})
    void answersThatAreNotReadHoldNobodyUp(String request) throws Exception {
        String[] words = request.split(" ", 2);
        try (HostileClients hostile =
                new HostileClients(scenario.port(), SOME, HostileClients.pipelined(words[0], words[1], 2000))) {
            assertThat(hostile.count()).isPositive();
            assertOthersAreServed();
        }
    }

    private void assertOthersAreServed() throws Exception {
        for (int i = 0; i < 10; i++) {
            long started = System.nanoTime();
            assertWhole(scenario.get(SMALL), SMALL_FILE, CACHE);
            assertWhole(scenario.get(LARGE), LARGE_FILE, CACHE);
            assertThat(scenario.get("/metrics/prometheus").status()).isEqualTo(200);
            assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(NOT_HELD_UP);
        }
    }

    @Test
    void requestWithABodyThatNobodyWantsIsAnsweredAndItsConnectionEnds() throws Exception {
        RawClient client = scenario.client();
        client.request("GET", SMALL, "Content-Length: 10");

        assertError(client.readResponse(), 413);
        assertThat(client.readToEnd()).isEmpty();

        RawClient chunked = scenario.client();
        chunked.request("PUT", SMALL, "Transfer-Encoding: chunked");
        assertError(chunked.readResponse(), 405);
        assertThat(chunked.readToEnd()).isEmpty();
    }

    @Test
    void bodyThatComesWithItsRequestDoesNotMatter() throws Exception {
        RawClient client = scenario.client();
        client.send("GET " + SMALL + " HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n0123456789");

        assertWhole(client.readResponse(), SMALL_FILE, CACHE);
        assertWhole(client.get(SMALL), SMALL_FILE, CACHE);
    }
}
