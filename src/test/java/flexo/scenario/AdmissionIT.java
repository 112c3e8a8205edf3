package flexo.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.Fault;
import flexo.testing.FileContent;
import flexo.testing.RawResponse;
import flexo.testing.RepositoryDatabaseFile;
import flexo.testing.ScriptedMirror;
import flexo.testing.Strangers;
import java.net.URI;
import java.time.Duration;
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

/** One client asks for more than there are places; a well-behaved one is served beside it. */
@OnEachTomcat
@ExtendWith(ArquillianExtension.class)
class AdmissionIT {
    private static final String DATABASE = "/extra/os/x86_64/extra.db";
    private static final String PACKAGE = "/extra/os/x86_64/good-1-1-any.pkg.tar.zst";
    private static final FileContent FILE = FileContent.seeded(1, 200_000);
    private static final FileContent SLOW = FileContent.seeded(2, 20_000_000);
    /** A client has a quarter of the places at most, 64 if there are as many as there may be, and as many wait. */
    private static final int TOO_MANY = 140;

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
    void start() throws Exception {
        scenario.deployedBy(deployer);
        mirror = scenario.mirror()
                .file(PACKAGE, FILE)
                .file(
                        DATABASE,
                        FileContent.of(
                                new RepositoryDatabaseFile().list(PACKAGE, FILE).bytes()));
        for (int number = 0; number < TOO_MANY; number++) {
            mirror.file(slow(number), SLOW).fault(slow(number), new Fault().rate(20_000));
        }
        scenario.start(mirror);
    }

    private static String slow(int number) {
        return "/extra/os/x86_64/slow" + number + "-1-1-any.pkg.tar.zst";
    }

    private Strangers strangers() {
        return scenario.closing(new Strangers(URI.create("http://127.0.0.1:" + scenario.port())));
    }

    private void assertWellBehavedClientIsServed() throws Exception {
        assertThat(scenario.get(DATABASE).status()).isEqualTo(200);
        RawResponse answer = scenario.get(PACKAGE);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).hasSize((int) FILE.lengthBytes());
    }

    @Test
    void whoAsksForTooMuchIsToldToComeAgainAndOthersAreServed() throws Exception {
        Strangers strangers = strangers();
        for (int number = 0; number < TOO_MANY; number++) {
            strangers.ask(0, slow(number));
        }

        assertWellBehavedClientIsServed();

        Awaitility.await("some are told to come again")
                .atMost(Duration.ofSeconds(15))
                .until(() -> {
                    List<String> answers = strangers.answers();
                    return answers.stream()
                            .anyMatch(answer ->
                                    answer.startsWith("HTTP/1.1 503 ") && answer.contains("\r\nRetry-After: 5\r\n"));
                });
        assertWellBehavedClientIsServed();
        // Whoever leaves while the application is undeployed is another matter.
        strangers.close();
        Awaitility.await("nobody waits or reads any longer")
                .atMost(Duration.ofSeconds(20))
                .untilAsserted(
                        () -> assertThat(scenario.get("/metrics/prometheus").text())
                                .contains("flexo_downloads_waiting 0\n", "flexo_responses_streamed 0\n"));
    }

    @Test
    void whatNobodyReadsGivesWay() throws Exception {
        Strangers strangers = strangers();
        for (int number = 0; number < TOO_MANY; number++) {
            strangers.ask(0, slow(number));
            strangers.leave();
        }

        assertWellBehavedClientIsServed();

        Awaitility.await("few are left that nobody reads")
                .atMost(Duration.ofSeconds(20))
                .untilAsserted(
                        () -> assertThat(scenario.get("/metrics/prometheus").text())
                                .containsPattern("flexo_downloads_running (\\d|[12]\\d|3[0-2])\n"));
    }
}
