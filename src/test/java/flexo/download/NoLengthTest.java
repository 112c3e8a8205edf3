package flexo.download;

import static flexo.download.DownloadBench.DATABASE;
import static flexo.download.DownloadBench.PACKAGE;
import static flexo.download.DownloadBench.body;
import static flexo.download.DownloadBench.database;
import static flexo.download.DownloadBench.signature;
import static flexo.download.DownloadBench.slice;
import static flexo.download.Responses.wholeWithoutLength;
import static flexo.download.TestClient.assertGets;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.alpm.RepositoryPath;
import flexo.mirror.MirrorFailure;
import flexo.testing.FileContent;
import flexo.testing.TestPaths;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Mirrors that do not say how long a file is. */
class NoLengthTest {
    private static final RepositoryPath OTHER = TestPaths.path("core/os/x86_64/notes");
    private static final byte[] BODY = body(3000);

    @TempDir
    private Path directory;

    private DownloadBench bench(int mirrors) {
        return new DownloadBench(directory, mirrors);
    }

    private static void answersWithoutLength(DownloadBench bench, boolean endsWithConnection) {
        assertThat(bench.client.last().responds(wholeWithoutLength(endsWithConnection)))
                .isTrue();
    }

    private static void sends(DownloadBench bench, byte[] bytes) {
        bench.client.last().sends(bytes);
        bench.settle();
    }

    private static void ends(DownloadBench bench) {
        bench.client.last().ends();
        bench.settle();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void packageThatIsListedIsServedAsItArrivesWithTheLengthOfTheDatabase(boolean endsWithConnection) {
        byte[] large = body(20 << 20);
        DownloadBench bench = bench(1);
        bench.list(large.length, FileContent.of(large).sha256());
        TestClient client = bench.get(PACKAGE);
        answersWithoutLength(bench, endsWithConnection);
        sends(bench, slice(large, 0, 1000));

        assertThat(client.content().head().lengthBytes()).isEqualTo(large.length);
        assertThat(client.reads().received()).hasSize(1000);
        sends(bench, slice(large, 1000, large.length));
        assertGets(client, large);
        assertThat(bench.target(PACKAGE)).hasSize(large.length);
        bench.assertNothingIsLeft();
    }

    @Test
    void packageThatIsListedAndEndsTooEarlyGoesOnFromAnotherMirror() {
        DownloadBench bench = bench(2);
        bench.list(BODY.length, FileContent.of(BODY).sha256());
        TestClient client = bench.get(PACKAGE);
        answersWithoutLength(bench, true);
        sends(bench, slice(BODY, 0, 1000));
        ends(bench);

        assertThat(bench.asked(2).fromByte()).isEqualTo(1000);
        bench.lastAskedDelivers(BODY);
        assertGets(client, BODY);
        bench.assertNothingIsLeft();
    }

    @Test
    void fileThatEndsSoonIsServedWithItsLength() {
        DownloadBench bench = bench(1);
        TestClient client = bench.get(OTHER);
        answersWithoutLength(bench, false);
        sends(bench, BODY);
        assertThat(client.isAnswered()).isFalse();

        ends(bench);

        assertThat(client.content().head().lengthBytes()).isEqualTo(BODY.length);
        assertGets(client, BODY);
        assertThat(bench.target(OTHER)).hasSize(BODY.length);
        bench.assertNothingIsLeft();
    }

    @Test
    void fileThatTakesLongIsServedWithoutItsLengthAndKeptWithIt() throws IOException {
        DownloadBench bench = bench(1);
        TestClient client = bench.get(OTHER);
        answersWithoutLength(bench, false);
        sends(bench, slice(BODY, 0, 1000));
        bench.pass(Duration.ofSeconds(3));

        assertThat(client.content().head().isLengthKnown()).isFalse();
        assertThat(client.reads().received()).isEqualTo(slice(BODY, 0, 999));
        sends(bench, slice(BODY, 1000, BODY.length));
        ends(bench);

        assertThat(client.reads().received()).isEqualTo(BODY);
        assertThat(client.content().read(BODY.length, ByteBuffer.allocate(1), () -> {}))
                .isEqualTo(-1);
        client.leaves();
        assertThat(bench.target(OTHER)).hasSize(BODY.length);
        bench.assertNothingIsLeft();
    }

    @Test
    void fileThatEndsWithItsConnectionIsServedButNotKept() {
        DownloadBench bench = bench(1);
        TestClient client = bench.get(OTHER);
        answersWithoutLength(bench, true);
        sends(bench, BODY);
        ends(bench);

        assertGets(client, BODY);
        assertThat(bench.target(OTHER)).doesNotExist();
        bench.assertNothingIsLeft();
    }

    @Test
    void emptyFileIsNone() {
        DownloadBench bench = bench(1);
        TestClient client = bench.get(OTHER);
        answersWithoutLength(bench, false);
        ends(bench);

        assertThat(client.isRefused()).isTrue();
        bench.assertNothingIsLeft();
    }

    @Test
    void fileThatBreaksOffBeforeItIsServedComesFromAnotherMirror() {
        DownloadBench bench = bench(2);
        TestClient client = bench.get(OTHER);
        answersWithoutLength(bench, false);
        sends(bench, slice(BODY, 0, 1000));
        bench.client.last().fails(MirrorFailure.TRUNCATED);
        bench.settle();
        assertThat(bench.client.last().responds(Responses.rest(1000, BODY.length)))
                .isFalse();
        bench.settle();

        bench.lastAskedDelivers(BODY);
        assertGets(client, BODY);
        bench.assertNothingIsLeft();
    }

    @Test
    void fileThatBreaksOffWhileItIsServedIsCutAndNeverResumed() throws IOException {
        DownloadBench bench = bench(1);
        TestClient client = bench.get(OTHER);
        answersWithoutLength(bench, false);
        sends(bench, slice(BODY, 0, 1000));
        bench.pass(Duration.ofSeconds(3));
        bench.client.last().fails(MirrorFailure.TRUNCATED);
        bench.settle();
        bench.pass(Duration.ofSeconds(9));

        assertThat(client.reads().isCut()).isTrue();
        client.leaves();
        try (var files = Files.list(bench.target(OTHER).getParent())) {
            assertThat(files).isEmpty();
        }
        bench.assertNothingIsLeft();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void databaseIsProvenByReadingIt(boolean endsWithConnection) {
        byte[] database = database("1");
        DownloadBench bench = bench(1);
        TestClient client = bench.get(DATABASE);
        answersWithoutLength(bench, endsWithConnection);
        sends(bench, database);
        bench.pass(Duration.ofSeconds(4));
        ends(bench);
        bench.lastAskedHasNone();

        assertThat(client.content().head().lengthBytes()).isEqualTo(database.length);
        assertGets(client, database);
        bench.assertNothingIsLeft();
    }

    @Test
    void databaseThatIsCutShortIsAskedOfAnotherMirror() {
        byte[] database = database("1");
        DownloadBench bench = bench(2);
        TestClient client = bench.get(DATABASE);
        answersWithoutLength(bench, true);
        sends(bench, slice(database, 0, database.length - 10));
        ends(bench);

        bench.lastAskedDeliversUnsigned(database);
        assertGets(client, database);
        bench.assertNothingIsLeft();
    }

    @Test
    void signatureIsProvenByItsForm() {
        byte[] signature = signature(BODY, 100);
        DownloadBench bench = bench(1);
        TestClient client = bench.get(PACKAGE.signature());
        answersWithoutLength(bench, true);
        sends(bench, signature);
        ends(bench);

        assertGets(client, signature);
        assertThat(bench.target(PACKAGE.signature())).hasSize(signature.length);
        bench.assertNothingIsLeft();
    }

    @Test
    void nothingLongerIsTakenThanSuchAFileHas() {
        DownloadBench bench = bench(2);
        TestClient client = bench.get(PACKAGE.signature());
        answersWithoutLength(bench, false);
        sends(bench, body((16 << 10) + 1));

        assertThat(bench.asked(1).isCancelled()).isTrue();
        assertThat(bench.askedCount()).isEqualTo(2);
        bench.lastAskedDelivers(signature(BODY, 100));
        assertGets(client, signature(BODY, 100));
        bench.assertNothingIsLeft();
    }

    @Test
    void restOfAFileMayComeWithoutItsLength() {
        DownloadBench bench = bench(2);
        TestClient client = bench.get(PACKAGE);
        bench.lastAskedSends(BODY, 1000);
        bench.client.last().fails(MirrorFailure.TRUNCATED);
        bench.settle();
        MirrorResponse rest = Responses.rest(1000, BODY.length);
        assertThat(bench.client.last().responds(Responses.response(206, OptionalLong.empty(), rest.range())))
                .isTrue();
        sends(bench, slice(BODY, 1000, BODY.length));

        assertGets(client, BODY);
        bench.assertNothingIsLeft();
    }
}
