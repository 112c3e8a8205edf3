package flexo.scenario;

import static flexo.scenario.Answers.REMOTE;
import static flexo.scenario.Answers.assertError;
import static flexo.scenario.Answers.assertWhole;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.Fault;
import flexo.testing.FileContent;
import flexo.testing.Gate;
import flexo.testing.RawClient;
import flexo.testing.RawResponse;
import flexo.testing.RepositoryDatabaseFile;
import flexo.testing.ScriptedMirror;
import jakarta.json.bind.JsonbBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.logging.Level;
import java.util.stream.Collectors;
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

/** What programs and the page are told by {@code /api/v1}, and what they can have done. */
@OnEachTomcat
@ExtendWith(ArquillianExtension.class)
class ApiIT {
    private static final FileContent FILE = FileContent.seeded(1, 300_003);
    private static final String PACKAGE = "/core/os/x86_64/zlib-1:1.3.1-2-x86_64.pkg.tar.zst";
    private static final String HOSTILE = "/core/os/x86_64/<img src=x onerror=alert(1)>\".iso";

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
        first = scenario.mirror().file(PACKAGE, FILE);
        second = scenario.mirror().file(PACKAGE, FILE);
    }

    private RawResponse post(String path, String... headers) throws IOException {
        try (RawClient client = new RawClient(scenario.port())) {
            List<String> all = new ArrayList<>(List.of(headers));
            all.add("Content-Length: 0");
            client.request("POST", path, all.toArray(String[]::new));
            return client.readResponse();
        }
    }

    private RawResponse order(String path) throws IOException {
        return post(path, Scenario.AS_ADMIN);
    }

    private static Map<?, ?> json(RawResponse answer) {
        return JsonbBuilder.create().fromJson(answer.text(), Map.class);
    }

    private Map<?, ?> state() throws IOException {
        RawResponse answer = scenario.get("/api/v1/state");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).startsWith("application/json");
        assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
        return json(answer);
    }

    /** By way of {@code a.0.b}. */
    private static Object in(Object document, String way) {
        Object found = document;
        for (String step : way.split("\\.", -1)) {
            found = found instanceof List<?> list ? list.get(Integer.parseInt(step)) : ((Map<?, ?>) found).get(step);
        }
        return found;
    }

    private void awaitState(String way, Object value) {
        Awaitility.await(way + " is " + value)
                .ignoreExceptions()
                .until(() -> Objects.equals(String.valueOf(in(state(), way)), String.valueOf(value)));
    }

    @Test
    void stateTellsOfADownloadOnItsWayAndOfItsEnd() throws Exception {
        Gate gate = new Gate(100_000);
        first.fault(PACKAGE, new Fault().cutAfter(100_000));
        second.fault(PACKAGE, new Fault().gate(gate));
        scenario.start(first, second);
        try (RawClient client = scenario.client()) {
            client.request("GET", PACKAGE);
            awaitState("downloads.0.bytes", 200_000);
            Map<?, ?> state = state();

            assertThat(in(state, "downloads.0.path")).isEqualTo(PACKAGE.substring(1));
            assertThat(in(state, "downloads.0.total").toString()).isEqualTo("300003");
            assertThat(in(state, "downloads.0.clients").toString()).isEqualTo("1");
            assertThat(in(state, "downloads.0.mirrors")).isEqualTo(List.of(second.url()));
            assertThat(in(state, "downloads.0.switches.0.from")).isEqualTo(first.url());
            assertThat(in(state, "downloads.0.switches.0.to")).isEqualTo(second.url());
            gate.open();
            assertWhole(client.readResponse(), FILE, REMOTE);
        }
        awaitState("ended.0.path", PACKAGE.substring(1));
        awaitState("ended.0.state", "complete");
        assertThat((List<?>) in(state(), "downloads")).isEmpty();
        awaitState("traffic.misses", 1);
        assertThat(in(state(), "mirrors.list.0.url")).isEqualTo(first.url());
        assertThat(in(state(), "node.version")).isNotNull();
    }

    @Test
    void stateSaysInWordsWhetherAllIsWell() throws Exception {
        scenario.start(first, second);

        Map<?, ?> state = state();
        assertThat(in(state, "summary.well")).isEqualTo(true);
        assertThat(in(state, "summary.words").toString()).startsWith("Serving; 2 mirrors; 0 files");
        order("/api/v1/drain");
        awaitState("summary.well", false);
        state = state();
        assertThat(in(state, "summary.words").toString()).startsWith("Draining");
        assertThat(in(state, "summary.complaints.0").toString()).contains("/api/v1/resume");
        assertThat(in(state, "node.drained")).isEqualTo(true);
    }

    @Test
    void settingsAreToldWithTheirSourcesAndWithoutSecretsAndToNoStranger() throws Exception {
        String withPassword = first.url().replace("http://", "http://me:geheim@");
        scenario.start(withPassword);

        assertThat(scenario.get("/api/v1/state").text())
                .doesNotContain("geheim", scenario.cache().toString())
                .contains("http://***@");
        assertError(scenario.get("/api/v1/settings"), 401);
        RawResponse answer = scenario.get("/api/v1/settings", Scenario.AS_ADMIN);
        assertThat(answer.text()).doesNotContain("geheim").contains("http://***@");
        assertThat(answer.text())
                .contains("{\"name\":\"mirror_selection_method\",\"source\":\"system property"
                        + " flexo.mirror_selection_method\",\"value\":\"\\\"predefined\\\"\"}");
    }

    @Test
    void eventsBeginWithAllAndGoOnWithWhatHasChanged() throws Exception {
        scenario.start(first, second);
        RawClient client = scenario.client();
        client.request("GET", "/api/v1/events");
        assertThat(client.readHead().header("Content-Type")).startsWith("text/event-stream");

        Map<?, ?> all = event(client);
        assertThat(all.keySet().stream().map(Object::toString).toList())
                .contains("summary", "node", "downloads", "mirrors", "cache", "settings");
        order("/api/v1/drain");
        Map<Object, Object> changed = new HashMap<>();
        while (!changed.containsKey("node")) {
            event(client).forEach(changed::put);
        }
        assertThat(in(changed, "node.drained")).isEqualTo(true);
        assertThat(changed.keySet().stream().map(Object::toString).toList()).doesNotContain("settings", "mirrors");
    }

    /** The next event, from as many chunks as it takes. */
    private static Map<?, ?> event(RawClient client) throws IOException {
        StringBuilder event = new StringBuilder();
        while (!event.toString().endsWith("\n\n")) {
            StringBuilder size = new StringBuilder();
            while (!size.toString().endsWith("\r\n")) {
                size.append((char) client.read(1)[0]);
            }
            byte[] chunk = client.read(Integer.parseInt(size.toString().strip(), 16) + 2);
            event.append(new String(chunk, 0, chunk.length - 2, StandardCharsets.UTF_8));
        }
        assertThat(event.toString()).startsWith("data: ").endsWith("}\n\n");
        return JsonbBuilder.create().fromJson(event.substring("data: ".length()), Map.class);
    }

    @Test
    void listenersEndWithTheApplication() throws Exception {
        scenario.start(first);
        for (int i = 0; i < 3; i++) {
            RawClient client = scenario.client();
            client.request("GET", "/api/v1/events");
            assertThat(client.readHead().status()).isEqualTo(200);
        }

        scenario.restart();

        assertThat(state()).isNotEmpty();
    }

    @Test
    void cachedFilesAreBrowsedFoundAndEvicted() throws Exception {
        scenario.start(first);
        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
        scenario.hit(PACKAGE);

        assertThat(in(json(scenario.get("/api/v1/files")), "directories")).isEqualTo(List.of("core"));
        Map<?, ?> browsed = json(scenario.get("/api/v1/files?directory=core/os/x86_64"));
        assertThat(in(browsed, "files.0.path")).isEqualTo(PACKAGE.substring(1));
        assertThat(in(browsed, "files.0.version")).isEqualTo("1:1.3.1-2");
        assertThat(in(browsed, "files.0.last_use")).isNotNull();
        assertThat(in(json(scenario.get("/api/v1/files?text=ZLIB-1%3A1.3")), "files.0.path"))
                .isEqualTo(PACKAGE.substring(1));
        assertThat((List<?>) in(json(scenario.get("/api/v1/files?text=nothing")), "files"))
                .isEmpty();

        assertThat(post("/api/v1/evict?package=zlib").status()).isEqualTo(401);
        assertThat(scenario.cached(PACKAGE)).exists();
        RawResponse evicted = order("/api/v1/evict?package=zlib");
        assertThat(evicted.status()).isEqualTo(200);
        assertThat(in(json(evicted), "evicted")).isEqualTo(List.of(PACKAGE.substring(1)));
        assertThat(scenario.cached(PACKAGE)).doesNotExist();
        assertThat(order("/api/v1/evict?path=" + PACKAGE.substring(1)).status()).isEqualTo(404);
        assertThat(scenario.log().messages(Level.INFO))
                .anyMatch(line -> line.contains("POST /api/v1/evict?package=zlib, by the admin token"));
        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
    }

    @Test
    void databaseIsCheckedAndEvictedWhenSomebodyWants() throws Exception {
        String database = "core/os/x86_64/core.db";
        first.file("/" + database, new RepositoryDatabaseFile().filler(1, 10).content());
        scenario.start(first);

        RawResponse checked = order("/api/v1/check?database=" + database);
        assertThat(checked.status()).isEqualTo(200);
        assertThat(in(json(checked), "path")).isEqualTo(database);
        assertThat(in(json(checked), "source")).isEqualTo(first.url());
        awaitState("databases.0.path", database);

        assertThat(order("/api/v1/evict?database=" + database).status()).isEqualTo(200);
        assertThat(scenario.cached("/" + database)).doesNotExist();
        awaitState("databases", List.of());
        assertThat(order("/api/v1/evict?database=" + database).status()).isEqualTo(404);
        assertThat(order("/api/v1/check?database=core/os/x86_64/none.db").status())
                .isEqualTo(404);
    }

    @Test
    void mirrorIsPinnedRestsAndIsBannedByWhoMaySteerAndNobodyElse() throws Exception {
        scenario.start(first, second);
        String id = in(state(), "mirrors.list.1.id").toString();
        for (String what : List.of("pin", "rest", "ban", "release")) {
            assertThat(post("/api/v1/mirrors/" + what + "?mirror=" + id).status())
                    .as(what)
                    .isEqualTo(401);
        }

        assertThat(order("/api/v1/mirrors/pin?mirror=" + id).status()).isEqualTo(200);
        awaitState("mirrors.list.1.pinned", true);
        awaitState("mirrors.list.1.next", true);
        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
        assertThat(first.requestsFor(PACKAGE)).isEmpty();
        assertThat(order("/api/v1/mirrors/rest?minutes=5&mirror=" + second.url())
                        .status())
                .isEqualTo(200);
        awaitState("mirrors.list.1.state", "rested");
        RawResponse last = order("/api/v1/mirrors/ban?mirror=" + first.url());
        assertError(last, 409);
        assertThat(last.text()).contains("last mirror");
        scenario.restart();
        awaitState("mirrors.list.1.state", "rested");
        assertThat(order("/api/v1/mirrors/release?mirror=" + id).status()).isEqualTo(200);
        assertThat(order("/api/v1/mirrors/ban?mirror=" + id).status()).isEqualTo(200);
        awaitState("mirrors.list.1.state", "banned");
        assertThat(scenario.log().messages(Level.INFO))
                .anyMatch(line -> line.contains("POST /api/v1/mirrors/pin?mirror=" + id + ", by the admin token"));
    }

    @Test
    void settingsAreReadAgainAndMirrorsAreTestedWhenSomebodyWants() throws Exception {
        scenario.start(first);

        RawResponse reloaded = order("/api/v1/reload");
        assertThat(reloaded.status()).isEqualTo(200);
        assertThat(in(json(reloaded), "settings.in_force")).isEqualTo(true);
        RawResponse test = order("/api/v1/mirror-test");
        assertError(test, 409);
        assertThat(test.text()).contains("mirror_selection_method");
    }

    @Test
    void whoAsksMostIsToldToWhoMaySteerUnlessItIsSwitchedOff() throws Exception {
        scenario.start(first);
        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);

        assertError(scenario.get("/api/v1/clients"), 401);
        Awaitility.await("the response is over")
                .ignoreExceptions()
                .until(() -> in(json(scenario.get("/api/v1/clients", Scenario.AS_ADMIN)), "clients.0.address")
                        .equals("127.0.0.1"));
        scenario.undeploy();
        scenario.set("client_figures", "false").start(first);
        scenario.hit(PACKAGE);
        assertThat((List<?>) in(json(scenario.get("/api/v1/clients", Scenario.AS_ADMIN)), "clients"))
                .isEmpty();
    }

    /** Of all orders with parameters, what the document says of them is what they say themselves. */
    @Test
    void wrongParametersAreRefusedAndTheRightOnesAreThoseOfTheDocument() throws Exception {
        scenario.start(first);
        Map<?, ?> document = json(scenario.get("/api/v1/openapi.json"));

        Map<?, ?> paths = (Map<?, ?>) document.get("paths");
        for (Map.Entry<?, ?> path : paths.entrySet()) {
            for (Map.Entry<?, ?> method : ((Map<?, ?>) path.getValue()).entrySet()) {
                Map<?, ?> operation = (Map<?, ?>) method.getValue();
                if (!((Map<?, ?>) operation.get("responses")).containsKey("400")) {
                    continue;
                }
                String wrong = path.getKey() + "?bogus=1";
                RawResponse answer = method.getKey().equals("get") ? scenario.get(wrong) : order(wrong);
                assertError(answer, 400);
                Object parameters = operation.get("parameters");
                assertThat(answer.text())
                        .as(wrong)
                        .contains(
                                parameters == null
                                        ? "no parameters"
                                        : ((List<?>) parameters)
                                                .stream()
                                                        .map(each ->
                                                                in(each, "name").toString())
                                                        .collect(Collectors.joining(", ")));
            }
        }
        for (String wrong : List.of(
                "/api/v1/evict",
                "/api/v1/evict?path=a&package=b",
                "/api/v1/evict?path=..%2F..%2Fetc%2Fpasswd",
                "/api/v1/evict?path=core/os/x86_64/core.db",
                "/api/v1/evict?path=%zz",
                "/api/v1/evict?package=-rf",
                "/api/v1/evict?package=a%0Ab",
                "/api/v1/check?database=core/os/x86_64/a.pkg.tar.zst",
                "/api/v1/mirrors/rest?minutes=0&mirror=" + first.url(),
                "/api/v1/mirrors/rest?minutes=43201&mirror=" + first.url(),
                "/api/v1/mirrors/rest?minutes=1&minutes=2&mirror=" + first.url(),
                "/api/v1/mirrors/pin?mirror=")) {
            assertError(order(wrong), 400);
        }
        assertError(order("/api/v1/mirrors/pin?mirror=http://elsewhere.example/"), 404);
        assertError(scenario.get("/api/v1/files?directory=../.."), 400);
        assertError(scenario.get("/api/v1/evict?package=a"), 405);
        assertError(scenario.get("/api/v1/files?text=" + "x".repeat(201)), 400);
    }

    @Test
    void hostileNamesStayTextInDocumentsAndLog() throws Exception {
        first.file(HOSTILE, FILE);
        scenario.start(first);
        scenario.get("/core/os/x86_64/%3Cscript%3E%22%5C-1-1-any.pkg.tar.zst", "User-Agent: </script>\"");
        String encoded = "/core/os/x86_64/%3Cimg%20src=x%20onerror=alert(1)%3E%22.iso";
        assertWhole(scenario.get(encoded), FILE, REMOTE);
        scenario.hit(encoded);
        assertThat(in(json(scenario.get("/api/v1/files?text=%3Cimg")), "files.0.path"))
                .isEqualTo(HOSTILE.substring(1));
        order("/api/v1/evict?path=%3Cscript%3E%0AINFO%20forged&%0d%0a=1");

        for (String path : List.of("/api/v1/state", "/api/v1/files?text=%3C", "/api/v1/history")) {
            RawResponse answer = scenario.get(path);
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("Content-Type")).startsWith("application/json");
            assertThat(json(answer)).as(path).isNotNull();
        }
        assertThat(scenario.log().messages(Level.ALL)).noneMatch(line -> line.startsWith("INFO forged"));
    }

    @Test
    void apiIsAnsweredToWhoMayUseTheCacheAndNobodyElse() throws Exception {
        scenario.set("allowed_clients", "192.0.2.0/24").start(first);

        for (String path : List.of("/api/v1/state", "/api/v1/events", "/api/v1/files", "/", "/app.js")) {
            assertError(scenario.get(path), 403);
        }
        assertThat(scenario.get("/api/v1/state", Scenario.AS_ADMIN).status()).isEqualTo(200);
    }

    @Test
    void historyOutlivesARestart() throws Exception {
        scenario.start(first);
        assertWhole(scenario.get(PACKAGE), FILE, REMOTE);
        scenario.hit(PACKAGE);

        scenario.restart();

        List<?> points = (List<?>) in(json(scenario.get("/api/v1/history")), "hour.points");
        long misses = points.stream()
                .mapToLong(point -> Long.parseLong(in(point, "misses").toString()))
                .sum();
        assertThat(misses).isEqualTo(1);
        assertThat(Files.readString(scenario.state("history.json"), StandardCharsets.UTF_8))
                .contains("\"month\"");
    }
}
