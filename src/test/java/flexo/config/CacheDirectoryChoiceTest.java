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
    private Path home;
    private Path varCacheFlexo;

    @BeforeEach
    void makeDirectories() throws Exception {
        base = Files.createDirectories(root.resolve("home/.flexo/7878"));
        home = root.resolve("home");
        varCacheFlexo = Files.createDirectories(root.resolve("var/cache")).resolve("flexo");
    }

    @Test
    void theConfiguredDirectoryComesFirst() throws Exception {
        Files.createDirectories(varCacheFlexo.resolve("pkg"));

        assertThat(choose(Optional.of(Path.of("/srv/cache")), Map.of("CACHE_DIRECTORY", "/var/cache/other")))
                .isEqualTo(new CacheDirectoryChoice(Path.of("/srv/cache"), "cache_directory is set to it"));
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
    void anUnusableDirectoryOfTheServiceIsPassedOver(String directory) throws Exception {
        assertThat(choose(Optional.empty(), Map.of("CACHE_DIRECTORY", directory))
                        .directory())
                .isEqualTo(varCacheFlexo.resolve("pkg"));
    }

    @Test
    void thenTheExistingCacheOfFlexo() throws Exception {
        Files.createDirectories(varCacheFlexo.resolve("pkg"));

        assertThat(choose(Optional.empty(), Map.of()))
                .isEqualTo(new CacheDirectoryChoice(varCacheFlexo.resolve("pkg"), "it is the existing cache of Flexo"));
    }

    @Test
    void thenTheUsualPlaceAlsoIfItMustBeCreated() throws Exception {
        assertThat(choose(Optional.empty(), Map.of()))
                .isEqualTo(new CacheDirectoryChoice(
                        varCacheFlexo.resolve("pkg"), "cache_directory is not set and this is its usual place"));
        assertThat(varCacheFlexo).doesNotExist();
    }

    @Test
    void packagesOfAnEarlierVersionAreUsedWhereTheyLie() throws Exception {
        Files.createDirectories(varCacheFlexo.resolve("core/os/x86_64"));
        Files.createDirectories(varCacheFlexo.resolve("state"));

        assertThat(choose(Optional.empty(), Map.of()).directory()).isEqualTo(varCacheFlexo);
    }

    @Test
    void lastADirectoryOfTheUserThatDoesNotMoveWithThePort() throws Exception {
        // A file in the directory's place: unlike missing permissions it stops root too.
        Files.createFile(varCacheFlexo);

        assertThat(choose(Optional.empty(), Map.of()))
                .isEqualTo(new CacheDirectoryChoice(
                        home.resolve(".flexo/pkg"),
                        "cache_directory is not set and " + varCacheFlexo + " cannot be written to"));
    }

    @Test
    void whereNothingCanBeWrittenToASettingIsAskedFor() throws Exception {
        Files.createFile(varCacheFlexo);

        assertThatThrownBy(() -> CacheDirectoryChoice.choose(
                        Optional.empty(), Map.of(), container(true), Optional.empty(), varCacheFlexo))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining("cache_directory: is not set")
                .hasMessageContaining("cache_directory = \"" + varCacheFlexo.resolve("pkg") + "\"");
        base = home;
        assertThatThrownBy(() -> choose(Optional.empty(), Map.of()))
                .as("the home directory is the container's")
                .hasMessageContaining("cache_directory: is not set");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "home/.flexo/7878",
                "home/.flexo/7878/flexo-cache",
                "home/.flexo",
                "home/.flexo/7878/webapps/ROOT/pkg",
                "home/other/../.flexo/7878/conf",
                "by-link/pkg",
                "by-link",
                "work-elsewhere/Catalina",
                "tmp/flexo",
                "unpacked"
            })
    void noDirectoryOfTheContainerIsUsed(String directory) throws Exception {
        Files.createDirectories(home.resolve("other"));
        Files.createSymbolicLink(root.resolve("by-link"), base.resolve("logs"));
        Files.createSymbolicLink(base.resolve("work"), Files.createDirectories(root.resolve("work-elsewhere")));
        Path wanted = root.resolve(directory);

        for (boolean ours : List.of(true, false)) {
            assertThatThrownBy(() -> CacheDirectoryChoice.choose(
                            Optional.of(wanted), Map.of(), container(ours), Optional.of(home), varCacheFlexo))
                    .isInstanceOf(InvalidConfigException.class)
                    .hasMessageContaining(
                            "cache_directory = \"" + wanted + "\": expected a directory that is Flexo's alone")
                    .hasMessageContaining("such as cache_directory = \"/var/cache/flexo/pkg\"");
        }
    }

    @Test
    void inAForeignContainerTheServicesDirectoryIsTheContainersAndOursLiesInIt() throws Exception {
        Path service = Files.createDirectories(root.resolve("var/cache/tomcat10"));
        Files.createSymbolicLink(base.resolve("work"), service);

        assertThat(inTomcat(service))
                .isEqualTo(new CacheDirectoryChoice(
                        service.resolve("flexo"),
                        "it is Flexo's part of the CACHE_DIRECTORY that systemd gives the container"));
        assertThatThrownBy(() -> CacheDirectoryChoice.choose(
                        Optional.of(service),
                        Map.of("CACHE_DIRECTORY", service.toString()),
                        container(false),
                        Optional.of(home),
                        varCacheFlexo))
                .hasMessageContaining("the container's work, " + base.resolve("work"));
    }

    @Test
    void inAForeignContainerADirectoryThatADropInAddsForFlexoIsOurs() throws Exception {
        String directories = "/var/cache/tomcat10:" + root.resolve("cache/flexo");

        assertThat(CacheDirectoryChoice.choose(
                                Optional.empty(),
                                Map.of("CACHE_DIRECTORY", directories),
                                container(false),
                                Optional.of(home),
                                varCacheFlexo)
                        .directory())
                .isEqualTo(root.resolve("cache/flexo"));
    }

    @Test
    void thatPartIsNotUsedIfTheContainerHasAnEngineOfThatName() throws Exception {
        Path service = Files.createDirectories(root.resolve("tmp"));

        assertThatThrownBy(() -> inTomcat(service))
                .hasMessageContaining("environment variable CACHE_DIRECTORY")
                .hasMessageContaining("the web application's temporary directory");
    }

    private CacheDirectoryChoice inTomcat(Path service) throws InvalidConfigException {
        return CacheDirectoryChoice.choose(
                Optional.empty(),
                Map.of("CACHE_DIRECTORY", service.toString()),
                container(false),
                Optional.of(home),
                varCacheFlexo);
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

    private CacheDirectoryChoice choose(Optional<Path> configured, Map<String, String> environment)
            throws InvalidConfigException {
        return CacheDirectoryChoice.choose(configured, environment, container(true), Optional.of(home), varCacheFlexo);
    }

    private ContainerDirectories container(boolean ours) {
        Map<String, String> properties = ours
                ? Map.of(
                        "catalina.base",
                        base.toString(),
                        "catalina.home",
                        base.toString(),
                        "flexo.war",
                        "/opt/flexo.war")
                : Map.of("catalina.base", base.toString(), "catalina.home", "/usr/share/tomcat10");
        return ContainerDirectories.of(
                properties::get,
                Optional.of(root.resolve("tmp/flexo/localhost/flexo")),
                Optional.of(root.resolve("unpacked/flexo")));
    }
}
