package flexo.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskFailureTest {
    @TempDir
    Path folder;

    @Test
    void saysWhatIsInTheWay() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));

        assertThat(reason(() -> Files.newInputStream(folder.resolve("absent"))))
                .isEqualTo("there is no such file or directory");
        assertThat(reason(() -> Files.createFile(file))).isEqualTo("something else lies in its place");
        assertThat(reason(() -> Files.newDirectoryStream(file))).isEqualTo("it is no directory");
        assertThat(reason(() -> Files.delete(folder))).isEqualTo("the directory is not empty");
        assertThat(reason(() -> Files.newInputStream(file.resolve("below")))).isEqualTo("Not a directory");
    }

    @Test
    void takesTheWordsOfTheSystemOrOfTheException() {
        assertThat(DiskFailure.reason(new FileSystemException("/a/file", null, "No space left on device")))
                .isEqualTo("No space left on device");
        assertThat(DiskFailure.reason(new IOException("it is larger than any mirrorlist")))
                .isEqualTo("it is larger than any mirrorlist");
        assertThat(DiskFailure.reason(new EOFException())).isEqualTo("EOFException");
    }

    private static String reason(ThrowingCallable attempt) {
        return DiskFailure.reason(catchThrowableOfType(IOException.class, attempt));
    }
}
