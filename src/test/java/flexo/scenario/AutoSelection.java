package flexo.scenario;

import flexo.testing.ClosedPort;
import flexo.testing.FileContent;
import flexo.testing.ScriptedMirror;
import flexo.testing.StatusDocument;
import jakarta.json.bind.Jsonb;
import jakarta.json.bind.JsonbBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import org.awaitility.Awaitility;

/**
 * Automatic mirror selection in one test: its settings, the server of its status document, and its state files. Nothing
 * of it ever asks beyond this machine.
 */
final class AutoSelection {
    private static final Jsonb JSON = JsonbBuilder.create();

    /** The file that mirror tests ask for. */
    static final String DATABASE = "/core/os/x86_64/core.db";

    static final FileContent DATABASE_FILE = FileContent.seeded(77, 4_000);

    /** How long a mirror test may take at most; some hundred mirrors on a machine that has other work. */
    private static final Duration PATIENCE = Duration.ofSeconds(45);

    private final Scenario scenario;
    private final ScriptedMirror documents;
    private int testsSeen;

    /** Mirrors may be http; there is no status document, no stored state and no provisional mirror that works. */
    AutoSelection(Scenario scenario) throws IOException {
        this.scenario = scenario;
        this.documents = scenario.mirror();
        String nowhere = scenario.closing(new ClosedPort()).url();
        scenario.set("mirror_selection_method", "auto")
                .unset("mirrors_order")
                .set("mirrorlist_latency_test_results_file", resultsFile())
                .set("mirrorlist_fallback_file", mirrorlistFile())
                .set("provisional_mirror", nowhere)
                .set("mirrors_auto.https_required", false)
                .set("mirrors_auto.mirrors_status_json_endpoint", endpoint())
                .set("mirrors_auto.mirrors_status_json_endpoint_fallbacks", "[]");
    }

    /** The URL of the status document. */
    String endpoint() {
        return documents.url() + StatusDocument.PATH.substring(1);
    }

    /** The server of the status document, which answers 404 as long as there is none. */
    ScriptedMirror documents() {
        return documents;
    }

    AutoSelection document(StatusDocument document) {
        documents.file(StatusDocument.PATH, document.content());
        return this;
    }

    Path resultsFile() {
        return scenario.scratch().resolve("state/results.json");
    }

    Path mirrorlistFile() {
        return scenario.scratch().resolve("state/mirrorlist");
    }

    AutoSelection storedResults(String text) throws IOException {
        Files.createDirectories(resultsFile().getParent());
        Files.writeString(resultsFile(), text);
        return this;
    }

    /**
     * Stores results of a test of a moment ago. Mirrors that have no {@link #DATABASE} fail every further test, so that
     * this ranking stays.
     *
     * @param bestFirst with latencies of 10 ms, 20 ms and so on
     */
    AutoSelection ranking(ScriptedMirror... bestFirst) throws IOException {
        return ranking(Arrays.stream(bestFirst).map(ScriptedMirror::url).toList());
    }

    AutoSelection ranking(List<String> bestFirst) throws IOException {
        List<String> mirrors = new ArrayList<>();
        for (String url : bestFirst) {
            int rank = mirrors.size() + 1;
            mirrors.add("{\"rank\": " + rank + ", \"url\": \"" + url + "\", \"country_code\": \"DE\", \"latency_ms\": "
                    + rank * 10 + "}");
        }
        return storedResults("{\"version\": 4, \"timestamp\": \"" + Instant.now() + "\", \"mirrors\": [\n"
                + String.join(",\n", mirrors) + "]}");
    }

    AutoSelection start() {
        scenario.deploy(FlexoWar.ROOT);
        return this;
    }

    /** Waits until a mirror test has ended, whatever came of it, that was not yet waited for. */
    void awaitTest() {
        Awaitility.await("a mirror test ends").atMost(PATIENCE).until(() -> testsEnded() > testsSeen);
        testsSeen++;
    }

    /** How many mirror tests have ended so far. */
    int testsEnded() {
        return (int) scenario.log().messages(Level.INFO).stream()
                .filter(line -> line.contains("passed the test"))
                .count();
    }

    /** Waits until the results of a test with so many mirrors are on disk. */
    List<Map<?, ?>> awaitStored(int mirrors) throws Exception {
        Awaitility.await("results are stored")
                .atMost(Duration.ofSeconds(10))
                .until(() -> Files.isRegularFile(resultsFile())
                        && Files.isRegularFile(mirrorlistFile())
                        && stored().size() == mirrors);
        return stored();
    }

    /** The mirrors of the stored results. */
    List<Map<?, ?>> stored() throws Exception {
        Map<?, ?> file = JSON.fromJson(Files.readString(resultsFile()), Map.class);
        return ((List<?>) file.get("mirrors"))
                .stream().<Map<?, ?>>map(entry -> (Map<?, ?>) entry).toList();
    }

    /** The addresses in the stored results, the best first. */
    List<String> storedUrls() throws Exception {
        return stored().stream().map(entry -> entry.get("url").toString()).toList();
    }

    /** The messages about a new primary mirror, the oldest first. */
    List<String> primaries() {
        return scenario.log().messages(Level.INFO).stream()
                .filter(line -> line.contains("Primary mirror: "))
                .map(line -> line.replaceFirst(".*Primary mirror: ", ""))
                .toList();
    }

    /** The messages about a download that goes on at another mirror. */
    List<String> switches() {
        return scenario.log().messages(Level.INFO).stream()
                .filter(line -> line.contains("going on with"))
                .toList();
    }
}
