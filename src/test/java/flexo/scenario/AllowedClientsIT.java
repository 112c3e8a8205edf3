package flexo.scenario;

import static flexo.scenario.Answers.REMOTE;
import static flexo.scenario.Answers.assertError;
import static flexo.scenario.Answers.assertWhole;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.FileContent;
import flexo.testing.ScriptedMirror;
import org.jboss.arquillian.container.test.api.Deployer;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who may come can be restricted to networks. */
@OnEachTomcat
@ExtendWith(ArquillianExtension.class)
class AllowedClientsIT {
    private static final FileContent FILE = FileContent.seeded(1, 30_003);
    private static final String PACKAGE = "/core/os/x86_64/zlib-1:1.3.1-2-x86_64.pkg.tar.zst";

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

    @Test
    void othersAreRefusedWhateverTheyAskFor() throws Exception {
        scenario.set("allowed_clients", "192.0.2.0/24").start(mirror);

        for (String path : new String[] {PACKAGE, "/", "/metrics", "/metrics/prometheus", "/sweep", "/nothing"}) {
            assertError(scenario.get(path), 403);
        }
        assertThat(scenario.get(PACKAGE).text()).contains("127.0.0.1", "allowed_clients");
        assertThat(scenario.get("/status").status()).isEqualTo(200);
        assertError(scenario.get("/status", "Accept: application/json"), 403);
        assertThat(mirror.requests()).isEmpty();
    }

    @Test
    void clientOfATrustedProxyIsToldByWhatTheProxySays() throws Exception {
        scenario.set("allowed_clients", "192.0.2.0/24").start(mirror);

        assertWhole(scenario.get(PACKAGE, "X-Forwarded-For: 192.0.2.7"), FILE, REMOTE);
        assertThat(scenario.get(PACKAGE, "X-Forwarded-For: 127.0.0.1, 192.0.2.7")
                        .status())
                .isEqualTo(200);
        assertError(scenario.get(PACKAGE, "X-Forwarded-For: 192.0.2.7, 198.51.100.1"), 403);
        assertError(scenario.get(PACKAGE, "X-Forwarded-For: unknown"), 403);
    }

    @Test
    void otherProxiesAreNotBelieved() throws Exception {
        scenario.set("allowed_clients", "192.0.2.0/24")
                .set("trusted_proxies", "[]")
                .start(mirror);

        assertError(scenario.get(PACKAGE, "X-Forwarded-For: 192.0.2.7"), 403);
    }
}
