package flexo.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateDirectoryTest {
    private static final ContainerDirectories OURS = new ContainerDirectories(true, Optional.empty(), List.of());
    private static final ContainerDirectories FOREIGN = new ContainerDirectories(false, Optional.empty(), List.of());

    @TempDir
    Path temp;

    @Test
    void theServicesDirectoryComesFirstAndInAForeignContainerOursLiesInIt() {
        Map<String, String> environment = Map.of("STATE_DIRECTORY", "/var/lib/a:/var/lib/b");

        assertThat(choose(environment, OURS, temp.resolve("cache")))
                .isEqualTo(new StateDirectory(Path.of("/var/lib/a"), true));
        assertThat(choose(environment, FOREIGN, temp.resolve("cache")).directory())
                .isEqualTo(Path.of("/var/lib/a/flexo"));
        assertThat(choose(Map.of("STATE_DIRECTORY", "/var/lib/flexo"), FOREIGN, temp.resolve("cache"))
                        .directory())
                .isEqualTo(Path.of("/var/lib/flexo"));
    }

    @Test
    void elseItLiesBesideTheCache() {
        assertThat(choose(Map.of(), OURS, temp.resolve("pkg")).directory()).isEqualTo(temp.resolve("state"));
        assertThat(choose(Map.of(), OURS, temp.resolve("cache")).directory()).isEqualTo(temp.resolve("cache-state"));
    }

    @Test
    void itDoesNotLieWhereClientsAreServedFrom() throws Exception {
        Path cache = Files.createDirectories(temp.resolve("cache"));
        Path link = Files.createSymbolicLink(temp.resolve("link"), cache);

        assertThat(choose(Map.of("STATE_DIRECTORY", link.resolve("state").toString()), OURS, cache)
                        .directory())
                .isEqualTo(temp.resolve("cache-state"));
    }

    /** A file beside the cache, in the way: unlike missing permissions it stops root too. */
    @Test
    void whereNothingBesideTheCacheCanBeWrittenToItIsHiddenInTheCache() throws Exception {
        Path cache = Files.createDirectories(temp.resolve("cache"));
        Files.createFile(temp.resolve("cache-state"));

        assertThat(choose(Map.of(), OURS, cache).directory()).isEqualTo(cache.resolve(".hidden/state"));
    }

    @Test
    void aUsualFileOfMirrorsIsUsedWhereItIsSetIfItCanBeWritten() {
        Path usual = temp.resolve("usual");
        StateDirectory state = new StateDirectory(temp.resolve("cache-state"), false);

        assertThat(state.file(usual.resolve("mirrorlist"), temp.resolve("cache"), usual))
                .isEqualTo(usual.resolve("mirrorlist"));
    }

    @Test
    void elseItLiesInOurs() throws Exception {
        Path unwritable = Files.createFile(temp.resolve("a-file")).resolve("usual");
        Path served = temp.resolve("cache/state");
        StateDirectory state = new StateDirectory(temp.resolve("cache-state"), false);

        for (Path usual : List.of(unwritable, served)) {
            assertThat(state.file(usual.resolve("mirrorlist"), temp.resolve("cache"), usual))
                    .isEqualTo(temp.resolve("cache-state/mirrorlist"));
        }
        assertThat(new StateDirectory(temp.resolve("systemds"), true)
                        .file(temp.resolve("usual/mirrorlist"), temp.resolve("cache"), temp.resolve("usual")))
                .isEqualTo(temp.resolve("systemds/mirrorlist"));
    }

    @Test
    void aFileThatWasSetElsewhereIsLeftWhereItWasSet() {
        Path set = temp.resolve("elsewhere/mirrorlist");

        assertThat(new StateDirectory(temp.resolve("state"), true).file(set, temp.resolve("cache")))
                .isEqualTo(set);
    }

    private static StateDirectory choose(
            Map<String, String> environment, ContainerDirectories container, Path cacheDirectory) {
        return StateDirectory.choose(environment, container, cacheDirectory, ".hidden");
    }
}
