package flexo.scenario;

import static flexo.scenario.Answers.REMOTE;
import static flexo.scenario.Answers.assertError;
import static flexo.scenario.Answers.assertWhole;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.Fault;
import flexo.testing.FileContent;
import flexo.testing.RawClient;
import flexo.testing.RawResponse;
import flexo.testing.ScriptedMirror;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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

/** Settings: all that are wrong are told together, and nothing half-works meanwhile. */
@OnEachTomcat
@ExtendWith(ArquillianExtension.class)
class ConfigurationIT {
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
    void everyWrongSettingIsNamedAndEveryRequestIsRefused() throws Exception {
        scenario.set("connect_timeout", "soon")
                .set("low_speed_limit", "-7")
                .set("low_speed_time_secs", "many")
                .set("mirror_selection_method", "telepathy")
                .set("mirrors_predefined", "gopher://mirror.example/, not a url");
        scenario.log().expect("connect_timeout");
        scenario.deploy(FlexoWar.ROOT);

        for (String path : List.of("/status", PACKAGE, "/", "/core/.hidden")) {
            RawResponse answer = scenario.get(path);
            assertThat(answer.status()).as(path).isEqualTo(503);
            assertThat(answer.header("Content-Type")).as(path).startsWith("text/plain");
            assertThat(answer.text())
                    .as(path)
                    .contains("connect_timeout", "soon")
                    .contains("low_speed_limit", "-7")
                    .contains("low_speed_time_secs", "many")
                    .contains("mirror_selection_method", "telepathy", "predefined")
                    .contains("mirrors_predefined", "gopher");
        }
        assertThat(scenario.cachedFiles()).isEmpty();
    }

    @Test
    void headAndPostGetTheReportsStatusToo() throws Exception {
        scenario.set("connect_timeout", "soon").set("mirrors_predefined", mirror.url());
        scenario.log().expect("connect_timeout");
        scenario.deploy(FlexoWar.ROOT);

        assertThat(scenario.client().head(PACKAGE).status()).isEqualTo(503);
        RawClient client = scenario.client();
        client.request("POST", PACKAGE, "Content-Length: 0");
        assertThat(client.readResponse().status()).isEqualTo(503);
        assertThat(mirror.requests()).isEmpty();
    }

    @Test
    void cacheDirectoryThatCannotBeUsedIsReported() throws Exception {
        Path file = scenario.scratch().resolve("a-file");
        Files.writeString(file, "in the way");
        scenario.set("cache_directory", file.resolve("cache"));
        scenario.log().expect("cache_directory");
        scenario.start(mirror);

        RawResponse answer = scenario.get("/status");
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.text()).contains("cache_directory").contains(file.toString());

        Files.delete(file);
        awaitServing();
    }

    @Test
    void noMirrorAtAllIsReported() throws Exception {
        scenario.set("mirrors_predefined", "");
        scenario.log().expect("mirrors_predefined");
        scenario.deploy(FlexoWar.ROOT);

        RawResponse answer = scenario.get(PACKAGE);
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.text()).contains("mirrors_predefined");
    }

    @Test
    void aFileThatIsMendedIsPutToUseWithoutARestart() throws Exception {
        mirror.file(PACKAGE, FILE);
        Path file = scenario.scratch().resolve("flexo.toml");
        Files.writeString(file, "connect_timeout = \"soon\"");
        scenario.set("config_file", file).set("mirrors_predefined", mirror.url());
        scenario.log().expect("connect_timeout");
        scenario.deploy(FlexoWar.ROOT);
        assertThat(scenario.get("/metrics/prometheus").status()).isEqualTo(503);
        RawResponse refused = scenario.client().get("/status", "Accept: application/json");
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.text())
                .contains("\"in_force\": false", "expected milliseconds", file.toString())
                .doesNotContain("loaded_at");

        Files.writeString(file, "connect_timeout = \"1 s\"");

        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .untilAsserted(
                        () -> assertThat(scenario.get("/status").status()).isEqualTo(200));
        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
        assertThat(scenario.get("/metrics/prometheus").text()).contains("flexo_settings_in_force 1");
    }

    private void awaitServing() {
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .untilAsserted(
                        () -> assertThat(scenario.get("/status").status()).isEqualTo(200));
    }

    @Test
    void aScheduleThatTheLibraryRefusesIsAMistakeAndNoFailedDeployment() throws Exception {
        scenario.set("prefetch", "0 */30 * * *");
        scenario.log().expect("prefetch");
        scenario.start(mirror);

        RawResponse answer = scenario.get("/status");
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.text()).contains("prefetch = \"0 */30 * * *\"");
    }

    @Test
    void oneLineNamesTheSourcesOfTheSettings() throws Exception {
        scenario.start(mirror);

        assertThat(scenario.log().messages(Level.INFO))
                .filteredOn(line -> line.contains("Settings are read from "))
                .singleElement()
                .asString()
                .contains("/etc/flexo/flexo.toml", "flexo.archive_fallback, flexo.cache_directory");
    }

    @Test
    void correctedSettingsWorkAfterTheNextDeployment() throws Exception {
        mirror.file(PACKAGE, FILE);
        scenario.set("connect_timeout", "soon").set("mirrors_predefined", mirror.url());
        scenario.log().expect("connect_timeout");
        scenario.deploy(FlexoWar.ROOT);
        assertThat(scenario.get(PACKAGE).status()).isEqualTo(503);
        scenario.undeploy();

        scenario.set("connect_timeout", "2000").start(mirror);

        assertThat(scenario.get("/status").status()).isEqualTo(200);
        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
    }

    @Test
    void aMirrorWhoseAddressIsWrongIsNamedWithTheLikelyMistake() throws Exception {
        scenario.start(mirror.url() + "archlinux/core/os/x86_64/");

        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> scenario.log().messages(Level.WARNING).stream()
                        .anyMatch(line -> line.contains(
                                "\"core/os/x86_64/\" at its end is too much, write " + mirror.url() + "archlinux/")));
    }

    @Test
    void mirrorsMayBeATomlArrayAsFlexoWritesThemOrACommaList() throws Exception {
        ScriptedMirror second = scenario.mirror().file(PACKAGE, FILE);
        for (String list : List.of(
                "[\"" + mirror.url() + "\", \"" + second.url() + "\"]",
                mirror.url() + "," + second.url(),
                " " + mirror.url().replaceAll("/$", "") + " , " + second.url().replaceAll("/$", "") + " ")) {
            scenario.set("mirrors_predefined", list);
            scenario.deploy(FlexoWar.ROOT);
            assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
            scenario.undeploy();
            Scenario.delete(scenario.cache());
        }
        assertThat(mirror.requestsFor(PACKAGE)).hasSize(3);
        assertThat(second.requestsFor(PACKAGE)).hasSize(3);
    }

    @Test
    void chosenCacheDirectoryIsLogged() throws Exception {
        scenario.start(mirror);

        assertThat(scenario.log().messages(Level.INFO))
                .anyMatch(line ->
                        line.contains("flexo") && line.contains(scenario.cache().toString()));
    }

    @Test
    void passwordsOfMirrorsAppearNowhere() throws Exception {
        scenario.start("http://user:s3cret-w0rd@127.0.0.1:" + mirror.port() + "/");
        mirror.faultEverywhere(new Fault().status(500));

        RawResponse answer = scenario.get(PACKAGE);

        assertError(answer, 502);
        assertThat(answer.text()).doesNotContain("s3cret-w0rd");
        assertThat(scenario.log().messages(Level.ALL)).noneMatch(line -> line.contains("s3cret-w0rd"));
    }
}
