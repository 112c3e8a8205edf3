package flexo.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import flexo.testing.Programs;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class SmallFileTest {
    @TempDir
    Path folder;

    @Test
    void fileIsReadUpToItsBound() throws IOException {
        Path file = Files.writeString(folder.resolve("note"), "12345");

        assertThat(SmallFile.readText(file, 5)).contains("12345");
        assertThatIOException().isThrownBy(() -> SmallFile.read(file, 4)).withMessageContaining("too large");
        assertThat(SmallFile.read(folder.resolve("missing"), 4)).isEmpty();
    }

    @Test
    @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void pipeOrDeviceOrDirectoryIsNoFile() throws Exception {
        Programs.require("mkfifo");
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor(10, TimeUnit.SECONDS))
                .isTrue();

        for (Path none : new Path[] {pipe, Path.of("/dev/zero"), folder}) {
            assertThatIOException()
                    .isThrownBy(() -> SmallFile.read(none, 100))
                    .withMessageContaining("is no regular file");
        }
    }

    @Test
    void whatIsNoTextIsToldSo() throws IOException {
        Path file = Files.write(folder.resolve("note"), new byte[] {(byte) 0xff});

        assertThatIOException()
                .isThrownBy(() -> SmallFile.readText(file, 5))
                .isInstanceOf(CharacterCodingException.class);
    }

    @Test
    void whatAnotherIsJustWritingOrACrashHasLeftIsNotTouched() throws IOException {
        Path file = folder.resolve("note");
        Path next = Files.writeString(folder.resolve("note.next"), "half of ano");

        SmallFile.replace(file, out -> out.write("ours".getBytes(UTF_8)));

        assertThat(file).hasContent("ours");
        assertThat(next).hasContent("half of ano");
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactlyInAnyOrder(file, next);
        }
    }

    @Test
    void whatIsWrittenIsReadAndNothingElseStaysBehind() throws IOException {
        Path file = folder.resolve("state/results.json");

        write(file, "a long first version");
        write(file, "second");

        assertThat(SmallFile.readText(file, 100)).contains("second");
        assertThat(file.getParent()).isDirectoryNotContaining(other -> !other.equals(file));
    }

    @Test
    void readersOfTheFormerVersionKeepItWhileTheNextOneAppears() throws IOException {
        Path file = folder.resolve("note");
        write(file, "former");

        try (var reader = Files.newInputStream(file)) {
            write(file, "next");

            assertThat(reader.readAllBytes()).asString().isEqualTo("former");
        }
    }

    @Test
    void writeThatFailsLeavesNoTraceAndTheFormerContent() throws IOException {
        Path inTheWay = folder.resolve("note");
        Files.createDirectories(inTheWay.resolve("full"));

        assertThatIOException().isThrownBy(() -> write(inTheWay, "text"));

        assertThat(folder).isDirectoryNotContaining(other -> !other.equals(inTheWay));
    }

    @Test
    void fileThatCannotBeOursIsNotReadIntoMemory() throws IOException {
        Path file = folder.resolve("note");
        try (RandomAccessFile huge = new RandomAccessFile(file.toFile(), "rw")) {
            huge.setLength(1L << 33);
        }

        assertThatIOException().isThrownBy(() -> SmallFile.read(file, 100)).withMessageContaining("too large");
    }

    private static void write(Path file, String text) throws IOException {
        SmallFile.replace(file, out -> out.write(text.getBytes(UTF_8)));
    }
}
