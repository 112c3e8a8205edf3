package flexo.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoredMirrorsTest {

    private static final Logger LOG = Logger.getLogger(StoredMirrors.class.getName());
    private static final MirrorTestResults RESULTS = new MirrorTestResults(
            Instant.parse("2025-03-01T12:00:00Z"),
            List.of(
                    result("https://user:secret@a.example/arch/", 20).learned(1_000_000, 1),
                    result("https://b.example/", 30)));

    @TempDir
    Path directory;

    private final List<String> warnings = new ArrayList<>();
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord message) {
            warnings.add(message.getLevel() + " " + new SimpleFormatter().formatMessage(message));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    private Path results;
    private Path mirrorlist;
    private StoredMirrors stored;

    @BeforeEach
    void files() {
        results = directory.resolve("state/results.json");
        mirrorlist = directory.resolve("state/mirrorlist");
        stored = new StoredMirrors(results, mirrorlist);
        LOG.addHandler(handler);
        LOG.setUseParentHandlers(false);
    }

    @AfterEach
    void detach() {
        LOG.removeHandler(handler);
        LOG.setUseParentHandlers(true);
    }

    @Test
    void nothingIsStoredAtFirstAndThatIsNoWarning() {
        assertThat(stored.results()).isEmpty();
        assertThat(stored.mirrorlist()).isEmpty();
        assertThat(warnings).isEmpty();
    }

    @Test
    void resultsComeBackAsTheyWere() {
        stored.store(RESULTS);

        assertThat(stored.results()).contains(RESULTS);
        assertThat(warnings).isEmpty();
    }

    @Test
    void mirrorlistHasTheSameMirrorsInTheSameOrder() throws Exception {
        stored.store(RESULTS);

        assertThat(stored.mirrorlist())
                .containsExactly(Mirror.of("https://user:secret@a.example/arch/"), Mirror.of("https://b.example/"));
        assertThat(Files.readString(mirrorlist)).contains("Server = https://b.example/$repo/os/$arch\n");
    }

    @Test
    void unreadableResultsAreAWarningThatNamesTheFile() throws Exception {
        stored.store(RESULTS);
        Files.writeString(results, "{\"version\": 4, \"mirrors\"");

        assertThat(stored.results()).isEmpty();
        assertThat(warnings)
                .singleElement()
                .asString()
                .startsWith("WARNING ")
                .contains(results.toString())
                .contains("tested afresh");
    }

    @Test
    void directoriesInPlaceOfTheFilesAreWarnings() throws Exception {
        Files.createDirectories(results.resolve("x"));
        Files.createDirectories(mirrorlist.resolve("x"));

        assertThat(stored.results()).isEmpty();
        assertThat(stored.mirrorlist()).isEmpty();
        stored.store(RESULTS);

        assertThat(warnings).hasSize(3).allMatch(line -> line.startsWith("WARNING "));
        assertThat(warnings.get(2)).contains("cannot be stored");
    }

    @Test
    void diskThatRefusesIsToldOnceWithPathAndUserKeepsWhatWasStoredAndIsTriedAgain() throws Exception {
        stored.store(RESULTS);
        byte[] before = Files.readAllBytes(results);
        Path inTheWay = results.resolveSibling(results.getFileName() + ".next").resolve("x");
        Files.createDirectories(inTheWay);

        stored.store(RESULTS);
        stored.store(RESULTS);

        assertThat(warnings)
                .singleElement()
                .asString()
                .contains(results.toString(), "user " + System.getProperty("user.name"));
        assertThat(results).hasBinaryContent(before);
        Files.delete(inTheWay);
        Files.delete(inTheWay.getParent());
        Files.delete(results);
        stored.store(RESULTS);
        assertThat(stored.results()).contains(RESULTS);
        Files.createDirectories(inTheWay);
        stored.store(RESULTS);
        assertThat(warnings).as("the next time").hasSize(2);
    }

    @Test
    void linesOfTheMirrorlistThatMakeNoSenseAreNamedWithoutTheirPassword() throws Exception {
        Files.createDirectories(mirrorlist.getParent());
        Files.writeString(
                mirrorlist,
                "Server = https://b.example/$repo/os/$arch\nServer = https://user:secret@c.example/file$arch\n");

        assertThat(stored.mirrorlist()).containsExactly(Mirror.of("https://b.example/"));
        assertThat(warnings).singleElement().asString().contains("line 2").doesNotContain("secret");
    }

    @Test
    void storingLeavesNoOtherFiles() throws Exception {
        stored.store(RESULTS);
        stored.store(RESULTS);

        try (var files = Files.list(results.getParent())) {
            assertThat(files).containsExactlyInAnyOrder(results, mirrorlist);
        }
    }

    private static MirrorTestResult result(String url, int millis) {
        return MirrorTestResult.measured(
                new MirrorCandidate(Mirror.of(url), "DE"),
                Duration.ofMillis(millis),
                Instant.parse("2025-02-28T10:00:00Z"));
    }
}
