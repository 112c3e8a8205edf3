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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may change something: whoever has the token or the container's role, and nobody for where he comes from. */
@OnEachTomcat
@ExtendWith(ArquillianExtension.class)
class SteeringIT {
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
        Container.knows(Map.of("alice", List.of("flexo-admin"), "bob", List.of("manager-gui")));
    }

    private RawResponse post(String path, String... headers) throws IOException {
        try (RawClient client = new RawClient(scenario.port())) {
            List<String> all = new ArrayList<>(List.of(headers));
            all.add("Content-Length: 0");
            client.request("POST", path, all.toArray(String[]::new));
            return client.readResponse();
        }
    }

    private static String login(String user, String password) {
        return "Authorization: Basic "
                + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    private void assertUnknown(RawResponse answer) {
        assertError(answer, 401);
        assertThat(answer.header("WWW-Authenticate")).isEqualTo("Bearer realm=\"flexo\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/sweep",
                "/prefetch",
                "/reset-metrics",
                "/api/v1/sweep",
                "/api/v1/prefetch",
                "/api/v1/reload",
                "/api/v1/drain",
                "/api/v1/resume"
            })
    void whateverChangesSomethingNeedsTheTokenAndNoAddressWillDo(String path) throws Exception {
        scenario.start(mirror);

        RawResponse refused = post(path);
        assertUnknown(refused);
        assertThat(refused.text())
                .contains("curl -X POST -H \"Authorization: Bearer $(cat FILE)\" ")
                .doesNotContain(scenario.scratch().toString())
                .endsWith(path + "\n");
        assertUnknown(post(path, "X-Forwarded-For: 127.0.0.1"));
        assertUnknown(post(path, "X-Forwarded-For: 127.0.0.1, ::1", "Forwarded: for=127.0.0.1"));
        assertUnknown(post(path, Scenario.AS_ADMIN + "x"));
        assertUnknown(post(path, "Authorization: Bearer"));
        assertUnknown(post(path, "Authorization: Negotiate abc"));

        assertThat(post(path, Scenario.AS_ADMIN).status()).isBetween(200, 202);
        assertThat(post(path, Scenario.AS_ADMIN, "X-Forwarded-For: 198.51.100.1")
                        .status())
                .isBetween(200, 202);
    }

    @Test
    void tokenIsMadeAtTheFirstStartForThisUserAloneAndStays() throws Exception {
        scenario.unset("admin_token_file").start(mirror);
        Path file = tokenFile();
        String token = Files.readString(file).strip();

        assertThat(Files.getPosixFilePermissions(file)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(token).matches("[0-9A-Za-z_-]{43}");
        assertThat(post("/sweep", "Authorization: Bearer " + token).status()).isEqualTo(200);
        assertThat(scenario.get("/" + scenario.cache().relativize(file)).status())
                .as("asked for as a file")
                .isGreaterThanOrEqualTo(400);
        scenario.restart();
        assertThat(tokenFile()).hasContent(token);
        assertThat(scenario.log().messages(Level.ALL)).noneMatch(line -> line.contains(token));

        Files.writeString(file, "another token of 32 characters..\n");
        assertUnknown(post("/sweep", "Authorization: Bearer " + token));
        assertThat(post("/sweep", "Authorization: Bearer another token of 32 characters..")
                        .status())
                .isEqualTo(200);
    }

    private Path tokenFile() {
        String sentence = "The admin token is in ";
        return scenario.log().messages(Level.INFO).stream()
                .filter(line -> line.contains(sentence))
                .map(line -> Path.of(line.substring(line.indexOf(sentence) + sentence.length())))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void userWithTheRoleMaySteerAndOthersMayNot() throws Exception {
        scenario.start(mirror);

        assertThat(post("/sweep", login("alice", "ecila")).status()).isEqualTo(200);
        RawResponse withoutRole = post("/sweep", login("bob", "bob"));
        assertError(withoutRole, 403);
        assertThat(withoutRole.text()).contains("flexo-admin");
        assertUnknown(post("/sweep", login("alice", "wrong")));
        assertUnknown(post("/sweep", login("nobody", "ydobon")));
        assertUnknown(post("/sweep", "Authorization: Basic ???"));
        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
    }

    @Test
    void pageOfAnotherServerCannotSteerInTheNameOfItsReader() throws Exception {
        scenario.start(mirror);
        String alice = login("alice", "ecila");
        String own = "http://127.0.0.1:" + scenario.port();

        assertError(post("/sweep", alice, "Origin: http://evil.example"), 403);
        assertError(post("/sweep", alice, "Origin: null"), 403);
        assertError(post("/sweep", alice, "Sec-Fetch-Site: cross-site"), 403);
        assertError(post("/sweep", alice, "Sec-Fetch-Site: same-site"), 403);
        assertThat(post("/sweep", alice, "Origin: " + own, "Sec-Fetch-Site: same-origin")
                        .status())
                .isEqualTo(200);
        assertThat(post("/sweep", Scenario.AS_ADMIN, "Origin: http://evil.example")
                        .status())
                .as("a page that knows the token may")
                .isEqualTo(200);
    }

    @Test
    void logSaysWhoSteered() throws Exception {
        scenario.start(mirror);

        post("/sweep", Scenario.AS_ADMIN, "X-Forwarded-For: 192.0.2.7");
        post("/prefetch?dependencies=true", login("alice", "ecila"));
        post("/reset-metrics", login("bob", "bob"));
        post("/reset-metrics", Scenario.AS_ADMIN + "x");

        assertThat(scenario.log().messages(Level.INFO))
                .anyMatch(line -> line.contains("192.0.2.7: POST /sweep, by the admin token"))
                .anyMatch(line -> line.contains(
                        "127.0.0.1: POST /prefetch?dependencies=true, by user alice in the role flexo-admin"))
                .anyMatch(line ->
                        line.contains("127.0.0.1: POST /reset-metrics is refused: user bob lacks the role flexo-admin"))
                .anyMatch(line -> line.contains("127.0.0.1: POST /reset-metrics is refused: the token is wrong"))
                .noneMatch(line -> line.contains(Scenario.AS_ADMIN.substring(22)));
    }

    @Test
    void allowedClientsDoNotConcernWhoHasTheToken() throws Exception {
        scenario.set("allowed_clients", "192.0.2.0/24").start(mirror);

        assertError(post("/sweep"), 403);
        assertError(scenario.get("/sweep"), 403);
        assertThat(post("/sweep", Scenario.AS_ADMIN).status()).isEqualTo(200);
        assertThat(scenario.get("/sweep", Scenario.AS_ADMIN).status()).isEqualTo(200);
    }
}
