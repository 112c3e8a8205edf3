package flexo.download;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.alpm.RepositoryPath;
import flexo.cache.BytesContent;
import flexo.download.DownloadFailure.Reason;
import flexo.testing.TestPaths;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestedFilesTest {
    private static final Client CLIENT = new Client("10.0.0.1", "10.0.0.1 port 1");
    private static final Client OTHER = new Client("10.0.0.2", "10.0.0.2 port 1");

    @TempDir
    private Path directory;

    /** What was asked of the source behind, by its own name. */
    private final List<String> asked = new ArrayList<>();

    private RequestedFiles files;

    @BeforeEach
    void offer() {
        files = offering(Restrictions.NONE, "arm", "aur");
    }

    private RequestedFiles offering(Restrictions restrictions, String... mirrored) {
        FileSource source = new FileSource() {
            @Override
            public CompletionStage<Opened> open(RepositoryPath path, Client client) {
                asked.add(path.toString());
                return CompletableFuture.completedFuture(
                        new Opened(new BytesContent(new byte[] {1}, Instant.EPOCH), Opened.Origin.HIT));
            }

            @Override
            public CompletionStage<Opened> openHead(RepositoryPath path, Client client) {
                return open(path, client);
            }
        };
        return new RequestedFiles(
                source,
                new RequestedFiles.Offer(
                        Set.of(mirrored), Map.of("local", new LocalDirectory(directory)), restrictions));
    }

    private TestClient get(String path) throws IOException {
        return get(path, CLIENT);
    }

    private TestClient get(String path, Client client) throws IOException {
        return new TestClient(files.open(TestPaths.path(path), client));
    }

    @ParameterizedTest
    @CsvSource({
        "core/os/x86_64/core.db, core/os/x86_64/core.db",
        "custom_repo/arm/aarch64/core/core.db, custom_repo/arm/aarch64/core/core.db",
        "repo/arm/aarch64/core/core.db, custom_repo/arm/aarch64/core/core.db",
        "repo/archlinux/core/os/x86_64/core.db, core/os/x86_64/core.db",
        "archive/2024/02/29/core/os/x86_64/core.db, archive/2024/02/29/core/os/x86_64/core.db",
        "repository/core.db, repository/core.db",
        "repo, repo",
    })
    void fileHasOneNameBehindAllThatClientsUse(String path, String name) throws Exception {
        get(path).leaves();
        files.openHead(TestPaths.path(path), CLIENT);

        assertThat(asked).containsExactly(name, name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "custom_repo/amr/core.db",
                "custom_repo/amr",
                "repo/amr/core.db",
                "custom_repo/archlinux/core/os/x86_64/core.db"
            })
    void unknownRepositoryIsNotFoundAndTheKnownOnesAreNamed(String path) throws Exception {
        DownloadFailure failure = get(path).refusal();

        assertThat(failure.reason()).isEqualTo(Reason.NOT_FOUND);
        assertThat(failure.message()).endsWith("configured are: arm, aur, local");
        assertThat(asked).isEmpty();
    }

    @Test
    void offerCanBeReplaced() throws Exception {
        files.use(new RequestedFiles.Offer(Set.of(), Map.of(), Restrictions.NONE));

        assertThat(get("custom_repo/arm/core.db").refusal().message()).endsWith("; none is configured");
    }

    @Test
    void bothRestrictionsCount() throws Exception {
        files = offering(
                new Restrictions(
                        List.of("core", "custom_repo/arm"),
                        Stream.of("**/*.db", "core/**")
                                .map(glob -> Glob.parse(glob).orElseThrow())
                                .toList()),
                "arm",
                "aur");

        for (String path : List.of("core/os/x86_64/a.iso", "custom_repo/arm/core.db", "repo/arm/core.db.sig")) {
            get(path).leaves();
        }
        for (String path :
                List.of("extra/os/x86_64/extra.db", "custom_repo/arm/a.iso", "custom_repo/aur/aur.db", "corex")) {
            assertThat(get(path).refusal().reason()).as(path).isEqualTo(Reason.NOT_ALLOWED);
        }
        assertThat(asked).hasSize(3);
    }

    // A directory on this machine.

    private void write(String name, String text) throws IOException {
        Path next = Files.writeString(directory.resolve(".next"), text);
        Files.move(next, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    private static String text(TestClient client) {
        String text = new String(client.reads().received(), StandardCharsets.UTF_8);
        client.leaves();
        return text;
    }

    @Test
    void packageInADirectoryIsAWholeFileThatTheContainerCanSend() throws Exception {
        write("a-1-1-any.pkg.tar.zst", "package");

        TestClient client = get("custom_repo/local/a-1-1-any.pkg.tar.zst");

        assertThat(client.content().wholeFile()).contains(directory.toRealPath().resolve("a-1-1-any.pkg.tar.zst"));
        assertThat(text(client)).isEqualTo("package");
        assertThat(asked).isEmpty();
    }

    @Test
    void databaseThatIsReplacedIsReadAsItWasOpened() throws Exception {
        write("local.db", "the first database");
        TestClient client = get("custom_repo/local/local.db");
        assertThat(client.content().wholeFile()).isEmpty();

        write("local.db", "another database");

        assertThat(text(client)).isEqualTo("the first database");
        assertThat(text(get("custom_repo/local/local.db"))).isEqualTo("another database");
    }

    @Test
    void signatureIsOfTheDatabaseThatTheClientWasGiven() throws Exception {
        write("local.db", "the first database");
        write("local.db.sig", "its signature");
        text(get("custom_repo/local/local.db"));

        write("local.db", "another database");
        assertThat(text(get("custom_repo/local/local.db.sig"))).isEqualTo("its signature");
        write("local.db.sig", "another signature");

        assertThat(text(get("custom_repo/local/local.db.sig"))).isEqualTo("its signature");
        assertThat(text(get("custom_repo/local/local.db.sig", OTHER))).isEqualTo("another signature");
        text(get("custom_repo/local/local.db"));
        assertThat(text(get("custom_repo/local/local.db.sig"))).isEqualTo("another signature");
    }

    /** {@code repo-add} moves the database first and its signature then. */
    @Test
    void signatureThatIsWrittenAfterItsDatabaseIsGivenToWhoeverGotTheDatabaseBefore() throws Exception {
        write("local.db", "the first database");
        write("local.db.sig", "its signature");
        write("local.db", "another database");
        text(get("custom_repo/local/local.db"));

        write("local.db.sig", "another signature");

        assertThat(text(get("custom_repo/local/local.db.sig"))).isEqualTo("another signature");
    }

    @Test
    void databaseThatWasUnsignedWhenItWasGivenHasNoSignatureLater() throws Exception {
        write("local.db", "the first database");
        text(get("custom_repo/local/local.db"));
        write("local.db", "another database");
        write("local.db.sig", "another signature");

        assertThat(get("custom_repo/local/local.db.sig").refusal().reason()).isEqualTo(Reason.NOT_FOUND);
    }

    @Test
    void emptyFilesAndDirectoriesAreNotThere() throws Exception {
        write("local.db", "");
        Files.createDirectory(directory.resolve("x86_64"));

        for (String name : List.of("local.db", "x86_64", "x86_64/absent", "local.db/absent", "absent.db.sig")) {
            assertThat(get("custom_repo/local/" + name).refusal().reason())
                    .as(name)
                    .isEqualTo(Reason.NOT_FOUND);
        }
    }
}
