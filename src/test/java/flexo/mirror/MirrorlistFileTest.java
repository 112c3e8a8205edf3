package flexo.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

class MirrorlistFileTest {
    private static final Mirror A = Mirror.of("https://a.example/archlinux/");
    private static final Mirror B = Mirror.of("https://b.example/");
    private static final Mirror OWN = Mirror.of("http://own.example/");

    @TempDir
    private Path directory;

    private final TestClock clock = new TestClock();
    private final List<String> log = new ArrayList<>();
    private final Handler listener = new Handler() {
        @Override
        public void publish(LogRecord line) {
            log.add(line.getLevel() + " " + new SimpleFormatter().formatMessage(line));
        }

        @Override
        public void flush() {
            // Nothing is buffered.
        }

        @Override
        public void close() {
            // Nothing is held.
        }
    };

    private Path file;

    @BeforeEach
    void listen() {
        file = directory.resolve("mirrorlist");
        Logger.getLogger(MirrorlistFile.class.getName()).addHandler(listener);
    }

    @AfterEach
    void stopListening() {
        Logger.getLogger(MirrorlistFile.class.getName()).removeHandler(listener);
    }

    private MirrorlistFile list(Mirror... first) {
        return MirrorlistFile.official(file, List.of(first), () -> clock.millis() * 1_000_000);
    }

    private void write(String text) throws IOException {
        Files.writeString(file, text);
    }

    @Test
    void whoeverWantsToKnowIsToldOfTheMirrorsThatAreRead() throws Exception {
        List<List<Mirror>> told = new ArrayList<>();
        write("Server = https://a.example/archlinux/$repo/os/$arch\n");
        MirrorlistFile list = MirrorlistFile.unofficial(file, told::add, () -> clock.millis() * 1_000_000);

        assertThat(list.changed()).contains(List.of(A));
        clock.advance(MirrorlistFile.LOOKS_APART);
        assertThat(list.changed()).as("unchanged").isEmpty();

        assertThat(told).containsExactly(List.of(A));
    }

    @Test
    void itIsReadOnceAndAgainWhenItHasChanged() throws Exception {
        write("Server = https://a.example/archlinux/$repo/os/$arch\n");
        MirrorlistFile list = list();
        assertThat(list.changed()).contains(List.of(A));
        clock.advance(MirrorlistFile.LOOKS_APART);
        assertThat(list.changed()).isEmpty();

        write("Server = https://b.example/$repo/os/$arch\nServer = https://a.example/archlinux/$repo/os/$arch\n");
        assertThat(list.changed()).as("within two seconds").isEmpty();
        clock.advance(MirrorlistFile.LOOKS_APART);

        assertThat(list.changed()).contains(List.of(B, A));
    }

    @Test
    void emptyBrokenOrMissingListKeepsTheFormerOneAndSaysSoOnce() throws Exception {
        write("Server = https://a.example/archlinux/$repo/os/$arch\n");
        MirrorlistFile list = list();
        assertThat(list.changed()).isPresent();
        log.clear();

        for (String text : List.of("", "# Server = https://b.example/$repo/os/$arch\n", "Sever https://b.example/")) {
            write(text);
            clock.advance(MirrorlistFile.LOOKS_APART);
            assertThat(list.changed()).as(text).isEmpty();
            assertThat(log)
                    .last()
                    .asString()
                    .isEqualTo("WARNING The mirrorlist " + file + " names no mirror, so the mirrors stay as they are");
        }
        Files.delete(file);
        clock.advance(MirrorlistFile.LOOKS_APART);
        assertThat(list.changed()).isEmpty();
        assertThat(log).last().asString().startsWith("WARNING The mirrorlist " + file + " cannot be read");
        log.clear();
        clock.advance(MirrorlistFile.LOOKS_APART);
        assertThat(list.changed()).isEmpty();
        assertThat(log).isEmpty();

        write("Server = https://b.example/$repo/os/$arch\n");
        clock.advance(MirrorlistFile.LOOKS_APART);
        assertThat(list.changed()).contains(List.of(B));
    }

    @Test
    void mirrorsThatAreSetComeFirstAndAreThereWithoutTheList() throws Exception {
        MirrorlistFile list = list(OWN, B);
        assertThat(list.changed()).contains(List.of(OWN, B));

        write("Server = https://a.example/archlinux/$repo/os/$arch\nServer = https://b.example/$repo/os/$arch\n");
        clock.advance(MirrorlistFile.LOOKS_APART);

        assertThat(list.changed()).contains(List.of(OWN, B, A));
    }

    @Test
    void wrongLinesAreNamedAndTheOthersUsed() throws Exception {
        write("Server = ftp://f.example/$repo/os/$arch\nServer = https://b.example/$repo/os/$arch\n");

        assertThat(list().changed()).contains(List.of(B));
        assertThat(log.get(0)).startsWith("WARNING The mirrorlist " + file + ": line 1 is left out: ");
    }
}
