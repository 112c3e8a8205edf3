package flexo.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CacheDirectoryChoiceTest {
    @TempDir
    Path root;

    private Path base;
    private Path varCacheFlexo;

    @BeforeEach
    void makeDirectories() throws Exception {
        base = Files.createDirectories(root.resolve("tomcat"));
        varCacheFlexo = Files.createDirectories(root.resolve("var/cache")).resolve("flexo");
    }

    @Test
    void theConfiguredDirectoryComesFirst() throws Exception {
        Files.createDirectories(varCacheFlexo.resolve("pkg"));

        assertThat(choose(Optional.of(Path.of("/srv/cache")), Map.of("CACHE_DIRECTORY", "/var/cache/other")))
                .isEqualTo(new CacheDirectoryChoice(Path.of("/srv/cache"), "it is configured as cache_directory"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/var/cache/a", "/var/cache/a:/var/cache/b"})
    void thenTheFirstDirectoryOfTheService(String directories) throws Exception {
        Files.createDirectories(varCacheFlexo.resolve("pkg"));

        assertThat(choose(Optional.empty(), Map.of("CACHE_DIRECTORY", directories)))
                .isEqualTo(
                        new CacheDirectoryChoice(Path.of("/var/cache/a"), "it is the CACHE_DIRECTORY of the service"));
    }

    @Test
    void theExistingCacheIsUsedAlsoWhenTheServiceHasItsParent() throws Exception {
        Files.createDirectories(varCacheFlexo.resolve("pkg"));

        assertThat(choose(Optional.empty(), Map.of("CACHE_DIRECTORY", varCacheFlexo.toString())))
                .isEqualTo(new CacheDirectoryChoice(
                        varCacheFlexo.resolve("pkg"),
                        "it is the existing cache of Flexo in the CACHE_DIRECTORY of the service"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "relative"})
    void anUnusableDirectoryOfTheServiceIsPassedOver(String directory) {
        assertThat(choose(Optional.empty(), Map.of("CACHE_DIRECTORY", directory))
                        .directory())
                .isEqualTo(varCacheFlexo);
    }

    @Test
    void thenTheExistingCacheOfFlexo() throws Exception {
        Files.createDirectories(varCacheFlexo.resolve("pkg"));

        assertThat(choose(Optional.empty(), Map.of()))
                .isEqualTo(new CacheDirectoryChoice(varCacheFlexo.resolve("pkg"), "it is the existing cache of Flexo"));
    }

    @Test
    void thenTheUsualPlaceAlsoIfItMustBeCreated() {
        assertThat(choose(Optional.empty(), Map.of()))
                .isEqualTo(new CacheDirectoryChoice(
                        varCacheFlexo, "cache_directory is not set and this is its usual place"));
        assertThat(varCacheFlexo).doesNotExist();
    }

    @Test
    void lastADirectoryOfTheContainer() throws Exception {
        // A file in the directory's place: unlike missing permissions it stops root too.
        Files.createFile(varCacheFlexo);

        assertThat(choose(Optional.empty(), Map.of()))
                .isEqualTo(new CacheDirectoryChoice(
                        base.resolve("flexo-cache"),
                        "cache_directory is not set and " + varCacheFlexo + " cannot be written to"));
    }

    @Test
    void theDirectoryIsCreatedIfItIsNotThere() throws Exception {
        Path wanted = root.resolve("srv/cache/pkg");

        assertThat(choose(Optional.of(wanted), Map.of()).prepare()).isEmpty();

        assertThat(wanted).isDirectory();
    }

    @Test
    void aFileInItsPlaceIsAMistakeOfTheConfiguration() throws Exception {
        Path file = Files.createFile(root.resolve("a-file"));

        for (Path wanted : List.of(file, file.resolve("cache"))) {
            assertThatThrownBy(() -> choose(Optional.of(wanted), Map.of()).prepare())
                    .isInstanceOf(InvalidConfigException.class)
                    .hasMessageContaining("cache_directory = \"" + wanted + "\"");
        }
    }

    /** Not even root can make directories in /proc. */
    @Test
    void aDirectoryThatCannotBeCreatedAtPresentIsNamedWithTheUserAndStopsNothing() throws Exception {
        assertThat(choose(Optional.of(Path.of("/proc/flexo-cache")), Map.of()).prepare())
                .hasValueSatisfying(warning -> assertThat(warning)
                        .contains("/proc/flexo-cache cannot be created by the user " + System.getProperty("user.name"))
                        .contains("without caching"));
    }

    private CacheDirectoryChoice choose(Optional<Path> configured, Map<String, String> environment) {
        return CacheDirectoryChoice.choose(configured, environment, base, varCacheFlexo);
    }
}
