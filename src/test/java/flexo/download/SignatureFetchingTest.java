package flexo.download;

import static flexo.download.DownloadBench.MODIFIED;
import static flexo.download.DownloadBench.PACKAGE;
import static flexo.download.DownloadBench.body;
import static flexo.download.DownloadBench.signature;
import static flexo.download.DownloadBench.slice;
import static flexo.download.Responses.status;
import static flexo.download.Responses.whole;
import static flexo.download.TestClient.assertGets;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import flexo.alpm.RepositoryPath;
import flexo.download.DownloadFailure.Reason;
import flexo.mirror.MirrorFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A package comes with its signature: pacman asks no other server for it. */
class SignatureFetchingTest {
    private static final byte[] BODY = body(1000);
    private static final byte[] SIGNATURE = signature(BODY, 90);
    private static final RepositoryPath ITS_SIGNATURE = PACKAGE.signature();

    @TempDir
    private Path directory;

    private DownloadBench bench(int mirrors) {
        return DownloadBench.withSignatures(directory, mirrors);
    }

    private static void delivers(DownloadBench bench, int nth, byte[] body) {
        assertThat(bench.asked(nth).responds(whole(body.length))).isTrue();
        bench.asked(nth).sends(body);
        bench.asked(nth).ends();
        bench.settle();
    }

    @Test
    void signatureIsAskedForWithTheFirstByteOfItsPackageAndAtTheSameMirror() {
        DownloadBench bench = bench(2);
        TestClient client = bench.get(PACKAGE);
        bench.asked(1).responds(status(404));
        bench.settle();
        bench.lastAskedSends(BODY, 100);

        assertThat(bench.askedCount()).isEqualTo(3);
        assertThat(bench.request(3)).isEqualTo("m2.example " + ITS_SIGNATURE.fileName());
        delivers(bench, 3, SIGNATURE);
        bench.asked(2).sends(slice(BODY, 100, 1000));
        bench.settle();

        assertGets(client, BODY);
        assertGets(bench.get(ITS_SIGNATURE), SIGNATURE);
        assertThat(bench.askedCount()).isEqualTo(3);
        assertThat(bench.fileNames()).containsExactly(PACKAGE.fileName(), ITS_SIGNATURE.fileName());
        bench.assertNothingIsLeft();
    }

    @Test
    void signatureWhoseFetchingBreaksOffIsNotInUseForEver() {
        DownloadBench bench = bench(1);
        TestClient client = bench.get(PACKAGE);
        assertThat(bench.asked(1).responds(whole(BODY.length))).isTrue();
        bench.asked(1).sends(slice(BODY, 0, 100));
        bench.afterNextLook(() -> {
            throw new IllegalStateException("thrown by a test");
        });
        assertThatIllegalStateException().isThrownBy(bench::settle).withMessage("thrown by a test");

        assertThat(bench.openFiles.contains(ITS_SIGNATURE)).isFalse();

        bench.asked(1).sends(slice(BODY, 100, 1000));
        bench.asked(1).ends();
        bench.settle();
        delivers(bench, 2, SIGNATURE);
        assertGets(client, BODY);
        bench.assertNothingIsLeft();
    }

    @Test
    void packageIsNotWholeBeforeItsSignatureIsThere() {
        DownloadBench bench = bench(1);
        TestClient client = bench.get(PACKAGE);
        delivers(bench, 1, BODY);

        assertThat(client.reads().received()).as("all but the last byte").isEqualTo(slice(BODY, 0, 999));
        assertThat(bench.target(PACKAGE)).doesNotExist();
        assertThat(bench.mirrors.reports(1)).as("still in use").containsExactly("first byte after 0 ms");
        delivers(bench, 2, SIGNATURE);

        assertThat(bench.target(ITS_SIGNATURE)).hasBinaryContent(SIGNATURE);
        assertGets(client, BODY);
        bench.assertNothingIsLeft();
    }

    @Test
    void packageWithoutASignatureIsWholeWhenEveryMirrorHasSaidSo() {
        DownloadBench bench = bench(2);
        TestClient client = bench.get(PACKAGE);
        delivers(bench, 1, BODY);
        bench.lastAskedHasNone();
        assertThat(bench.request(3)).isEqualTo("m2.example " + ITS_SIGNATURE.fileName());
        assertThat(client.reads().hasAll()).isFalse();

        bench.lastAskedHasNone();

        assertGets(client, BODY);
        assertThat(bench.fileNames()).containsExactly(PACKAGE.fileName());
        bench.assertNothingIsLeft();
    }

    @Test
    void signatureThatNobodyDeliversKeepsThePackageBackOnlyForAWhile() {
        DownloadBench bench = bench(1);
        TestClient client = bench.get(PACKAGE);
        delivers(bench, 1, BODY);

        bench.pass(Duration.ofMillis(8500));

        assertGets(client, BODY);
        assertThat(bench.target(PACKAGE)).exists();
        bench.assertNothingIsLeft();
    }

    @Test
    void signatureThatIsThereAlreadyIsNotAskedFor() throws IOException {
        DownloadBench bench = bench(1);
        Files.createDirectories(bench.target(ITS_SIGNATURE).getParent());
        Files.write(bench.target(ITS_SIGNATURE), SIGNATURE);
        TestClient client = bench.get(PACKAGE);

        delivers(bench, 1, BODY);

        assertGets(client, BODY);
        assertThat(bench.askedCount()).isEqualTo(1);
        bench.assertNothingIsLeft();
    }

    @Test
    void clientMayAskForTheSignatureWhileItIsFetched() {
        DownloadBench bench = bench(1);
        TestClient client = bench.get(PACKAGE);
        bench.lastAskedSends(BODY, 100);
        TestClient signature = bench.get(ITS_SIGNATURE);
        assertThat(bench.askedCount()).isEqualTo(2);

        delivers(bench, 2, SIGNATURE);

        assertThat(signature.opened().origin()).isEqualTo(Opened.Origin.JOINED);
        assertGets(signature, SIGNATURE);
        bench.asked(1).sends(slice(BODY, 100, 1000));
        bench.settle();
        assertGets(client, BODY);
        bench.assertNothingIsLeft();
    }

    @Test
    void nextMirrorOfThePackageDoesNotFetchItsSignatureAgain() {
        DownloadBench bench = bench(2);
        TestClient client = bench.get(PACKAGE);
        bench.lastAskedSends(BODY, 100);
        delivers(bench, 2, SIGNATURE);
        bench.asked(1).fails(MirrorFailure.TRUNCATED);
        bench.settle();

        bench.lastAskedDelivers(BODY);

        assertGets(client, BODY);
        assertThat(bench.askedCount()).isEqualTo(3);
        bench.assertNothingIsLeft();
    }

    @Test
    void signatureThatIsNowhereIsNotLookedForTwice() {
        DownloadBench bench = bench(2);
        TestClient client = bench.get(PACKAGE);
        bench.lastAskedSends(BODY, 100);
        bench.lastAskedHasNone();
        bench.lastAskedHasNone();
        assertThat(bench.askedCount()).isEqualTo(3);

        bench.asked(1).sends(slice(BODY, 100, 1000));
        bench.settle();

        assertGets(client, BODY);
        assertThat(bench.askedCount()).isEqualTo(3);
        bench.assertNothingIsLeft();
    }

    @Test
    void onDemandNoSignatureIsFetched() {
        DownloadBench bench = new DownloadBench(directory, 1);
        TestClient client = bench.get(PACKAGE);

        delivers(bench, 1, BODY);

        assertGets(client, BODY);
        assertThat(bench.askedCount()).isEqualTo(1);
        bench.assertNothingIsLeft();
    }

    @Test
    void signatureThatIsAWebPageComesFromTheNextMirror() {
        DownloadBench bench = bench(2);
        TestClient client = bench.get(ITS_SIGNATURE);
        bench.lastAskedDelivers("\r\n<html>".getBytes(StandardCharsets.UTF_8));
        assertThat(client.isAnswered()).isFalse();
        assertThat(bench.mirrors.reports(1)).contains("failed WRONG_CONTENT");

        bench.lastAskedDelivers(SIGNATURE);

        assertGets(client, SIGNATURE);
        assertThat(bench.target(ITS_SIGNATURE)).hasBinaryContent(SIGNATURE);
        bench.assertNothingIsLeft();
    }

    @Test
    void signatureOfTheSameSizeAndTimeAsOneOfAnotherBuildIsAHit() {
        byte[] former = signature(body(1001), 90);
        DownloadBench bench = bench(1);
        TestClient client = bench.get(PACKAGE);
        bench.lastAskedSends(BODY, 100);
        delivers(bench, 2, former);
        bench.asked(1).sends(slice(BODY, 100, 1000));
        bench.settle();
        delivers(bench, 3, former);
        assertGets(client, BODY);
        TestClient next = bench.get(ITS_SIGNATURE);
        delivers(bench, 4, SIGNATURE);
        assertGets(next, SIGNATURE);

        assertGets(bench.get(ITS_SIGNATURE), SIGNATURE);

        assertThat(bench.askedCount()).isEqualTo(4);
        bench.assertNothingIsLeft();
    }

    @Test
    void signatureIsNotComparedWithTheWrongPackageThatItsOwnHasReplaced() throws IOException {
        DownloadBench bench = bench(1);
        byte[] rotten = body(1001);
        Files.createDirectories(bench.target(PACKAGE).getParent());
        Files.write(bench.target(PACKAGE), slice(rotten, 1, 1001));
        Files.setLastModifiedTime(bench.target(PACKAGE), FileTime.from(MODIFIED));
        bench.get(ITS_SIGNATURE);
        delivers(bench, 1, SIGNATURE);
        assertThat(bench.target(ITS_SIGNATURE))
                .as("it does not belong to that package")
                .doesNotExist();
        Files.delete(bench.target(PACKAGE));

        TestClient client = bench.get(PACKAGE);
        delivers(bench, 2, BODY);
        delivers(bench, 3, SIGNATURE);

        assertGets(client, BODY);
        assertGets(bench.get(ITS_SIGNATURE), SIGNATURE);
        assertThat(bench.askedCount()).isEqualTo(3);
        bench.assertNothingIsLeft();
    }

    @Test
    void signatureThatIsPutIntoTheCacheBetweenTheLooksOfAClientIsAHit() {
        DownloadBench bench = new DownloadBench(directory, 1);
        TestClient client = bench.get(PACKAGE);
        delivers(bench, 1, BODY);
        assertGets(client, BODY);
        TestClient first = bench.get(ITS_SIGNATURE);
        assertThat(bench.asked(2).responds(whole(SIGNATURE.length))).isTrue();
        bench.asked(2).sends(SIGNATURE);
        bench.asked(2).ends();
        // The first look finds nothing; then the download publishes, and leaves.
        bench.afterNextLook(bench::settle);

        TestClient second = bench.getUnsettled(ITS_SIGNATURE);

        assertGets(second, SIGNATURE);
        assertGets(first, SIGNATURE);
        assertThat(bench.askedCount()).isEqualTo(2);
        bench.assertNothingIsLeft();
    }

    @Test
    void signatureThatNobodyHasComparedYetIsNotAskedForAgainBetweenTheLooksOfAClient() {
        DownloadBench bench = bench(1);
        TestClient client = bench.get(PACKAGE);
        bench.lastAskedSends(BODY, 100);
        assertThat(bench.asked(2).responds(whole(SIGNATURE.length))).isTrue();
        bench.afterNextLook(() -> {
            bench.asked(2).sends(SIGNATURE);
            bench.asked(2).ends();
            bench.settle();
            bench.asked(1).sends(slice(BODY, 100, 999));
        });

        TestClient second = bench.getUnsettled(ITS_SIGNATURE);
        bench.settle();

        assertGets(second, SIGNATURE);
        bench.asked(1).sends(slice(BODY, 999, 1000));
        bench.settle();
        assertGets(client, BODY);
        assertThat(bench.askedCount()).isEqualTo(2);
        bench.assertNothingIsLeft();
    }

    @Test
    void endWhileTheSignatureIsWaitedForKeepsBothForLater() {
        DownloadBench bench = bench(1);
        TestClient client = bench.get(PACKAGE);
        delivers(bench, 1, BODY);
        bench.lastAskedSends(SIGNATURE, 50);

        bench.downloads.close();
        bench.settle();

        assertThat(client.reads().cutBecause().reason()).isEqualTo(Reason.ABANDONED);
        assertThat(client.received()).hasSize(999);
        client.leaves();
        assertThat(bench.asked(2).isCancelled()).isTrue();
        assertThat(bench.part(PACKAGE)).hasBinaryContent(BODY);
        assertThat(bench.part(ITS_SIGNATURE)).hasBinaryContent(slice(SIGNATURE, 0, 50));
        bench.assertNothingIsLeft();
    }
}
