package flexo.scenario;

import static flexo.scenario.Answers.CACHE;
import static flexo.scenario.Answers.REMOTE;
import static flexo.scenario.Answers.assertWhole;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.FileContent;
import flexo.testing.ForwardProxy;
import flexo.testing.RawResponse;
import flexo.testing.ScriptedMirror;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
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

/** The TOML file is changed while the application runs. */
@ExtendWith(ArquillianExtension.class)
class ReloadIT {
    private static final String FIRST = "/core/os/x86_64/first-1-1-any.pkg.tar.zst";
    private static final String SECOND = "/core/os/x86_64/second-1-1-any.pkg.tar.zst";
    private static final String THIRD = "/core/os/x86_64/third-1-1-any.pkg.tar.zst";
    private static final FileContent FILE = FileContent.seeded(1, 30_003);
    private static final Duration SOON = Duration.ofSeconds(20);

    @RegisterExtension
    final Scenario scenario = new Scenario();

    @ArquillianResource
    Deployer deployer;

    private Path file;
    private ScriptedMirror before;
    private ScriptedMirror after;

    @Deployment(name = FlexoWar.ROOT, managed = false, testable = false)
    static WebArchive root() {
        return FlexoWar.named(FlexoWar.ROOT);
    }

    @BeforeEach
    void container() throws Exception {
        scenario.deployedBy(deployer);
        before = scenario.mirror().file(FIRST, FILE).file(SECOND, FILE).file(THIRD, FILE);
        after = scenario.mirror().file(FIRST, FILE).file(SECOND, FILE).file(THIRD, FILE);
        file = scenario.scratch().resolve("flexo.toml");
        write(mirrors(before));
        scenario.set("config_file", file);
        scenario.deploy(FlexoWar.ROOT);
    }

    private static String mirrors(ScriptedMirror mirror) {
        return "mirrors_predefined = [\"" + mirror.url() + "\"]\n";
    }

    /** As an editor does it: another file takes its place. */
    private void write(String toml) throws Exception {
        Path other = Files.writeString(file.resolveSibling("flexo.toml.new"), toml);
        Files.move(other, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    private void awaitLogged(Level level, String text) {
        Awaitility.await(text)
                .atMost(SOON)
                .until(() -> scenario.log().messages(level).stream().anyMatch(line -> line.contains(text)));
    }

    @Test
    void otherMirrorsAreAskedFromThenOnAndWhatIsCachedStays() throws Exception {
        assertWhole(scenario.get(FIRST), FILE, REMOTE);

        write(mirrors(after) + "connect_timeout = 2000\n");
        awaitLogged(Level.WARNING, "These settings were changed, and take effect after a restart: connect_timeout");

        assertWhole(scenario.get(SECOND), FILE, REMOTE);
        assertThat(after.requestsFor(SECOND)).hasSize(1);
        assertThat(before.requestsFor(SECOND)).isEmpty();
        assertWhole(scenario.get(FIRST), FILE, CACHE);
    }

    @Test
    void aBrokenFileChangesNothingUntilItIsMended() throws Exception {
        scenario.log().expect("cannot be used");
        write("mirrors_predefined = [\"nowhere\"]\nnum_versions_retain = \"many\"\n");
        awaitLogged(Level.SEVERE, "cannot be used; the settings stay as they were. The configuration has 2 mistakes");

        RawResponse status = scenario.get("/status");
        assertThat(status.status()).isEqualTo(200);
        assertThat(status.body()).isEmpty();
        assertThat(jsonStatus()).contains("\"in_force\": false", "loaded_at", "refused_at", "nowhere", "\\\"many\\\"");
        assertThat(scenario.get("/metrics/prometheus").text())
                .contains("flexo_settings_in_force 0", "flexo_settings_mistakes 2");
        assertWhole(scenario.get(FIRST), FILE, REMOTE);
        assertThat(before.requestsFor(FIRST)).hasSize(1);

        write(mirrors(after));
        awaitLogged(Level.INFO, "its settings are in force now");
        assertThat(jsonStatus()).contains("\"in_force\": true").doesNotContain("refused_at");
        assertThat(scenario.get("/metrics/prometheus").text())
                .contains("flexo_settings_in_force 1", "flexo_settings_mistakes 0");
        assertWhole(scenario.get(SECOND), FILE, REMOTE);
        assertThat(after.requestsFor(SECOND)).hasSize(1);
    }

    private String jsonStatus() throws Exception {
        RawResponse status = scenario.client().get("/status", "Accept: application/json");
        assertThat(status.header("Content-Type")).startsWith("application/json");
        return status.text();
    }

    @Test
    void otherWayOutIsTakenFromThenOn() throws Exception {
        ForwardProxy proxy = scenario.closing(new ForwardProxy());
        assertWhole(scenario.get(FIRST), FILE, REMOTE);

        write(mirrors(before) + """
                http_proxy = "%s"
                [[upstream_credentials]]
                url = "%s"
                token = "t0ken"
                """.formatted(proxy.url(), before.url()));
        awaitLogged(Level.INFO, "its settings are in force now");

        assertWhole(scenario.get(SECOND), FILE, REMOTE);
        assertThat(before.requestsFor(FIRST).get(0).headers()).doesNotContainKey("authorization");
        assertThat(before.requestsFor(SECOND).get(0).header("Authorization")).contains("Bearer t0ken");
        assertThat(proxy.requestLines()).contains("GET " + before.url() + SECOND.substring(1) + " HTTP/1.1");
    }

    @Test
    void fewerVersionsAreKeptAtOnce() throws Exception {
        Path directory = Files.createDirectories(scenario.cache().resolve("core/os/x86_64"));
        for (int version = 1; version <= 3; version++) {
            Files.writeString(directory.resolve("bash-" + version + "-1-x86_64.pkg.tar.zst"), "package");
        }

        write(mirrors(before) + "num_versions_retain = 1\n");

        Awaitility.await("two versions go")
                .atMost(SOON)
                .untilAsserted(() -> assertThat(scenario.cachedFiles())
                        .containsExactly("core/os/x86_64/bash-3-1-x86_64.pkg.tar.zst"));
    }
}
