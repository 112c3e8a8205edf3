package flexo.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateFileTest {

    @TempDir
    private Path directory;

    @Test
    void whatWasNeverWrittenIsEmpty() throws Exception {
        assertThat(new StateFile(directory.resolve("none/at/all")).read()).isEmpty();
    }

    @Test
    void whatIsWrittenIsReadAndNothingElseStaysBehind() throws Exception {
        Path path = directory.resolve("state/results.json");
        StateFile file = new StateFile(path);

        file.write("a long first version");
        file.write("second");

        assertThat(file.read().orElseThrow()).isEqualTo("second".getBytes(StandardCharsets.UTF_8));
        assertThat(path.getParent()).isDirectoryContaining(path::equals);
        try (var files = Files.list(path.getParent())) {
            assertThat(files).containsExactly(path);
        }
    }

    @Test
    void readersOfTheFormerVersionKeepItWhileTheNextOneAppears() throws Exception {
        Path path = directory.resolve("results.json");
        StateFile file = new StateFile(path);
        file.write("former");

        try (var reader = Files.newInputStream(path)) {
            file.write("next");

            assertThat(reader.readAllBytes()).isEqualTo("former".getBytes(StandardCharsets.UTF_8));
        }
    }

    @Test
    void aWriteThatFailsLeavesNoTraceAndTheFormerContent() throws Exception {
        Path inTheWay = directory.resolve("results.json");
        Files.createDirectories(inTheWay.resolve("full"));

        assertThatThrownBy(() -> new StateFile(inTheWay).write("text")).isInstanceOf(IOException.class);
        try (var files = Files.list(directory)) {
            assertThat(files).containsExactly(inTheWay);
        }
    }

    @Test
    void aFileThatCannotBeOursIsNotReadIntoMemory() throws Exception {
        Path path = directory.resolve("results.json");
        try (RandomAccessFile huge = new RandomAccessFile(path.toFile(), "rw")) {
            huge.setLength(1L << 33);
        }

        assertThatThrownBy(() -> new StateFile(path).read()).hasMessageContaining("too large");
    }
}
