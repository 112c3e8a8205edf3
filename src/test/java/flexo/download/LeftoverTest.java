package flexo.download;

import static flexo.download.DownloadBench.DATABASE;
import static flexo.download.DownloadBench.MODIFIED;
import static flexo.download.DownloadBench.PACKAGE;
import static flexo.download.DownloadBench.body;
import static flexo.download.DownloadBench.slice;
import static flexo.download.Responses.modified;
import static flexo.download.Responses.part;
import static flexo.download.Responses.rest;
import static flexo.download.Responses.status;
import static flexo.download.Responses.whole;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.mirror.MirrorFailure;
import flexo.testing.FileContent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What an earlier download left is continued only if a mirror vouches for it. */
class LeftoverTest {
    private static final byte[] BODY = body(1000);
    /** The same length, other bytes. */
    private static final byte[] OTHER = slice(body(1001), 1, 1001);

    @TempDir
    private Path directory;

    private DownloadBench bench(int mirrors) {
        return new DownloadBench(directory, mirrors);
    }

    private void assertPublished(DownloadBench bench, byte[] expected) throws IOException {
        assertThat(bench.target(PACKAGE)).hasBinaryContent(expected);
        assertThat(Files.getLastModifiedTime(bench.target(PACKAGE)).toInstant()).isEqualTo(MODIFIED);
        assertThat(bench.fileNames()).containsExactly(PACKAGE.fileName());
        bench.assertNothingIsLeft();
    }

    @Test
    void packageOfPacolocoIsTakenOverIfItIsTheOneThatIsListed() throws IOException {
        DownloadBench bench = bench(1);
        Path file = ofPacoloco(BODY);
        bench.list(BODY.length, FileContent.of(BODY).sha256());
        TestClient client = bench.get(PACKAGE);

        assertThat(bench.asked(1).fromByte()).isEqualTo(999);
        bench.lastAskedDelivers(BODY);

        assertThat(client.reads().received()).isEqualTo(BODY);
        client.leaves();
        assertPublished(bench, BODY);
        assertThat(file).doesNotExist();
    }

    @Test
    void packageOfPacolocoWithOtherBytesIsFetchedAnew() throws IOException {
        DownloadBench bench = bench(1);
        Path file = ofPacoloco(OTHER);
        bench.list(BODY.length, FileContent.of(BODY).sha256());
        TestClient client = bench.get(PACKAGE);
        bench.lastAskedDelivers(BODY);
        assertThat(client.isAnswered()).isFalse();

        assertThat(bench.client.last().fromByte()).isZero();
        bench.lastAskedDelivers(BODY);

        assertThat(client.reads().received()).isEqualTo(BODY);
        client.leaves();
        assertPublished(bench, BODY);
        assertThat(file).doesNotExist();
    }

    @Test
    void packageOfPacolocoOfWhichNothingIsListedIsLeftWhereItIs() throws IOException {
        DownloadBench bench = bench(1);
        Path file = ofPacoloco(BODY);
        TestClient client = bench.get(PACKAGE);

        assertThat(bench.asked(1).fromByte()).isZero();
        bench.lastAskedDelivers(BODY);
        client.leaves();
        assertThat(file).exists();
    }

    private Path ofPacoloco(byte[] bytes) throws IOException {
        Path file = directory.resolve("pkgs/archlinux").resolve(PACKAGE.fileName());
        Files.createDirectories(file.getParent());
        return Files.write(file, bytes);
    }

    @Test
    void leftoverIsContinuedWhereItEnds() throws IOException {
        DownloadBench bench = bench(1);
        bench.leave(PACKAGE, slice(BODY, 0, 600), 1000, MODIFIED.toString());
        TestClient client = bench.get(PACKAGE);

        assertThat(bench.asked(1).fromByte()).isEqualTo(600);
        bench.lastAskedDelivers(BODY);

        assertThat(client.reads().received()).isEqualTo(BODY);
        client.leaves();
        assertPublished(bench, BODY);
        assertThat(bench.mirrors.reports(1)).contains("delivered 400 bytes in 0 ms");
    }

    @Test
    void bytesOfALeftoverAreNotServedBeforeAMirrorHasVouchedForThem() {
        DownloadBench bench = bench(1);
        bench.leave(PACKAGE, slice(BODY, 0, 600), 1000, MODIFIED.toString());
        TestClient client = bench.get(PACKAGE);
        bench.asked(1).responds(rest(600, 1000));
        bench.settle();
        assertThat(client.isAnswered()).isFalse();

        bench.asked(1).sends(slice(BODY, 600, 601));

        assertThat(client.reads().received()).isEqualTo(slice(BODY, 0, 601));
    }

    @Test
    void lastByteOfAWholeLeftoverIsAskedAgain() throws IOException {
        DownloadBench bench = bench(1);
        bench.leave(PACKAGE, BODY, 1000, MODIFIED.toString());
        TestClient client = bench.get(PACKAGE);

        assertThat(bench.asked(1).fromByte()).isEqualTo(999);
        bench.lastAskedDelivers(BODY);

        assertThat(client.reads().received()).isEqualTo(BODY);
        client.leaves();
        assertPublished(bench, BODY);
    }

    @Test
    void leftoverOfUnknownTimeIsContinuedOnItsLengthAlone() throws IOException {
        DownloadBench bench = bench(1);
        bench.leave(PACKAGE, slice(BODY, 0, 600), 1000, "-");
        TestClient client = bench.get(PACKAGE);

        bench.lastAskedDelivers(BODY);

        client.reads().leaves();
        assertPublished(bench, BODY);
    }

    private static Arguments disagreement(String name, MirrorResponse response) {
        return Arguments.of(name, response);
    }

    static Stream<Arguments> disagreements() {
        return Stream.of(
                disagreement("other total", rest(600, 1001)),
                disagreement("other time", modified(rest(600, 1000), Optional.of(MODIFIED.plusSeconds(60)))),
                disagreement("416", status(416)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("disagreements")
    void leftoverOfAnotherFileIsDroppedAndTheSameMirrorAskedForAll(String name, MirrorResponse response)
            throws IOException {
        DownloadBench bench = bench(2);
        bench.leave(PACKAGE, slice(BODY, 0, 600), 1000, MODIFIED.toString());
        TestClient client = bench.get(PACKAGE);

        assertThat(bench.asked(1).responds(response)).isFalse();
        bench.settle();

        assertThat(bench.asked(2).request().uri()).hasHost("m1.example");
        assertThat(bench.asked(2).fromByte()).isZero();
        bench.lastAskedDelivers(OTHER);
        assertThat(client.reads().received()).isEqualTo(OTHER);
        client.leaves();
        assertThat(bench.mirrors.leases()).hasSize(1);
        assertPublished(bench, OTHER);
    }

    @Test
    void wholeFileInAnswerToARangeReplacesTheLeftover() throws IOException {
        DownloadBench bench = bench(2);
        bench.leave(PACKAGE, slice(BODY, 0, 600), 1000, MODIFIED.toString());
        TestClient client = bench.get(PACKAGE);

        assertThat(bench.asked(1).responds(whole(1000))).isTrue();
        bench.asked(1).sends(OTHER);
        bench.asked(1).ends();
        bench.settle();

        assertThat(bench.askedCount()).isEqualTo(1);
        assertThat(client.reads().received()).isEqualTo(OTHER);
        client.leaves();
        assertPublished(bench, OTHER);
    }

    @Test
    void leftoverIsKeptForTheNextMirrorWhenOneSendsAnotherPart() {
        DownloadBench bench = bench(2);
        bench.leave(PACKAGE, slice(BODY, 0, 600), 1000, MODIFIED.toString());
        bench.get(PACKAGE);

        assertThat(bench.asked(1).responds(part(0, 999, 1000))).isFalse();
        bench.settle();

        assertThat(bench.mirrors.reports(1)).containsExactly("failed RANGE_IGNORED", "closed");
        assertThat(bench.asked(2).fromByte()).isEqualTo(600);
    }

    @Test
    void leftoverIsKeptAndClosedWhenNoMirrorDelivers() {
        DownloadBench bench = bench(2);
        bench.leave(PACKAGE, slice(BODY, 0, 600), 1000, MODIFIED.toString());
        TestClient client = bench.get(PACKAGE);
        bench.asked(1).fails(MirrorFailure.UNREACHABLE);
        bench.settle();
        bench.pass(Duration.ofMillis(8500));

        assertThat(client.refusal().reason()).isEqualTo(DownloadFailure.Reason.TIMED_OUT);
        assertThat(bench.part(PACKAGE)).hasBinaryContent(slice(BODY, 0, 600));
        assertThat(bench.promise(PACKAGE)).exists();
        bench.assertNothingIsLeft();
    }

    @Test
    void whatABrokenDownloadFetchedIsContinuedByTheNextOne() throws IOException {
        DownloadBench bench = bench(1);
        TestClient first = bench.get(PACKAGE);
        bench.lastAskedSends(BODY, 250);
        bench.asked(1).fails(MirrorFailure.TRUNCATED);
        bench.settle();
        bench.pass(Duration.ofMillis(8500));

        TestClient second = bench.get(PACKAGE);

        assertThat(second.isAnswered()).isFalse();
        assertThat(bench.client.last().fromByte()).isEqualTo(250);
        bench.lastAskedDelivers(BODY);
        assertThat(second.reads().received()).isEqualTo(BODY);
        assertThat(first.reads().received()).isEqualTo(slice(BODY, 0, 250));
        assertThat(first.isCut()).isTrue();
        first.leaves();
        second.leaves();
        assertPublished(bench, BODY);
    }

    @Test
    void staleConnectionAndStaleLeftoverMayBothHappenAtOneMirror() throws IOException {
        DownloadBench bench = bench(1);
        bench.leave(PACKAGE, slice(BODY, 0, 600), 1000, MODIFIED.toString());
        TestClient client = bench.get(PACKAGE);
        bench.asked(1).findsItsConnectionStale();
        bench.settle();
        assertThat(bench.asked(2).fromByte()).isEqualTo(600);
        bench.asked(2).responds(status(416));
        bench.settle();

        assertThat(bench.asked(3).fromByte()).isZero();
        bench.lastAskedDelivers(OTHER);
        client.reads().leaves();
        assertPublished(bench, OTHER);
    }

    @Test
    void databaseNeverHasALeftover() {
        DownloadBench bench = bench(1);
        bench.leave(DATABASE, slice(BODY, 0, 600), 1000, MODIFIED.toString());

        bench.get(DATABASE);

        assertThat(bench.asked(1).fromByte()).isZero();
    }
}
