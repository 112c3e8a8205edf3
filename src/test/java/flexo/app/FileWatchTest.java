package flexo.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileWatchTest {
    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void name() {
        file = folder.resolve("watched");
    }

    @Test
    void aFileThatStaysAsItIsHasNotChanged() throws Exception {
        Files.writeString(file, "a");
        FileWatch watch = new FileWatch(file);

        assertThat(watch.changed()).isFalse();
        assertThat(watch.changed()).isFalse();
    }

    @Test
    void aChangeIsToldOnceWhenItHasComeToRest() throws Exception {
        Files.writeString(file, "a");
        FileWatch watch = new FileWatch(file);

        Files.writeString(file, "changed");

        assertThat(watch.changed()).isFalse();
        assertThat(watch.changed()).isTrue();
        assertThat(watch.changed()).isFalse();
    }

    @Test
    void aFileThatIsStillBeingWrittenIsLeftAlone() throws Exception {
        Files.writeString(file, "a");
        FileWatch watch = new FileWatch(file);

        for (int i = 0; i < 5; i++) {
            Files.writeString(file, "b", StandardOpenOption.APPEND);
            assertThat(watch.changed()).isFalse();
        }
        assertThat(watch.changed()).isTrue();
    }

    @Test
    void aFileThatWasReplacedByOneOfTheSameSizeAndTimeHasChanged() throws Exception {
        FileTime time = FileTime.from(Instant.EPOCH);
        Files.setLastModifiedTime(Files.writeString(file, "a"), time);
        FileWatch watch = new FileWatch(file);

        Path other = Files.writeString(folder.resolve("other"), "b");
        Files.setLastModifiedTime(other, time);
        Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);

        assertThat(watch.changed()).isFalse();
        assertThat(watch.changed()).isTrue();
    }

    @Test
    void comingAndGoingAreChanges() throws Exception {
        FileWatch watch = new FileWatch(file);
        Files.writeString(file, "a");
        assertThat(watch.changed()).isFalse();
        assertThat(watch.changed()).isTrue();

        Files.delete(file);
        assertThat(watch.changed()).isFalse();
        assertThat(watch.changed()).isTrue();
        assertThat(watch.changed()).isFalse();
    }

    @Test
    void aMomentWithoutTheFileIsNoChange() throws Exception {
        Files.writeString(file, "a");
        FileWatch watch = new FileWatch(file);
        Path aside = Files.move(file, folder.resolve("aside"));
        assertThat(watch.changed()).isFalse();

        Files.move(aside, file);

        assertThat(watch.changed()).isFalse();
        assertThat(watch.changed()).isFalse();
    }

    @Test
    void whatALinkLeadsToIsWatched() throws Exception {
        Path first = Files.writeString(folder.resolve("first"), "a");
        Path second = Files.writeString(folder.resolve("second"), "a");
        Files.createSymbolicLink(file, first);
        FileWatch watch = new FileWatch(file);

        Files.delete(file);
        Files.createSymbolicLink(file, second);

        assertThat(watch.changed()).isFalse();
        assertThat(watch.changed()).isTrue();
    }
}
