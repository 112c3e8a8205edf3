package flexo.download;

import static flexo.download.DownloadBench.DATABASE;
import static flexo.download.DownloadBench.MODIFIED;
import static flexo.download.DownloadBench.PACKAGE;
import static flexo.download.DownloadBench.body;
import static flexo.download.DownloadBench.database;
import static flexo.download.DownloadBench.slice;
import static flexo.download.Responses.whole;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.alpm.RepositoryPath;
import flexo.download.DownloadFailure.Reason;
import flexo.mirror.MirrorFailure;
import flexo.testing.TestPaths;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What reaches the disk, and what happens when it refuses. */
class StorageTest {
    private static final byte[] BODY = body(1000);

    @TempDir
    private Path directory;

    private DownloadBench bench() {
        return new DownloadBench(directory, 2);
    }

    @Test
    void wholeFileIsPublishedUnderItsNameWithTheMirrorsTime() throws IOException {
        DownloadBench bench = bench();
        TestClient client = bench.get(PACKAGE);
        bench.lastAskedSends(BODY, 500);
        assertThat(bench.fileNames())
                .containsExactly("." + PACKAGE.fileName() + ".head", "." + PACKAGE.fileName() + ".part");

        bench.asked(1).sends(slice(BODY, 500, 1000));
        bench.asked(1).ends();
        bench.settle();

        assertThat(bench.fileNames()).containsExactly(PACKAGE.fileName());
        assertThat(bench.target(PACKAGE)).hasBinaryContent(BODY);
        assertThat(Files.getLastModifiedTime(bench.target(PACKAGE)).toInstant()).isEqualTo(MODIFIED);
        client.reads().leaves();
        bench.assertNothingIsLeft();
    }

    @Test
    void readersGoOnReadingThePublishedFile() throws IOException {
        DownloadBench bench = bench();
        TestClient client = bench.get(PACKAGE);
        bench.lastAskedDelivers(BODY);
        Files.delete(bench.target(PACKAGE));

        assertThat(client.reads().received()).isEqualTo(BODY);
        client.leaves();
        bench.assertNothingIsLeft();
    }

    @Test
    void databaseIsKeptUnderItsNameWithANoteBesideIt() {
        DownloadBench bench = bench();
        byte[] database = database("1");
        TestClient client = bench.get(DATABASE);

        bench.lastAskedDeliversUnsigned(database);

        assertThat(Arrays.equals(client.reads().received(), database)).isTrue();
        client.leaves();
        assertThat(bench.target(DATABASE)).hasBinaryContent(database);
        assertThat(bench.fileNames()).containsExactly(".core.db.generation", "core.db", "databases");
        bench.assertNothingIsLeft();
    }

    @Test
    void clientsGetTheirFileThoughItCannotBePublished() throws IOException {
        DownloadBench bench = bench();
        TestClient client = bench.get(PACKAGE);
        bench.lastAskedSends(BODY, 500);
        Files.createDirectories(bench.target(PACKAGE).resolve("in-the-way"));

        bench.asked(1).sends(slice(BODY, 500, 1000));
        bench.asked(1).ends();
        bench.settle();

        assertThat(client.reads().received()).isEqualTo(BODY);
        assertThat(client.isCut()).isFalse();
        assertThat(bench.downloads.count()).isZero();
        client.leaves();
        bench.assertNothingIsLeft();
    }

    @Test
    void partFileThatWasCutBySomebodyElseIsNotPublished() throws IOException {
        DownloadBench bench = bench();
        TestClient client = bench.get(PACKAGE);
        bench.asked(1).responds(whole(1000));
        bench.asked(1).sends(BODY);
        Files.write(bench.part(PACKAGE), slice(BODY, 0, 999));

        bench.asked(1).ends();
        bench.settle();

        assertThat(bench.target(PACKAGE)).doesNotExist();
        client.leaves();
        bench.assertNothingIsLeft();
    }

    @Test
    void leftoverThatCannotBeOpenedIsNotThere() throws IOException {
        DownloadBench bench = bench();
        Files.createDirectories(bench.promise(PACKAGE));

        TestClient client = bench.get(PACKAGE);
        bench.lastAskedDelivers(BODY);

        assertThat(bench.asked(1).fromByte()).isZero();
        assertThat(client.reads().received()).isEqualTo(BODY);
        client.leaves();
        assertThat(bench.target(PACKAGE)).hasBinaryContent(BODY);
        bench.assertNothingIsLeft();
    }

    @Test
    void stepThatFailsUnexpectedlyEndsTheDownload() {
        DownloadBench bench = bench();
        bench.mirrors.breakNextChoice(new IllegalStateException("broken in the test"));

        TestClient first = bench.get(PACKAGE);

        assertThat(first.refusal().reason()).isEqualTo(Reason.STORAGE);
        bench.assertNothingIsLeft();
    }

    @Test
    void laterStepThatFailsUnexpectedlyEndsTheDownloadToo() {
        DownloadBench bench = bench();
        TestClient client = bench.get(PACKAGE);
        bench.lastAskedSends(BODY, 400);
        bench.mirrors.breakNextChoice(new IllegalStateException("broken in the test"));

        bench.asked(1).fails(MirrorFailure.TRUNCATED);
        bench.settle();

        assertThat(client.reads().cutBecause().reason()).isEqualTo(Reason.STORAGE);
        client.leaves();
        bench.assertNothingIsLeft();
    }

    @Test
    void directoryIsNotFoundAndNoMirrorIsAsked() throws IOException {
        DownloadBench bench = bench();
        RepositoryPath path = TestPaths.path("core/os/x86_64");
        Files.createDirectories(bench.target(path));

        TestClient client = bench.get(path);

        assertThat(client.refusal().reason()).isEqualTo(Reason.NOT_FOUND);
        assertThat(bench.askedCount()).isZero();
        bench.assertNothingIsLeft();
    }

    @Test
    void directoryInPlaceOfAPackageIsAMiss() throws IOException {
        DownloadBench bench = bench();
        Files.createDirectories(bench.target(PACKAGE).resolve("in-the-way"));

        TestClient client = bench.get(PACKAGE);
        bench.lastAskedDelivers(BODY);

        assertThat(client.reads().received()).isEqualTo(BODY);
        client.leaves();
        assertThat(bench.fileNames()).isEmpty();
        bench.assertNothingIsLeft();
    }

    @Test
    void fileThatNoMirrorHasLeavesNoDirectoryBehind() {
        DownloadBench bench = bench();
        bench.get(PACKAGE);
        bench.asked(1).responds(Responses.status(404));
        bench.settle();
        bench.asked(2).responds(Responses.status(404));
        bench.settle();

        assertThat(directory).isEmptyDirectory();
    }
}
