package flexo.scenario;

import static flexo.scenario.Answers.REMOTE;
import static flexo.scenario.Answers.assertError;
import static flexo.scenario.Answers.assertWhole;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.FileContent;
import flexo.testing.RawClient;
import flexo.testing.RawResponse;
import flexo.testing.ScriptedMirror;
import java.io.IOException;
import java.util.stream.Stream;
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

/** Health checks and figures, as programs ask for them. */
@ExtendWith(ArquillianExtension.class)
class HealthIT {
    private static final String PACKAGE = "/core/os/x86_64/a-1-1-any.pkg.tar.zst";
    private static final FileContent FILE = FileContent.seeded(1, 30_003);
    private static final String PROMETHEUS =
            "application/openmetrics-text;version=1.0.0;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";

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
        mirror = scenario.mirror().file(PACKAGE, FILE);
    }

    private RawResponse get(String path, String accept) throws IOException {
        return scenario.client().get(path, "Accept: " + accept);
    }

    @Test
    void liveAndReadyAreUpWithTheirChecks() throws Exception {
        scenario.start(mirror);

        RawResponse live = scenario.get("/health/live");
        assertThat(live.status()).isEqualTo(200);
        assertThat(live.header("Content-Type")).startsWith("application/json");
        assertThat(live.text())
                .contains("\"status\": \"UP\"", "\"name\": \"threads\"")
                .doesNotContain("DOWN");
        RawResponse ready = scenario.get("/health/ready");
        assertThat(ready.status()).isEqualTo(200);
        assertThat(ready.text())
                .contains("\"settings\"", "\"cache\"", "\"mirrors\"")
                .doesNotContain("DOWN");
        assertThat(scenario.client().head("/health/ready").status()).isEqualTo(200);
        RawClient posting = scenario.client();
        posting.request("POST", "/health/live", "Content-Length: 0");
        assertError(posting.readResponse(), 405);
    }

    @Test
    void drainedNodeIsNotReadyAndServesOn() throws Exception {
        scenario.start(mirror);
        assertThat(scenario.get("/health/ready").status()).isEqualTo(200);

        assertThat(order("/api/v1/drain", Scenario.AS_ADMIN).status()).isEqualTo(200);
        RawResponse ready = scenario.get("/health/ready");
        assertThat(ready.status()).isEqualTo(503);
        assertThat(ready.text()).contains("\"drained\"", "/api/v1/resume");
        assertThat(scenario.get("/health/live").status()).isEqualTo(200);
        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);

        assertThat(order("/api/v1/resume", Scenario.AS_ADMIN).status()).isEqualTo(200);
        assertThat(scenario.get("/health/ready").status()).isEqualTo(200);
    }

    private RawResponse order(String path, String... headers) throws IOException {
        RawClient client = scenario.client();
        client.request(
                "POST",
                path,
                Stream.concat(Stream.of("Content-Length: 0"), Stream.of(headers))
                        .toArray(String[]::new));
        return client.readResponse();
    }

    @Test
    void wrongSettingsAreLiveAndNotReady() throws Exception {
        scenario.log().expect("mistake");
        scenario.set("mirrors_predefined", "nowhere");
        scenario.deploy(FlexoWar.ROOT);

        assertThat(scenario.get("/health/live").status()).isEqualTo(200);
        RawResponse ready = scenario.get("/health/ready");
        assertThat(ready.status()).isEqualTo(503);
        assertThat(ready.text()).contains("\"DOWN\"", "\"reason\"", "nowhere");
    }

    @Test
    void metricsAreFlexosJsonUnlessSomebodyAsksForText() throws Exception {
        scenario.start(mirror);
        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
        scenario.hit(PACKAGE);
        assertThat(scenario.get("/core/os/x86_64/absent-1-1-any.pkg.tar.zst").status())
                .isEqualTo(404);

        assertThat(scenario.get("/metrics").text()).contains("num_usages");
        assertThat(get("/metrics", "*/*").text()).contains("num_usages");
        assertThat(get("/metrics", "application/json").text()).contains("num_usages");
        RawResponse text = get("/metrics", "text/plain");
        assertThat(text.header("Content-Type")).startsWith("text/plain;version=0.0.4");
        Awaitility.await("the end of the response is counted")
                .untilAsserted(() -> assertThat(get("/metrics", "text/plain").text())
                        .contains(
                                "flexo_requests_total{result=\"miss\",status=\"200\"} 1\n",
                                "flexo_requests_total{result=\"hit\",status=\"200\"} 1\n",
                                "flexo_requests_total{result=\"none\",status=\"404\"} 1\n",
                                "flexo_response_bytes_total{result=\"miss\"} 30003\n",
                                "flexo_request_duration_seconds_bucket{le=\"+Inf\"}"));
    }

    @Test
    void prometheusItselfGetsOpenMetrics() throws Exception {
        scenario.start(mirror);

        for (String path : new String[] {"/metrics", "/metrics/prometheus"}) {
            RawResponse metrics = get(path, PROMETHEUS);
            assertThat(metrics.header("Content-Type")).startsWith("application/openmetrics-text;version=1.0.0");
            assertThat(metrics.text())
                    .endsWith("# EOF\n")
                    .contains("# TYPE flexo_requests counter\n", "# TYPE flexo_build_info gauge\n");
        }
    }
}
