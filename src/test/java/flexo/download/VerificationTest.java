package flexo.download;

import static flexo.download.DownloadBench.DATABASE;
import static flexo.download.DownloadBench.MODIFIED;
import static flexo.download.DownloadBench.OTHER_CLIENT;
import static flexo.download.DownloadBench.PACKAGE;
import static flexo.download.DownloadBench.body;
import static flexo.download.DownloadBench.signature;
import static flexo.download.DownloadBench.slice;
import static flexo.download.Responses.whole;
import static flexo.download.TestClient.assertGets;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import flexo.alpm.RepositoryPath;
import flexo.cache.FileDigest;
import flexo.download.Opened.Origin;
import flexo.repository.PackageFile;
import flexo.repository.RepositoryDatabase;
import flexo.testing.FileContent;
import flexo.testing.RefusingDisk;
import flexo.testing.TestPaths;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cached package is checked against its database before it is handed out. */
class VerificationTest {
    private static final byte[] BODY = body(1000);
    private static final byte[] REBUILT = slice(body(1001), 1, 1001);
    private static final String SHA256 = FileContent.of(BODY).sha256();

    @TempDir
    private Path directory;

    /** A bench with the package in its cache, beside its signature, and in its database. */
    private DownloadBench bench() throws IOException {
        DownloadBench bench = new DownloadBench(directory, 2);
        put(bench, BODY);
        Files.write(bench.target(PACKAGE.signature()), signature(BODY, 90));
        bench.list(BODY.length, SHA256);
        return bench;
    }

    private static void put(DownloadBench bench, byte[] bytes) throws IOException {
        Files.createDirectories(bench.target(PACKAGE).getParent());
        Files.write(bench.target(PACKAGE), bytes);
        Files.setLastModifiedTime(bench.target(PACKAGE), FileTime.from(MODIFIED));
    }

    private static byte[] flipped(byte[] whole) {
        byte[] wrong = whole.clone();
        wrong[whole.length / 2] ^= 1;
        return wrong;
    }

    @Test
    void fileIsReadBeforeItIsHandedOutForTheFirstTimeOnly() throws IOException {
        DownloadBench bench = bench();
        TestClient first = bench.getUnsettled(PACKAGE);
        assertThat(first.isAnswered()).isFalse();
        bench.settle();
        assertThat(first.opened().origin()).isEqualTo(Origin.HIT);
        assertGets(first, BODY);

        TestClient second = bench.getUnsettled(PACKAGE);

        assertThat(second.isAnswered()).as("without a look at its bytes").isTrue();
        assertGets(second, BODY);
        assertThat(bench.askedCount()).isZero();
        bench.assertNothingIsLeft();
    }

    @Test
    void fileIsReadOnceForAllWhoWait() throws IOException {
        DownloadBench bench = bench();
        TestClient first = bench.getUnsettled(PACKAGE);
        TestClient second = bench.getUnsettled(PACKAGE, OTHER_CLIENT);
        assertThat(bench.reading.pending()).isEqualTo(1);

        bench.settle();

        assertGets(first, BODY);
        assertGets(second, BODY);
        bench.assertNothingIsLeft();
    }

    @Test
    void downloadTakesItsStepsWhileFilesAreRead() throws IOException {
        DownloadBench bench = bench();
        TestClient waiting = bench.getUnsettled(PACKAGE);
        TestClient other = bench.getUnsettled(LARGE, OTHER_CLIENT);

        boolean busy = true;
        while (busy) {
            busy = bench.storage.runOne() || bench.connecting.runOne();
        }

        assertThat(bench.requests()).containsExactly("m1.example " + LARGE.fileName());
        assertThat(waiting.isAnswered()).as("before its file was read").isFalse();
        bench.lastAskedDelivers(BODY);
        assertGets(other, BODY);
        assertGets(waiting, BODY);
        bench.assertNothingIsLeft();
    }

    @Test
    void fileThatWasTouchedIsReadAgain() throws IOException {
        DownloadBench bench = bench();
        assertGets(bench.get(PACKAGE), BODY);
        Files.setLastModifiedTime(bench.target(PACKAGE), FileTime.from(MODIFIED.plusSeconds(1)));

        TestClient client = bench.getUnsettled(PACKAGE);

        assertThat(client.isAnswered()).isFalse();
        bench.settle();
        assertGets(client, BODY);
        bench.assertNothingIsLeft();
    }

    @Test
    void fileThatRottedIsRemovedWithItsSignatureAndFetchedAgain() throws IOException {
        DownloadBench bench = bench();
        put(bench, flipped(BODY));
        TestClient client = bench.get(PACKAGE);

        assertThat(client.isAnswered()).isFalse();
        assertThat(bench.fileNames()).isEmpty();
        assertThat(bench.requests()).containsExactly("m1.example " + PACKAGE.fileName());
        bench.lastAskedDelivers(BODY);

        assertThat(client.opened().origin()).isEqualTo(Origin.MISS);
        assertGets(client, BODY);
        assertThat(bench.target(PACKAGE)).hasBinaryContent(BODY);
        bench.assertNothingIsLeft();
    }

    @Test
    void fileThatWasRebuiltUnderItsNameIsFetchedAgain() throws IOException {
        DownloadBench bench = bench();
        assertGets(bench.get(PACKAGE), BODY);
        bench.list(REBUILT.length, FileContent.of(REBUILT).sha256());

        TestClient client = bench.get(PACKAGE);
        assertThat(client.isAnswered()).isFalse();
        bench.lastAskedDelivers(REBUILT);

        assertGets(client, REBUILT);
        assertThat(bench.target(PACKAGE)).hasBinaryContent(REBUILT);
        assertThat(bench.target(PACKAGE.signature()))
                .as("that of the former build")
                .doesNotExist();
        bench.assertNothingIsLeft();
    }

    @Test
    void fileOfAnotherSizeIsRemovedWithoutBeingRead() throws IOException {
        DownloadBench bench = bench();
        bench.list(1001, SHA256);

        bench.getUnsettled(PACKAGE);

        assertThat(bench.fileNames()).isEmpty();
    }

    @Test
    void fileThatNoDatabaseListsIsHandedOutUnread() throws IOException {
        DownloadBench bench = new DownloadBench(directory, 1);
        put(bench, BODY);

        TestClient client = bench.getUnsettled(PACKAGE);

        assertThat(client.opened().origin()).isEqualTo(Origin.HIT);
        assertGets(client, BODY);
    }

    @Test
    void signatureIsComparedWithItsPackageOnce() throws IOException {
        DownloadBench bench = bench();

        TestClient first = bench.getUnsettled(PACKAGE.signature());
        assertThat(first.isAnswered()).isFalse();
        bench.settle();

        assertThat(first.opened().origin()).isEqualTo(Origin.HIT);
        assertThat(bench.getUnsettled(PACKAGE.signature()).opened().origin()).isEqualTo(Origin.HIT);
    }

    @Test
    void signatureOfAnotherBuildIsRemovedAndAskedOfEachMirror() throws IOException {
        DownloadBench bench = bench();
        Files.write(bench.target(PACKAGE.signature()), signature(REBUILT, 90));

        TestClient client = bench.get(PACKAGE.signature());
        bench.lastAskedDelivers(signature(REBUILT, 91));
        assertThat(client.isAnswered())
                .as("the other mirror may have the right one")
                .isFalse();
        assertThat(bench.mirrors.reports(1)).doesNotContain("failed WRONG_CONTENT");
        bench.lastAskedDelivers(signature(BODY, 92));

        assertGets(client, signature(BODY, 92));
        assertGets(bench.get(PACKAGE.signature()), signature(BODY, 92));
        assertThat(bench.askedCount()).isEqualTo(2);
        assertThat(bench.wrong.files()).isEqualTo(1);
        bench.assertNothingIsLeft();
    }

    @Test
    void signatureThatNoMirrorHasBetterIsGivenButNotKept() throws IOException {
        DownloadBench bench = bench();
        Files.delete(bench.target(PACKAGE.signature()));

        for (byte[] wrong : new byte[][] {signature(REBUILT, 90), body(80)}) {
            TestClient client = bench.get(PACKAGE.signature());
            bench.lastAskedDelivers(wrong);
            bench.lastAskedDelivers(wrong);

            assertGets(client, wrong);
            assertThat(client.opened().origin()).isEqualTo(Origin.MISS);
            assertThat(bench.target(PACKAGE.signature())).doesNotExist();
        }
        TestClient later = bench.get(PACKAGE.signature());
        bench.lastAskedDelivers(signature(BODY, 90));
        assertGets(later, signature(BODY, 90));
        assertThat(bench.target(PACKAGE.signature())).exists();
        bench.assertNothingIsLeft();
    }

    @Test
    void textIsNoSignatureForAnybody() throws IOException {
        DownloadBench bench = bench();
        byte[] text = "Rate limit exceeded, try again in 60 seconds\n".getBytes(StandardCharsets.UTF_8);
        Files.write(bench.target(PACKAGE.signature()), text);

        TestClient client = bench.get(PACKAGE.signature());
        bench.lastAskedDelivers(text);
        bench.lastAskedDelivers(text);

        assertThat(client.refusal().reason()).isEqualTo(DownloadFailure.Reason.BAD_ANSWERS);
        assertThat(bench.target(PACKAGE.signature())).doesNotExist();
        bench.assertNothingIsLeft();
    }

    @Test
    void nothingLongerThanLibalpmTakesIsASignature() throws IOException {
        DownloadBench bench = bench();
        Files.write(bench.target(PACKAGE.signature()), signature(BODY, (16 << 10) + 1));

        TestClient client = bench.get(PACKAGE.signature());
        assertThat(bench.client.last().responds(whole((16 << 10) + 1))).isFalse();
        bench.settle();
        bench.lastAskedDelivers(signature(BODY, 16 << 10));

        assertGets(client, signature(BODY, 16 << 10));
    }

    @Test
    void packageIsReadOnceForAllSignatures() throws IOException {
        DownloadBench bench = bench();
        bench.get(PACKAGE.signature());
        // Of the same size and time: whoever reads it again finds something else.
        put(bench, REBUILT);
        Files.write(bench.target(PACKAGE.signature()), signature(BODY, 91));

        assertThat(bench.get(PACKAGE.signature()).opened().origin()).isEqualTo(Origin.HIT);
    }

    @Test
    void headOfAFileThatRottedIsAskedOfAMirror() throws IOException {
        DownloadBench bench = bench();
        put(bench, flipped(BODY));

        bench.head(PACKAGE);

        assertThat(bench.asked(1).request().headOnly()).isTrue();
        assertThat(bench.fileNames()).isEmpty();
    }

    @Test
    void readerOfAFileThatIsRemovedReadsOn() throws IOException {
        DownloadBench bench = bench();
        TestClient reader = bench.get(PACKAGE);
        assertThat(reader.content().read(0, java.nio.ByteBuffer.allocate(10), () -> {}))
                .isEqualTo(10);
        bench.list(REBUILT.length, FileContent.of(REBUILT).sha256());
        bench.get(PACKAGE);
        assertThat(bench.fileNames()).isEmpty();

        assertGets(reader, BODY);
    }

    @Test
    void fileThatAClientHasFoundIsNotRemovedBeforeTheClientHasOpenedIt() throws IOException {
        DownloadBench bench = bench();
        TestClient finder = bench.get(PACKAGE);
        bench.list(REBUILT.length, FileContent.of(REBUILT).sha256());
        TestClient next = bench.get(PACKAGE, OTHER_CLIENT);
        assertThat(bench.target(PACKAGE))
                .as("what the container is about to open")
                .hasBinaryContent(BODY);
        assertThat(next.isAnswered()).isFalse();
        assertThat(bench.askedCount()).isZero();

        assertGets(finder, BODY);
        bench.settle();
        assertThat(bench.target(PACKAGE)).doesNotExist();
        bench.lastAskedDelivers(REBUILT);

        assertGets(next, REBUILT);
        assertThat(bench.target(PACKAGE)).hasBinaryContent(REBUILT);
        bench.assertNothingIsLeft();
    }

    @Test
    void fileThatIsTooShortIsNotRemovedFromUnderItsFinderEither() throws IOException {
        DownloadBench bench = bench();
        TestClient finder = bench.get(PACKAGE);
        bench.list(1001, SHA256);

        TestClient next = bench.get(PACKAGE, OTHER_CLIENT);

        assertThat(bench.target(PACKAGE)).exists();
        assertThat(next.isAnswered()).isFalse();
        assertGets(finder, BODY);
        bench.settle();
        assertThat(bench.target(PACKAGE)).doesNotExist();
        assertThat(bench.askedCount()).isEqualTo(1);
    }

    // A disk that does not let go what is wrong.

    @Test
    void wrongFileThatCannotBeRemovedIsNeverGivenNorIsItsSignature() throws IOException {
        RefusingDisk disk = new RefusingDisk(1 << 20, "No space left on device");
        DownloadBench bench = new DownloadBench(disk.of(directory), 1);
        put(bench, flipped(BODY));
        Files.write(bench.target(PACKAGE.signature()), signature(BODY, 90));
        bench.list(BODY.length, SHA256);
        disk.readOnly(true);

        for (int i = 0; i < 2; i++) {
            TestClient client = bench.get(PACKAGE);
            assertThat(client.isAnswered()).isFalse();
            bench.lastAskedDeliversUnkept(client, BODY);
            assertGets(client, BODY);
            TestClient signature = bench.get(PACKAGE.signature());
            assertThat(signature.isAnswered())
                    .as("with a signature of other bytes pacman refuses the package")
                    .isFalse();
            bench.lastAskedDeliversUnkept(signature, signature(BODY, 91));
            assertGets(signature, signature(BODY, 91));
        }

        disk.readOnly(false);
        TestClient client = bench.get(PACKAGE);
        assertThat(bench.fileNames()).isEmpty();
        bench.lastAskedDelivers(BODY);
        assertGets(client, BODY);
        TestClient signature = bench.get(PACKAGE.signature());
        bench.lastAskedDelivers(signature(BODY, 91));
        assertGets(signature, signature(BODY, 91));
        assertThat(bench.get(PACKAGE.signature()).opened().origin()).isEqualTo(Origin.HIT);
    }

    @Test
    void signatureThatCannotBeRemovedIsNotGivenWithTheNextPackage() throws IOException {
        RefusingDisk disk = new RefusingDisk(1 << 20, "No space left on device");
        DownloadBench bench = new DownloadBench(disk.of(directory), 1);
        put(bench, flipped(BODY));
        Files.write(bench.target(PACKAGE.signature()), signature(BODY, 90));
        bench.list(BODY.length, SHA256);
        disk.keep(PACKAGE.signature().fileName());

        TestClient client = bench.get(PACKAGE);
        bench.lastAskedDelivers(BODY);
        assertGets(client, BODY);
        assertThat(bench.fileNames())
                .containsExactly(PACKAGE.fileName(), PACKAGE.signature().fileName());
        TestClient signature = bench.get(PACKAGE.signature());
        assertThat(signature.isAnswered())
                .as("with that of another file pacman refuses the package")
                .isFalse();
        bench.lastAskedDelivers(signature(BODY, 91));

        assertGets(signature, signature(BODY, 91));
        assertThat(bench.get(PACKAGE.signature()).opened().origin())
                .as("now that another lies there")
                .isEqualTo(Origin.HIT);
    }

    @Test
    void fileThatSomebodyRemovesBeforeItIsReadIsFetched() throws IOException {
        DownloadBench bench = bench();
        TestClient client = bench.getUnsettled(PACKAGE);
        Files.delete(bench.target(PACKAGE));

        bench.settle();
        assertThat(client.isAnswered()).isFalse();
        bench.lastAskedDelivers(BODY);

        assertGets(client, BODY);
        bench.assertNothingIsLeft();
    }

    @Test
    void fileThatSomebodyReplacesWhileItIsReadIsLeftAlone() throws IOException {
        DownloadBench bench = bench();
        put(bench, flipped(BODY));
        TestClient client = bench.getUnsettled(PACKAGE);
        Files.write(bench.target(PACKAGE), slice(BODY, 0, 999));

        bench.settle();

        assertThat(client.isAnswered()).isFalse();
        assertThat(bench.target(PACKAGE)).hasBinaryContent(slice(BODY, 0, 999));
    }

    // Files that take long to read.

    private static final RepositoryPath LARGE = TestPaths.path("core/os/x86_64/large-1-1-x86_64.pkg.tar.zst");
    private static final long LARGE_BYTES = (64L << 20) + 1;

    private DownloadBench benchWithLarge(String sha256) throws IOException {
        DownloadBench bench = new DownloadBench(directory, 1);
        Files.createDirectories(bench.target(LARGE).getParent());
        try (RandomAccessFile file = new RandomAccessFile(bench.target(LARGE).toFile(), "rw")) {
            file.setLength(LARGE_BYTES);
        }
        PackageFile listed = new PackageFile(
                LARGE.fileName(),
                LARGE_BYTES,
                sha256.isEmpty() ? FileDigest.of(bench.target(LARGE)) : sha256,
                "large",
                "1-1");
        bench.packages.put(DATABASE, RepositoryDatabase.of(List.of(listed), Optional.empty()));
        return bench;
    }

    @Test
    void largeFileIsHandedOutWhileItIsReadButForItsLastByte() throws IOException {
        DownloadBench bench = benchWithLarge("");
        TestClient client = bench.getUnsettled(LARGE);
        AtomicInteger wakes = new AtomicInteger();
        ByteBuffer some = ByteBuffer.allocate(10);

        assertThat(client.opened().origin()).isEqualTo(Origin.HIT);
        assertThat(client.content().wholeFile()).as("for the container").isEmpty();
        assertThat(client.content().read(LARGE_BYTES - 5, some, wakes::incrementAndGet))
                .isEqualTo(4);
        assertThat(client.content().read(LARGE_BYTES - 1, some, wakes::incrementAndGet))
                .isZero();
        assertThat(wakes).hasValue(0);

        bench.settle();

        assertThat(wakes).hasValue(1);
        assertThat(client.content().read(LARGE_BYTES - 1, some, wakes::incrementAndGet))
                .isEqualTo(1);
        assertThat(client.content().wholeFile()).contains(bench.target(LARGE));
        client.leaves();
        assertThat(bench.get(LARGE).content().wholeFile()).isPresent();
        assertThat(bench.askedCount()).isZero();
    }

    @Test
    void largeFileThatIsWrongNeverLooksWholeAndIsFetchedAgain() throws IOException {
        DownloadBench bench = benchWithLarge(SHA256);
        TestClient client = bench.getUnsettled(LARGE);
        AtomicInteger wakes = new AtomicInteger();
        ByteBuffer last = ByteBuffer.allocate(1);
        assertThat(client.content().read(LARGE_BYTES - 1, last, wakes::incrementAndGet))
                .isZero();

        bench.settle();

        assertThat(wakes).hasValue(1);
        assertThatIOException()
                .isThrownBy(() -> client.content().read(LARGE_BYTES - 1, last, wakes::incrementAndGet))
                .withMessageContaining("not the one that the database demands");
        client.leaves();
        assertThat(bench.target(LARGE)).doesNotExist();
        assertThat(bench.get(LARGE).isAnswered()).isFalse();
        assertThat(bench.askedCount()).isEqualTo(1);
    }

    @Test
    void readerOfALargeFileThatLeavesIsNotWoken() throws IOException {
        DownloadBench bench = benchWithLarge("");
        TestClient client = bench.getUnsettled(LARGE);
        AtomicInteger wakes = new AtomicInteger();
        Runnable onMore = wakes::incrementAndGet;
        assertThat(client.content().read(LARGE_BYTES - 1, ByteBuffer.allocate(1), onMore))
                .isZero();

        client.content().forget(onMore);
        client.leaves();
        bench.settle();

        assertThat(wakes).hasValue(0);
    }
}
