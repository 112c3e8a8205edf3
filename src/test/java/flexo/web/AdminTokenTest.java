package flexo.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import flexo.testing.LogLines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class AdminTokenTest {
    @TempDir
    Path folder;

    private AdminToken in(Path file) {
        return new AdminToken(() -> file);
    }

    @Test
    void oneIsMadeThatNobodyCanGuessOrRead() throws Exception {
        Path file = folder.resolve("state/admin_token");
        Path other = folder.resolve("other");

        AdminToken.create(file);
        AdminToken.create(other);

        String token = Files.readString(file);
        assertThat(token).matches("[0-9A-Za-z_-]{43}\n").isNotEqualTo(Files.readString(other));
        assertThat(Files.getPosixFilePermissions(file)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        try (Stream<Path> files = Files.list(file.getParent())) {
            assertThat(files).containsExactly(file);
        }
        assertThat(in(file).is(token.strip())).isTrue();
        assertThat(in(other).is(token.strip())).isFalse();
    }

    @Test
    void theOneThatIsThereIsLeftAsItIs() throws Exception {
        Path file = Files.writeString(folder.resolve("admin_token"), "chosen by somebody");

        AdminToken.create(file);

        assertThat(file).hasContent("chosen by somebody");
        assertThat(in(file).is("chosen by somebody")).isTrue();
    }

    @Test
    void anotherOneInItsPlaceCountsAtOnce() throws Exception {
        Path file = Files.writeString(folder.resolve("admin_token"), "first\n");
        AdminToken token = in(file);
        assertThat(token.is("first")).isTrue();

        Files.writeString(file, "second\r\n");

        assertThat(token.is("first")).isFalse();
        assertThat(token.is("second")).isTrue();
    }

    @Test
    void emptyFileLetsNobodyIn() throws Exception {
        AdminToken token = in(Files.writeString(folder.resolve("admin_token"), " \n"));

        assertThat(token.is("")).isFalse();
        assertThat(token.is(" ")).isFalse();
    }

    @Test
    void fileThatIsGoneIsToldOnceAndLetsNobodyIn() {
        AdminToken token = in(folder.resolve("nothing"));

        List<String> told = LogLines.of(AdminToken.class, Level.WARNING, () -> {
            assertThat(token.is("")).isFalse();
            assertThat(token.is("a")).isFalse();
        });

        assertThat(told).hasSize(1).allMatch(line -> line.contains(folder + "/nothing"));
    }

    @Test
    void pipeIsNeverOpened() throws Exception {
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();

        assertThat(in(pipe).is("a")).isFalse();
    }

    @Test
    void directoryThatCannotBeWrittenIsTold() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "");

        assertThatThrownBy(() -> AdminToken.create(file.resolve("admin_token"))).isInstanceOf(IOException.class);
    }
}
