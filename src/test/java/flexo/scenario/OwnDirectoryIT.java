package flexo.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.FileContent;
import flexo.testing.RawResponse;
import flexo.testing.ScriptedMirror;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jboss.arquillian.container.test.api.Deployer;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** In somebody else's container nothing of others is given out, and nothing put where it does not belong. */
@ExtendWith(ArquillianExtension.class)
class OwnDirectoryIT {
    private static final String COMPILED_PAGE = "/Catalina/localhost/other/org/apache/jsp/index_jsp.java";
    private static final String CLASS = "/Catalina/localhost/other/org/apache/jsp/second_jsp.class";

    @RegisterExtension
    final Scenario scenario = new Scenario();

    @ArquillianResource
    Deployer deployer;

    private ScriptedMirror mirror;

    @Deployment(name = FlexoWar.ROOT, managed = false, testable = false)
    static WebArchive root() {
        return FlexoWar.named(FlexoWar.ROOT);
    }

    @BeforeEach
    void container() throws Exception {
        scenario.deployedBy(deployer);
        mirror = scenario.mirror();
    }

    @Test
    void workDirectoryOfTheContainerIsAMistakeOfTheSettings() throws Exception {
        Path work = Path.of(System.getProperty("catalina.base"), "work");
        Path page = work.resolve(COMPILED_PAGE.substring(1));
        mirror.file(CLASS, FileContent.seeded(1, 1000));

        assertRefused(work, "the container's work, " + work, page);

        assertThat(work.resolve(CLASS.substring(1))).doesNotExist();
    }

    @Test
    void directoryWithWhatIsNoPackageCacheIsAMistakeOfTheSettings() throws Exception {
        Path page = scenario.cached(COMPILED_PAGE);
        mirror.file(CLASS, FileContent.seeded(1, 1000));

        assertRefused(scenario.cache(), "this one holds 'Catalina'", page);

        assertThat(scenario.cachedFiles()).isEmpty();
    }

    private void assertRefused(Path directory, String why, Path page) throws Exception {
        Files.createDirectories(page.getParent());
        Files.writeString(page, "String password = \"1234\";");
        try {
            scenario.log().expect("cache_directory");
            scenario.set("cache_directory", directory).start(mirror);

            for (String path : List.of("/status", COMPILED_PAGE, CLASS, "/core/os/x86_64/core.db")) {
                RawResponse answer = scenario.get(path);
                assertThat(answer.status()).as(path).isEqualTo(503);
                assertThat(answer.text())
                        .as(path)
                        .contains("cache_directory = \"" + directory + "\"")
                        .contains(why)
                        .doesNotContain("1234");
            }
            assertThat(mirror.requests()).isEmpty();
        } finally {
            Files.delete(page);
        }
    }

    @Test
    void whatLiesOutsideOrBesideTheCacheIsNotGivenOut() throws Exception {
        Path outside = Files.createDirectories(scenario.scratch().resolve("outside"));
        Files.writeString(outside.resolve("index_jsp.java"), "String password = \"1234\";");
        scenario.start(mirror);
        assertThat(scenario.get("/status").status()).isEqualTo(200);
        Files.createSymbolicLink(scenario.cache().resolve("Catalina"), outside);
        mirror.file("/Catalina/second.class", FileContent.seeded(1, 1000));

        assertThat(scenario.get("/Catalina/index_jsp.java").status()).isEqualTo(404);
        assertThat(scenario.get("/Catalina/second.class").status()).isEqualTo(200);
        for (String hidden : List.of("/.flexo-cache/README", "/.flexo-cache/1.lock", "/cache-state/last-uses")) {
            assertThat(scenario.get(hidden).status()).as(hidden).isIn(403, 404);
        }
        try (var files = Files.list(outside)) {
            assertThat(files)
                    .as("what a mirror has does not get out by the link")
                    .hasSize(1);
        }
    }

    @Test
    void whatAMirrorOffersUnderAContainersNamesStaysInTheCache() throws Exception {
        Path work = Path.of(System.getProperty("catalina.base"), "work");
        mirror.file(CLASS, FileContent.seeded(1, 1000));
        scenario.start(mirror);

        assertThat(scenario.get(CLASS).status()).isEqualTo(200);

        scenario.hit(CLASS);
        assertThat(work.resolve(CLASS.substring(1))).doesNotExist();
    }
}
