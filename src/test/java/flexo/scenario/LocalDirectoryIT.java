package flexo.scenario;

import static flexo.scenario.Answers.CACHE;
import static flexo.scenario.Answers.assertError;
import static flexo.scenario.Answers.assertWhole;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.FileContent;
import flexo.testing.RawClient;
import flexo.testing.RepositoryDatabaseFile;
import flexo.testing.ScriptedMirror;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import org.jboss.arquillian.container.test.api.Deployer;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A directory of packages that were built here, served as a custom repository. */
@OnEachTomcat
@ExtendWith(ArquillianExtension.class)
class LocalDirectoryIT {
    @RegisterExtension
    final Scenario scenario = new Scenario();

    @ArquillianResource
    Deployer deployer;

    private ScriptedMirror mirror;
    private Path directory;

    @Deployment(name = FlexoWar.ROOT, managed = false, testable = false)
    static WebArchive root() {
        return FlexoWar.named(FlexoWar.ROOT);
    }

    private static final String LOCAL = "/custom_repo/local/";
    private static final String NAME = "tool-1-1-any.pkg.tar.zst";
    private static final FileContent FILE = FileContent.seeded(1, 3_000_003);

    @BeforeEach
    void container() throws Exception {
        scenario.deployedBy(deployer);
        mirror = scenario.mirror();
        directory = Files.createDirectories(scenario.scratch().resolve("built/x86_64"));
        scenario.set("config_file", Files.writeString(scenario.scratch().resolve("flexo.toml"), """
                        [[custom_repo]]
                        name = "local"
                        url = "file://%s"
                        """.formatted(
                        scenario.scratch().resolve("built"))));
    }

    private void put(String name, FileContent content) throws IOException {
        Path next = Files.write(directory.resolve(".next"), content.bytes());
        Files.setLastModifiedTime(next, FileTime.from(ScriptedMirror.LAST_MODIFIED));
        Files.move(next, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    @Test
    void fileIsServedInPlaceAndNothingIsCopied() throws Exception {
        put(NAME, FILE);
        scenario.start(mirror);

        assertWhole(scenario.get(LOCAL + "x86_64/" + NAME), FILE, CACHE);
        assertWhole(scenario.get("/repo/local/x86_64/" + NAME), FILE, CACHE);
        assertThat(scenario.client().head(LOCAL + "x86_64/" + NAME).contentLength())
                .isEqualTo(FILE.lengthBytes());
        assertThat(scenario.get(LOCAL + "x86_64/" + NAME, "Range: bytes=3000000-")
                        .body())
                .isEqualTo(new byte[] {FILE.bytes()[3_000_000], FILE.bytes()[3_000_001], FILE.bytes()[3_000_002]});

        assertThat(scenario.cachedFiles()).isEmpty();
        assertThat(mirror.requests()).isEmpty();
    }

    @Test
    void whatIsThereCountsAtOnceAndWhatIsNotIs404() throws Exception {
        scenario.start(mirror);
        assertError(scenario.get(LOCAL + "x86_64/" + NAME), 404);
        assertError(scenario.get(LOCAL + "x86_64"), 404);
        assertError(scenario.get(LOCAL + "x86_64/" + NAME + "/more"), 404);

        put(NAME, FILE);
        assertWhole(scenario.get(LOCAL + "x86_64/" + NAME), FILE, CACHE);
        Files.delete(directory.resolve(NAME));

        assertError(scenario.get(LOCAL + "x86_64/" + NAME), 404);
        assertThat(mirror.requests()).isEmpty();
    }

    @Test
    void nothingOutsideTheDirectoryIsServed() throws Exception {
        Path secret = Files.writeString(scenario.scratch().resolve("secret.pkg.tar.zst"), "secret");
        Files.createSymbolicLink(directory.resolve("link-1-1-any.pkg.tar.zst"), secret);
        Files.createSymbolicLink(directory.resolve("up"), scenario.scratch());
        put("local.db.tar.zst", FILE);
        Files.createSymbolicLink(directory.resolve("local.db"), Path.of("local.db.tar.zst"));
        Files.createSymbolicLink(directory.resolve("nowhere.db"), Path.of("absent"));
        scenario.start(mirror);

        assertError(scenario.get(LOCAL + "x86_64/link-1-1-any.pkg.tar.zst"), 404);
        assertError(scenario.get(LOCAL + "x86_64/up/secret.pkg.tar.zst"), 404);
        assertError(scenario.get(LOCAL + "x86_64/nowhere.db"), 404);
        assertError(scenario.get(LOCAL + "../secret.pkg.tar.zst"), 403);
        assertError(scenario.get(LOCAL + "%2e%2e/secret.pkg.tar.zst"), 403);
        assertThat(scenario.get(LOCAL + "x86_64/..%2f..%2fsecret.pkg.tar.zst").status())
                .isEqualTo(400);
        assertWhole(scenario.get(LOCAL + "x86_64/local.db"), FILE, CACHE);
    }

    @Test
    void databaseThatIsReplacedWhileItIsSentKeepsItsBytesAndItsSignature() throws Exception {
        FileContent first = new RepositoryDatabaseFile().filler(1, 6_000_000).content();
        FileContent second = new RepositoryDatabaseFile().filler(2, 6_000_000).content();
        FileContent signature = FileContent.seeded(11, 119);
        FileContent nextSignature = FileContent.seeded(12, 119);
        put("local.db", first);
        put("local.db.sig", signature);
        scenario.start(mirror);

        try (RawClient slow = scenario.clientWithSmallWindow()) {
            slow.request("GET", LOCAL + "x86_64/local.db");
            slow.readHead();
            put("local.db", second);
            put("local.db.sig", nextSignature);
            assertThat(slow.read((int) first.lengthBytes())).isEqualTo(first.bytes());
            assertThat(slow.get(LOCAL + "x86_64/local.db.sig").body()).isEqualTo(signature.bytes());
            assertThat(slow.get(LOCAL + "x86_64/local.db").body()).isEqualTo(second.bytes());
            assertThat(slow.get(LOCAL + "x86_64/local.db.sig").body()).isEqualTo(nextSignature.bytes());
        }
    }
}
