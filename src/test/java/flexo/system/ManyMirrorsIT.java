package flexo.system;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.FileContent;
import flexo.testing.MirrorField;
import flexo.testing.StatusDocument;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** As many mirrors as Arch Linux has, on a small machine. */
class ManyMirrorsIT {
    private static final int MIRRORS = 400;

    @ScratchFolder
    Path folder;

    @Test
    void hundredsOfMirrorsAreTestedInASmallHeap() throws IOException {
        try (MirrorField field = new MirrorField()) {
            URI predefined = URI.create(field.add().url());
            StatusDocument document = new StatusDocument();
            for (int i = 0; i < MIRRORS; i++) {
                document.add(field.add().databaseModified(Instant.now()).url());
            }
            field.file(StatusDocument.PATH, document.content())
                    .file("/core/os/x86_64/core.db", FileContent.seeded(1, 1000));
            try (FlexoServer flexo = FlexoServer.alone(folder.resolve("flexo"), List.of(predefined))
                    .with("JAVA_TOOL_OPTIONS", "-Xmx64m -XX:+ExitOnOutOfMemoryError")
                    .with("FLEXO_MIRROR_SELECTION_METHOD", "auto")
                    .with("FLEXO_MIRRORS_ORDER", "spread")
                    .with("FLEXO_MIRRORS_AUTO_HTTPS_REQUIRED", "false")
                    // Otherwise what else a machine has to do would decide how many pass.
                    .with("FLEXO_MIRRORS_AUTO_TIMEOUT", "5000")
                    .with(
                            "FLEXO_MIRRORLIST_LATENCY_TEST_RESULTS_FILE",
                            folder.resolve("results.json").toString())
                    .with(
                            "FLEXO_MIRRORLIST_FALLBACK_FILE",
                            folder.resolve("mirrorlist").toString())
                    .with(
                            "FLEXO_MIRRORS_AUTO_MIRRORS_STATUS_JSON_ENDPOINT",
                            predefined.resolve(StatusDocument.PATH).toString())
                    .start()) {
                Awaitility.await("the mirrors are tested")
                        .atMost(Duration.ofSeconds(60))
                        .until(() -> !flexo.isRunning()
                                || Files.readString(flexo.log()).contains(" passed the test"));

                assertThat(flexo.isRunning()).as("flexo lives").isTrue();
                assertThat(Files.readString(flexo.log()))
                        .contains(MIRRORS + " mirrors passed the test")
                        .doesNotContain("java.lang.OutOfMemoryError");
            }
        }
    }
}
