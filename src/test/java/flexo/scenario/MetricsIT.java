package flexo.scenario;

import static flexo.scenario.Answers.NOTHING;
import static flexo.scenario.Answers.ORIGIN;
import static flexo.scenario.Answers.REMOTE;
import static flexo.scenario.Answers.assertError;
import static flexo.scenario.Answers.assertWhole;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.DetachedSignature;
import flexo.testing.Fault;
import flexo.testing.FileContent;
import flexo.testing.RawClient;
import flexo.testing.RawResponse;
import flexo.testing.ScriptedMirror;
import flexo.testing.StatusDocument;
import java.nio.file.Files;
import java.util.logging.Level;
import org.jboss.arquillian.container.test.api.Deployer;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What can be seen of the mirrors from outside, and what must not be. */
@ExtendWith(ArquillianExtension.class)
class MetricsIT {
    private static final String PACKAGE = "/core/os/x86_64/zlib-1:1.3.1-2-x86_64.pkg.tar.zst";
    private static final FileContent FILE = FileContent.seeded(1, 300_003);
    private static final FileContent SIGNATURE = DetachedSignature.of(FILE);

    @RegisterExtension
    final Scenario scenario = new Scenario();

    @ArquillianResource
    Deployer deployer;

    private ScriptedMirror first;
    private ScriptedMirror second;

    @Deployment(name = FlexoWar.ROOT, managed = false, testable = false)
    static WebArchive root() {
        return FlexoWar.named(FlexoWar.ROOT);
    }

    @BeforeEach
    void container() throws Exception {
        scenario.deployedBy(deployer);
        first = scenario.mirror();
        second = scenario.mirror().file(PACKAGE, FILE).file(PACKAGE + ".sig", SIGNATURE);
    }

    @Test
    void metricsCountUsagesAndFailuresOfEachMirror() throws Exception {
        first.fault(PACKAGE, new Fault().status(500));
        scenario.start(first, second);
        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);

        RawResponse metrics = scenario.get("/metrics");

        assertThat(metrics.status()).isEqualTo(200);
        assertThat(metrics.header("Content-Type")).startsWith("application/json");
        assertThat(metrics.header(ORIGIN)).isEqualTo(NOTHING);
        assertThat(withoutSpace(metrics))
                .contains("\"" + first.url() + "\":{\"num_failures\":1,\"num_usages\":1}")
                .contains("\"" + second.url() + "\":{\"num_failures\":0,\"num_usages\":2}");
    }

    @Test
    @OnEachTomcat
    void nothingIsCountedBeforeTheFirstDownload() throws Exception {
        scenario.start(first, second);

        assertThat(withoutSpace(scenario.get("/metrics"))).isEqualTo("{}");
    }

    @Test
    void resetCountsAfreshButForgetsNothingElse() throws Exception {
        String next = "/core/os/x86_64/next-1-1-any.pkg.tar.zst";
        first.file(next, FILE).fault(PACKAGE, new Fault().status(500));
        second.file(next, FILE).file(next + ".sig", SIGNATURE);
        scenario.start(first, second);
        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);

        try (RawClient client = new RawClient(scenario.port())) {
            client.request("POST", "/reset-metrics", "Content-Length: 0", Scenario.AS_ADMIN);
            assertThat(client.readResponse().status()).isEqualTo(200);
        }

        assertThat(withoutSpace(scenario.get("/metrics"))).isEqualTo("{}");
        assertWhole(scenario.get(next), FILE, REMOTE);
        assertThat(first.requestsFor(next))
                .as("a mirror that failed is still left alone")
                .isEmpty();
        assertThat(withoutSpace(scenario.get("/metrics")))
                .isEqualTo("{\"" + second.url() + "\":{\"num_failures\":0,\"num_usages\":2}}");
    }

    @Test
    @OnEachTomcat
    void otherMethodsAreRefused() throws Exception {
        scenario.start(first, second);

        RawResponse get = scenario.get("/reset-metrics");
        assertError(get, 405);
        assertThat(get.header("Allow")).isEqualTo("POST");
        try (RawClient client = new RawClient(scenario.port())) {
            client.request("POST", "/metrics", "Content-Length: 0");
            RawResponse post = client.readResponse();
            assertError(post, 405);
            assertThat(post.header("Allow")).isEqualTo("GET, HEAD");
        }
    }

    @Test
    void mirrorIsAskedWithTheUserAndPasswordOfItsAddress() throws Exception {
        scenario.start(withPassword(second));

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);

        assertThat(second.requestsFor(PACKAGE).get(0).header("Authorization")).contains("Basic dXNlcjpzZWNyZXQ=");
        assertThat(second.requestsFor(PACKAGE).get(0).target()).isEqualTo(PACKAGE);
    }

    @Test
    void passwordIsNotSentToWhereTheMirrorRedirects() throws Exception {
        first.fault(PACKAGE, new Fault().redirect(302, second.url() + PACKAGE.substring(1)));
        scenario.start(withPassword(first));

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);

        assertThat(second.requestsFor(PACKAGE).get(0).header("Authorization")).isEmpty();
    }

    @Test
    void passwordsAreNeitherLoggedNorShown() throws Exception {
        first.fault(PACKAGE, new Fault().status(500));
        String stopped = "/core/os/x86_64/gone-1-1-any.pkg.tar.zst";
        first.fault(stopped, new Fault().closeWithoutAnswer());
        second.fault(stopped, new Fault().status(500));
        scenario.start(withPassword(first), withPassword(second));

        RawResponse answer = scenario.get(PACKAGE);
        RawResponse failed = scenario.get(stopped);
        RawResponse metrics = scenario.get("/metrics");
        scenario.undeploy();

        assertThat(answer.status()).isEqualTo(200);
        assertError(failed, 502);
        assertThat(failed.text()).doesNotContain("secret");
        assertThat(metrics.text()).contains("***@").doesNotContain("secret");
        assertThat(scenario.log().messages(Level.ALL)).noneMatch(line -> line.contains("secret"));
    }

    @Test
    void passwordsOfTestedMirrorsAreOnlyInTheStoredFiles() throws Exception {
        AutoSelection auto = new AutoSelection(scenario);
        second.file(AutoSelection.DATABASE, AutoSelection.DATABASE_FILE);
        auto.document(new StatusDocument().add(withPassword(second)).add(withPassword(first)))
                .start()
                .awaitTest();

        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
        auto.awaitStored(1);
        scenario.restart();
        auto.awaitTest();

        assertThat(Files.readString(auto.resultsFile())).contains("secret");
        assertThat(scenario.log().messages(Level.ALL)).noneMatch(line -> line.contains("secret"));
        assertThat(auto.primaries()).anyMatch(url -> url.contains("***@"));
    }

    @Test
    void passwordOfTheStatusDocumentIsUsedAndNotLogged() throws Exception {
        AutoSelection auto = new AutoSelection(scenario);
        second.file(AutoSelection.DATABASE, AutoSelection.DATABASE_FILE);
        auto.document(new StatusDocument().add(second.url()));
        scenario.set("mirrors_auto.mirrors_status_json_endpoint", withPassword(first) + "missing")
                .set(
                        "mirrors_auto.mirrors_status_json_endpoint_fallbacks",
                        auto.endpoint().replace("http://", "http://user:secret@"));
        auto.start().awaitTest();

        assertThat(auto.documents().requests().get(0).header("Authorization")).contains("Basic dXNlcjpzZWNyZXQ=");
        assertThat(auto.storedUrls()).containsExactly(second.url());
        assertThat(scenario.log().messages(Level.ALL)).noneMatch(line -> line.contains("secret"));
    }

    private static String withPassword(ScriptedMirror mirror) {
        return mirror.url().replace("http://", "http://user:secret@");
    }

    private static String withoutSpace(RawResponse answer) {
        return answer.text().replaceAll("\\s", "");
    }
}
