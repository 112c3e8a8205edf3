package flexo.scenario;

import static flexo.scenario.Answers.CACHE;
import static flexo.scenario.Answers.REMOTE;
import static flexo.scenario.Answers.assertError;
import static flexo.scenario.Answers.assertWhole;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.Fault;
import flexo.testing.FileContent;
import flexo.testing.RawResponse;
import flexo.testing.RecordedRequest;
import flexo.testing.RepositoryDatabaseFile;
import flexo.testing.ScriptedMirror;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jboss.arquillian.container.test.api.Deployer;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Custom repositories: each path is asked of its own upstream alone, whatever the layout below it. */
@ExtendWith(ArquillianExtension.class)
class CustomRepositoriesIT {
    private static final FileContent FILE = FileContent.seeded(1, 300_003);

    @RegisterExtension
    final Scenario scenario = new Scenario();

    @ArquillianResource
    Deployer deployer;

    private ScriptedMirror official;
    private ScriptedMirror mirror;

    @Deployment(name = FlexoWar.ROOT, managed = false, testable = false)
    static WebArchive root() {
        return FlexoWar.named(FlexoWar.ROOT);
    }

    @BeforeEach
    void container() throws Exception {
        scenario.deployedBy(deployer);
        official = scenario.mirror();
        mirror = scenario.mirror();
    }

    /** One deployment for all of them: each example of the document has a repository of its own name. */
    @Test
    void everyExampleOfTheDocumentWorks() throws Exception {
        List<DocumentedRepository> examples = DocumentedRepository.all();
        assertThat(examples)
                .extracting(DocumentedRepository::title)
                .contains(
                        "Arch Linux ARM",
                        "Manjaro",
                        "EndeavourOS",
                        "Chaotic-AUR",
                        "CachyOS",
                        "ALHP",
                        "A private repository");
        Map<String, ScriptedMirror> mirrors =
                examples.stream().collect(Collectors.toMap(DocumentedRepository::title, example -> newMirror()));
        String toml = examples.stream()
                .map(example -> example.tomlAt(mirrors.get(example.title()).url()))
                .collect(Collectors.joining("\n"));
        scenario.set("config_file", Files.writeString(scenario.scratch().resolve("flexo.toml"), toml));
        scenario.start(official);

        for (DocumentedRepository example : examples) {
            assertWorks(example, mirrors.get(example.title()));
        }
        assertThat(official.requests()).isEmpty();
    }

    private ScriptedMirror newMirror() {
        try {
            return scenario.mirror();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void assertWorks(DocumentedRepository example, ScriptedMirror itsMirror) throws Exception {
        String arch = example.title().contains("ARM") ? "aarch64" : "x86_64";
        List<DocumentedRepository.Asked> servers = example.asked(arch);
        assertThat(servers).as(example.title()).isNotEmpty();
        for (DocumentedRepository.Asked server : servers) {
            String rest = server.directory().split("/", 4)[3];
            String packageName = "/zlib-1:1.3.1-2-" + arch + ".pkg.tar.zst";
            FileContent database =
                    new RepositoryDatabaseFile().list(packageName, FILE).content();
            String databaseName = "/" + server.repository() + ".db";
            itsMirror
                    .file(example.basePath() + rest + databaseName, database)
                    .file(example.basePath() + rest + packageName, FILE);

            assertWhole(scenario.get(server.directory() + databaseName), database, REMOTE);
            assertWhole(scenario.get(server.directory() + packageName), FILE, REMOTE);
            assertWhole(scenario.hit(server.directory() + packageName), FILE, CACHE);
            assertThat(scenario.cached(server.directory() + packageName)).hasBinaryContent(FILE.bytes());
        }
    }

    // Several mirrors of one repository.

    private static final String ARM = "/custom_repo/arm";
    private static final String PACKAGE = "/aarch64/core/zlib-1:1.3.1-2-aarch64.pkg.tar.zst";
    private static final String DATABASE = "/aarch64/core/core.db";

    private void write(Path file, String... lines) throws IOException {
        Files.write(file, List.of(lines));
    }

    private Path settings() {
        return scenario.scratch().resolve("flexo.toml");
    }

    /** Mirrors of the custom repository {@code arm}; the official one has nothing. */
    private void start(ScriptedMirror... mirrors) throws IOException {
        write(
                settings(),
                "[[custom_repo]]",
                "name = 'arm'",
                "urls = ["
                        + Stream.of(mirrors).map(each -> "'" + each.url() + "'").collect(Collectors.joining(", "))
                        + "]");
        scenario.set("config_file", settings()).start(official);
    }

    @Test
    void secondMirrorOfARepositoryContinuesAtTheExactByte() throws Exception {
        mirror.file(PACKAGE, FILE).fault(PACKAGE, new Fault().cutAfter(100_000));
        ScriptedMirror second = scenario.mirror().file(PACKAGE, FILE);
        start(mirror, second);

        assertWhole(scenario.get(ARM + PACKAGE), FILE, REMOTE);

        assertThat(second.requestsFor(PACKAGE))
                .extracting(RecordedRequest::range)
                .containsExactly("bytes=100000-");
        assertThat(official.requests()).isEmpty();
    }

    @Test
    void deadMirrorOfARepositoryIsLeftForTheNextAndNotAskedAgain() throws Exception {
        ScriptedMirror second = scenario.mirror().file(DATABASE, database()).file(PACKAGE, FILE);
        start(mirror, second);
        mirror.refuseConnections();

        assertWhole(scenario.get(ARM + DATABASE), database(), REMOTE);
        mirror.acceptConnections();
        assertWhole(scenario.get(ARM + PACKAGE), FILE, REMOTE);

        assertThat(mirror.requestsFor(PACKAGE)).isEmpty();
        assertThat(scenario.get("/metrics").text()).contains(second.url()).contains(mirror.url());
    }

    private static FileContent database() {
        return new RepositoryDatabaseFile().list(PACKAGE, FILE).content();
    }

    @Test
    void wrongPackageOfARepositoryIsFetchedFromItsOtherMirror() throws Exception {
        mirror.file(DATABASE, database()).file(PACKAGE, FILE.withFlippedBit(5));
        ScriptedMirror second = scenario.mirror().file(DATABASE, database()).file(PACKAGE, FILE);
        start(mirror, second);
        assertWhole(scenario.get(ARM + DATABASE), database(), REMOTE);

        assertWhole(scenario.get(ARM + PACKAGE), FILE, REMOTE);

        assertThat(mirror.requestsFor(PACKAGE)).hasSize(1);
        assertThat(second.requestsFor(PACKAGE)).hasSize(1);
    }

    @Test
    void repositoryIsServedFromTheCacheWhenAllItsMirrorsAreDown() throws Exception {
        scenario.set("database_check_interval", "0 s");
        mirror.file(DATABASE, database()).file(PACKAGE, FILE);
        start(mirror);
        assertWhole(scenario.get(ARM + DATABASE), database(), REMOTE);
        assertWhole(scenario.get(ARM + PACKAGE), FILE, REMOTE);
        mirror.refuseConnections();

        RawResponse stale = scenario.get(ARM + DATABASE);
        assertWhole(stale, database(), CACHE);
        assertThat(stale.header("Warning")).startsWith("110");
        assertWhole(scenario.hit(ARM + PACKAGE), FILE, CACHE);
    }

    @Test
    void repositoryHasADatabaseCheckIntervalOfItsOwn() throws Exception {
        scenario.set("database_check_interval", "0 s");
        mirror.file(DATABASE, database());
        official.file("/core/os/x86_64/core.db", database());
        write(
                settings(),
                "[[custom_repo]]",
                "name = 'arm'",
                "url = '" + mirror.url() + "'",
                "database_check_interval = '1 h'");
        scenario.set("config_file", settings()).start(official);
        for (int i = 0; i < 2; i++) {
            assertThat(scenario.get(ARM + DATABASE).status()).isEqualTo(200);
            assertThat(scenario.get("/core/os/x86_64/core.db").status()).isEqualTo(200);
        }

        assertThat(mirror.requestsFor(DATABASE)).hasSize(1);
        assertThat(official.requestsFor("/core/os/x86_64/core.db")).hasSize(2);
    }

    // Mirrorlists.

    @Test
    void mirrorlistOfARepositoryIsReadAgainWhenItHasChanged() throws Exception {
        ScriptedMirror second = scenario.mirror().file("/linux" + PACKAGE, FILE);
        mirror.file(DATABASE, database());
        Path list = scenario.scratch().resolve("arm-mirrorlist");
        write(list, "# the first", "Server = " + mirror.url() + "$arch/$repo");
        write(settings(), "[[custom_repo]]", "name = 'arm'", "mirrorlist = '" + list + "'");
        scenario.set("config_file", settings()).start(official);
        assertWhole(scenario.get(ARM + DATABASE), database(), REMOTE);

        write(list, "Server = " + second.url() + "linux/$arch/$repo");
        Awaitility.await("the list is looked at")
                .untilAsserted(
                        () -> assertThat(scenario.get(ARM + PACKAGE).status()).isEqualTo(200));

        assertThat(second.requestsFor("/linux" + PACKAGE)).hasSize(1);
    }

    @Test
    void mirrorlistOfTheOfficialRepositoriesIsReadAgainWhenItHasChanged() throws Exception {
        String path = "/core/os/x86_64/zlib-1:1.3.1-2-x86_64.pkg.tar.zst";
        mirror.file(path, FILE);
        Path list = scenario.scratch().resolve("mirrorlist");
        write(list, "#Server = " + mirror.url() + "$repo/os/$arch");
        scenario.set("mirrorlist_file", list).start(official);
        assertThat(scenario.get(path).status()).isEqualTo(404);

        write(list, "Server = " + mirror.url() + "$repo/os/$arch");
        Awaitility.await("the list is looked at")
                .untilAsserted(() -> assertThat(scenario.get(path).status()).isEqualTo(200));

        assertThat(official.requestsFor(path)).as("it stays the first").hasSizeGreaterThan(1);
    }

    // Other names, and what there is not.

    @Test
    void pacolocosPathIsAnotherNameOfTheSameFile() throws Exception {
        mirror.file(DATABASE, database()).file(PACKAGE, FILE);
        start(mirror);

        assertWhole(scenario.get("/repo/arm" + PACKAGE), FILE, REMOTE);

        assertWhole(scenario.hit(ARM + PACKAGE), FILE, CACHE);
        assertThat(mirror.requestsFor(PACKAGE)).hasSize(1);
        assertThat(scenario.cachedFiles()).containsExactly((ARM + PACKAGE).substring(1));
    }

    @Test
    void pacolocosNameOfTheOfficialRepositoriesMeansThoseUnlessARepositoryIsCalledSo() throws Exception {
        String path = "/core/os/x86_64/zlib-1:1.3.1-2-x86_64.pkg.tar.zst";
        official.file(path, FILE);
        start(mirror);

        assertWhole(scenario.get("/repo/archlinux" + path), FILE, REMOTE);

        assertWhole(scenario.hit(path), FILE, CACHE);
    }

    @Test
    void repositoryThatIsCalledAsPacolocoCallsTheOfficialOnesIsAskedForItself() throws Exception {
        mirror.file(PACKAGE, FILE);
        write(settings(), "[[custom_repo]]", "name = 'archlinux'", "url = '" + mirror.url() + "'");
        scenario.set("config_file", settings()).start(official);

        assertWhole(scenario.get("/repo/archlinux" + PACKAGE), FILE, REMOTE);

        assertThat(official.requests()).isEmpty();
    }

    @Test
    void unknownNameIsAnsweredWithTheKnownOnes() throws Exception {
        write(
                settings(),
                "[[custom_repo]]",
                "name = 'arm'",
                "url = '" + mirror.url() + "'",
                "[[custom_repo]]",
                "name = 'aur'",
                "url = '" + mirror.url() + "'");
        scenario.set("config_file", settings()).start(official);

        for (String path : List.of("/custom_repo/amr/core.db", "/repo/amr/core.db")) {
            RawResponse answer = scenario.get(path);
            assertError(answer, 404);
            assertThat(answer.text()).contains("'amr'", "configured are: arm, aur");
        }
        assertError(scenario.get("/custom_repo/arm"), 404);
        assertError(scenario.get("/repo/arm"), 404);
        assertThat(mirror.requests()).isEmpty();
        assertThat(official.requests()).isEmpty();
    }

    @Test
    void repositoryThatIsAddedToTheSettingsIsServedWithoutARestart() throws Exception {
        mirror.file(PACKAGE, FILE);
        ScriptedMirror kept = scenario.mirror().file(PACKAGE, FILE);
        String former = "[[custom_repo]]\nname = 'kept'\nurl = '" + kept.url() + "'\n";
        write(settings(), former);
        scenario.set("config_file", settings()).start(official);
        assertError(scenario.get(ARM + PACKAGE), 404);

        write(settings(), former + "[[custom_repo]]\nname = 'arm'\nurl = '" + mirror.url() + "'");

        Awaitility.await("the settings are read again")
                .atMost(Duration.ofSeconds(20))
                .untilAsserted(
                        () -> assertThat(scenario.get(ARM + PACKAGE).status()).isEqualTo(200));
        assertWhole(scenario.get("/custom_repo/kept" + PACKAGE), FILE, REMOTE);
    }
}
