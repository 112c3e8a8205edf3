package flexo.app;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.config.StateDirectory;
import flexo.testing.LogLines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.logging.Level;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EarlierPlacesTest {
    @TempDir
    Path home;

    private Path base;
    private Path cache;
    private EarlierPlaces earlier;

    @BeforeEach
    void places() {
        base = home.resolve(".flexo/7878");
        cache = home.resolve(".flexo/pkg");
        earlier = new EarlierPlaces(Optional.of(base));
    }

    @Test
    void packagesThatLayBelowThePortAreMoved() throws IOException {
        write(base.resolve("flexo-cache/core/os/x86_64/vim.pkg.tar.zst"));

        earlier.moveCacheTo(cache);

        assertThat(cache.resolve("core/os/x86_64/vim.pkg.tar.zst")).exists();
        assertThat(base.resolve("flexo-cache")).doesNotExist();
    }

    @Test
    void thoseThatCannotBeMovedAndThoseOfOtherPortsAreNamed() throws IOException {
        write(base.resolve("flexo-cache/a"));
        write(home.resolve(".flexo/7879/flexo-cache/b"));
        write(cache.resolve("c"));

        List<String> lines = LogLines.of(EarlierPlaces.class, Level.WARNING, () -> earlier.moveCacheTo(cache));

        assertThat(base.resolve("flexo-cache/a")).exists();
        assertThat(lines).hasSize(2);
        assertThat(String.join("\n", lines))
                .contains(base.resolve("flexo-cache").toString())
                .contains(home.resolve(".flexo/7879/flexo-cache").toString());
    }

    @Test
    void notesAreMovedFromAmongThePackagesUnlessThereAreNewerOnes() throws IOException {
        StateDirectory state = new StateDirectory(home.resolve("state"), false);
        write(cache.resolve(".last-uses"));
        write(cache.resolve(".databases"));
        write(state.file("databases"));
        write(cache.resolve("state/mirrorlist"));
        write(cache.resolve("state/os/x86_64/state.db"));
        write(base.resolve("flexo-state/latency_test_results.json"));

        earlier.moveNotes(cache, state);

        assertThat(state.file("last-uses"))
                .hasContent(cache.resolve(".last-uses").toString());
        assertThat(cache.resolve(".last-uses")).doesNotExist();
        assertThat(state.file("databases")).hasContent(state.file("databases").toString());
        assertThat(state.file("mirrorlist")).exists();
        assertThat(cache.resolve("state/mirrorlist")).doesNotExist();
        assertThat(cache.resolve("state/os/x86_64/state.db")).exists();
        assertThat(state.file("latency_test_results.json")).exists();
    }

    private static void write(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, file.toString());
    }
}
