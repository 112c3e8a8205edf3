package flexo.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.LogLines;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nothing that was noted is lost, whatever the disk refuses. */
class NoteFileTest {
    @TempDir
    private Path root;

    private NoteFile file() {
        return new NoteFile(root.resolve("cache/.note"), "Something is forgotten");
    }

    private static NoteFile.Note note(String text) {
        return out -> out.write(text.getBytes(UTF_8));
    }

    /** The disk takes some bytes, and no more. */
    private static NoteFile.Note refused(String why) {
        return out -> {
            out.write("half of".getBytes(UTF_8));
            throw new FileSystemException("x", null, why);
        };
    }

    private List<String> names() throws IOException {
        try (Stream<Path> all = Files.list(root.resolve("cache"))) {
            return all.map(path -> path.getFileName().toString()).toList();
        }
    }

    @Test
    void noteReplacesTheFormerInADirectoryThatIsMadeIfNeeded() throws IOException {
        NoteFile file = file();

        assertThat(file.replace(note("first"))).isTrue();
        assertThat(file.replace(note("second"))).isTrue();

        assertThat(file.path()).hasContent("second");
        assertThat(names()).containsExactly(".note");
    }

    @Test
    void fullDiskOrExceededQuotaKeepsTheFormerNoteAndLeavesNothingBeside() throws IOException {
        NoteFile file = file();
        file.replace(note("first"));

        for (String why : List.of("No space left on device", "Disk quota exceeded", "Read-only file system")) {
            assertThat(file.replace(refused(why))).isFalse();
            assertThat(file.path()).hasContent("first");
            assertThat(names()).containsExactly(".note");
        }

        assertThat(file.replace(note("second"))).isTrue();
        assertThat(file.path()).hasContent("second");
    }

    @Test
    void refusalIsToldOnceWithPathAndUserAndItsEndOnce() {
        NoteFile file = file();

        List<String> lines = LogLines.of(NoteFile.class, Level.INFO, () -> {
            file.replace(refused("No space left on device"));
            file.replace(refused("Disk quota exceeded"));
            file.replace(note("it"));
            file.replace(note("it again"));
            file.replace(refused("No space left on device"));
        });

        assertThat(lines).hasSize(3);
        assertThat(lines.get(0))
                .contains(file.path().toString(), "the user " + System.getProperty("user.name"))
                .contains("No space left on device", "Something is forgotten", "tried again");
        assertThat(lines.get(1)).isEqualTo(file.path() + " can be written again");
        assertThat(lines.get(2)).as("the next time").contains("cannot be written");
    }

    @Test
    void directoryThatTakesNoFilesIsToldByTheFirstOfItsNotesOnly() throws IOException {
        Path inTheWay = Files.writeString(root.resolve("state"), "no directory");
        NoteFile one = new NoteFile(inTheWay.resolve("one"), "It is forgotten");
        NoteFile two = new NoteFile(inTheWay.resolve("two"), "It is forgotten, too");

        List<String> lines = LogLines.of(NoteFile.class, Level.INFO, () -> {
            one.replace(note("it"));
            two.replace(note("it"));
            one.replace(note("it"));
        });
        Files.delete(inTheWay);
        List<String> later = LogLines.of(NoteFile.class, Level.INFO, () -> {
            two.replace(note("it"));
            one.replace(note("it"));
        });

        assertThat(lines).singleElement().asString().contains(one + " cannot be written");
        assertThat(later).containsExactly(one + " can be written again");
    }

    @Test
    void directoryThatItsOwnerHasToldOfIsNotToldAgain() throws IOException {
        Path inTheWay = Files.writeString(root.resolve("state"), "no directory");
        NoteFile.toldOf(inTheWay);

        List<String> lines = LogLines.of(
                NoteFile.class,
                Level.INFO,
                () -> new NoteFile(inTheWay.resolve("one"), "It is forgotten").replace(note("it")));

        assertThat(lines).isEmpty();
    }

    @Test
    void directoryThatIsInTheWayIsARefusalToo() throws IOException {
        NoteFile file = file();
        Files.createDirectories(file.path().resolve("in-the-way"));

        assertThat(file.replace(note("it"))).isFalse();

        assertThat(names()).containsExactly(".note");
    }

    @Test
    void removedNoteIsGoneAndOneThatIsNotThereIsNoError() {
        NoteFile file = file();
        file.replace(note("it"));

        List<String> lines = LogLines.of(NoteFile.class, Level.INFO, () -> {
            file.delete();
            file.delete();
        });

        assertThat(file.path()).doesNotExist();
        assertThat(lines).isEmpty();
    }
}
