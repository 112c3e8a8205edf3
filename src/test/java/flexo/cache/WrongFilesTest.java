package flexo.cache;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.alpm.RepositoryPath;
import flexo.testing.LogLines;
import flexo.testing.RefusingDisk;
import flexo.testing.SteppedTimer;
import flexo.testing.TestPaths;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.logging.Level;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A wrong file goes with its signature, but never from under a client that is about to open it. */
class WrongFilesTest {
    private static final RepositoryPath PACKAGE = TestPaths.path("core/os/x86_64/bash-5.2-1-x86_64.pkg.tar.zst");
    private static final String SHA256 = "ab".repeat(32);

    @TempDir
    private Path root;

    private final SteppedTimer timer = new SteppedTimer();
    private final OpenFiles openFiles = new OpenFiles();
    private final VerifiedFiles verified = new VerifiedFiles();
    private PackageCache cache;
    private WrongFiles wrong;
    private CacheEntry entry;

    @BeforeEach
    void putIntoCache() throws IOException {
        cache = new PackageCache(root);
        wrong = new WrongFiles(cache, openFiles, verified, timer, timer);
        Files.createDirectories(file(PACKAGE).getParent());
        Files.write(file(PACKAGE), new byte[100]);
        Files.write(file(PACKAGE.signature()), new byte[10]);
        entry = cache.find(PACKAGE).orElseThrow();
        verified.add(PACKAGE, entry.head(), SHA256);
    }

    private Path file(RepositoryPath path) {
        return root.resolve(path.toString());
    }

    private static boolean isDone(CompletionStage<Void> removal) {
        return removal.toCompletableFuture().isDone();
    }

    @Test
    void fileThatNobodyIsAboutToOpenGoesAtOnceWithItsSignature() {
        openFiles.begin(PACKAGE).settle();

        assertThat(isDone(wrong.remove(PACKAGE, entry))).isTrue();

        assertThat(file(PACKAGE)).doesNotExist();
        assertThat(file(PACKAGE.signature())).doesNotExist();
        assertThat(wrong.files()).isEqualTo(1);
        assertThat(wrong.bytes()).isEqualTo(100);
    }

    @Test
    void fileStaysUntilWhoHasFoundItHasOpenedIt() {
        OpenFiles.Use reader = openFiles.begin(PACKAGE);
        CompletionStage<Void> removal = wrong.remove(PACKAGE, entry);
        timer.advance(WrongFiles.PATIENCE.minusMillis(1));
        assertThat(file(PACKAGE)).exists();
        assertThat(isDone(removal)).isFalse();

        reader.settle();
        timer.runAll();

        assertThat(isDone(removal)).isTrue();
        assertThat(file(PACKAGE)).doesNotExist();
        reader.end();
        assertThat(openFiles.contains(PACKAGE)).isFalse();
    }

    @Test
    void whoNeverOpensItIsNotWaitedForLongerThanTheOthersCanBear() {
        OpenFiles.Use reader = openFiles.begin(PACKAGE.signature());
        CompletionStage<Void> removal = wrong.remove(PACKAGE, entry);

        timer.advance(WrongFiles.PATIENCE);

        assertThat(isDone(removal)).isTrue();
        assertThat(file(PACKAGE)).doesNotExist();
        reader.end();
        assertThat(openFiles.contains(PACKAGE.signature())).isFalse();
    }

    @Test
    void anotherFileThatHasTakenItsPlaceIsLeftAlone() throws IOException {
        Files.write(file(PACKAGE), new byte[99]);

        assertThat(isDone(wrong.remove(PACKAGE, entry))).isTrue();

        assertThat(file(PACKAGE)).exists();
        assertThat(wrong.files()).isZero();
        assertThat(openFiles.contains(PACKAGE)).isFalse();
    }

    @Test
    void fileThatTheDiskDoesNotLetGoIsTrustedNoMoreAndClientsNeedNotWait() throws IOException {
        // The one thing that root cannot remove either.
        Files.delete(file(PACKAGE.signature()));
        Files.createDirectories(file(PACKAGE.signature()).resolve("below"));

        assertThat(isDone(wrong.remove(PACKAGE, entry))).isTrue();

        assertThat(verified.contains(PACKAGE, entry.head(), SHA256)).isFalse();
        assertThat(openFiles.contains(PACKAGE)).isFalse();
    }

    @Test
    void fileThatTheDiskDoesNotLetGoIsToldOnceAndRemovedWhenItDoes() throws IOException {
        RefusingDisk disk = new RefusingDisk(0, "");
        cache = new PackageCache(disk.of(root));
        wrong = new WrongFiles(cache, openFiles, verified, timer, timer);
        CacheEntry found = cache.find(PACKAGE).orElseThrow();
        disk.readOnly(true);

        List<String> told = LogLines.of(WrongFiles.class, Level.WARNING, () -> {
            var first = wrong.remove(PACKAGE, found);
            var second = wrong.removeStuck(PACKAGE);
            assertThat(isDone(first) && isDone(second)).isTrue();
        });
        assertThat(told)
                .singleElement()
                .asString()
                .contains(PACKAGE.toString(), "user " + System.getProperty("user.name"), "Read-only file system");
        assertThat(wrong.signatureIsStuck(PACKAGE)).isTrue();

        disk.readOnly(false);
        assertThat(isDone(wrong.removeStuck(PACKAGE))).isTrue();
        assertThat(wrong.signatureIsStuck(PACKAGE)).isFalse();
        assertThat(file(PACKAGE)).doesNotExist();
        assertThat(file(PACKAGE.signature())).doesNotExist();
        assertThat(wrong.files()).isEqualTo(1);
    }

    @Test
    void fileThatSomebodyElseHasRemovedIsNotStuck() throws IOException {
        RefusingDisk disk = new RefusingDisk(0, "");
        cache = new PackageCache(disk.of(root));
        wrong = new WrongFiles(cache, openFiles, verified, timer, timer);
        disk.readOnly(true);
        var unused = wrong.remove(PACKAGE, cache.find(PACKAGE).orElseThrow());

        Files.delete(file(PACKAGE));
        Files.delete(file(PACKAGE.signature()));

        assertThat(wrong.signatureIsStuck(PACKAGE)).isFalse();
    }

    /** A wrong package that is gone, while its signature could not be removed. */
    private RefusingDisk diskThatKeepsTheSignature() throws IOException {
        RefusingDisk disk = new RefusingDisk(0, "");
        cache = new PackageCache(disk.of(root));
        wrong = new WrongFiles(cache, openFiles, verified, timer, timer);
        disk.keep(PACKAGE.signature().fileName());
        assertThat(isDone(wrong.remove(PACKAGE, cache.find(PACKAGE).orElseThrow())))
                .isTrue();
        assertThat(file(PACKAGE)).doesNotExist();
        return disk;
    }

    @Test
    void signatureThatTheDiskDoesNotLetGoIsStuckWhateverPackageComesBesideIt() throws IOException {
        RefusingDisk disk = diskThatKeepsTheSignature();
        assertThat(wrong.signatureIsStuck(PACKAGE)).isTrue();

        Files.write(file(PACKAGE), new byte[101]);
        assertThat(wrong.signatureIsStuck(PACKAGE)).isTrue();
        assertThat(isDone(wrong.removeStuck(PACKAGE))).isTrue();
        assertThat(wrong.signatureIsStuck(PACKAGE))
                .as("the disk still keeps it")
                .isTrue();

        disk.keep("");
        assertThat(isDone(wrong.removeStuck(PACKAGE))).isTrue();
        assertThat(wrong.signatureIsStuck(PACKAGE)).isFalse();
        assertThat(file(PACKAGE.signature())).doesNotExist();
        assertThat(file(PACKAGE)).as("the next one").exists();
        assertThat(wrong.files()).isEqualTo(1);
    }

    @Test
    void signatureThatHasTakenThePlaceOfAStuckOneIsLeftAlone() throws IOException {
        RefusingDisk disk = diskThatKeepsTheSignature();
        disk.keep("");

        Files.write(file(PACKAGE.signature()), new byte[11]);

        assertThat(wrong.signatureIsStuck(PACKAGE)).isFalse();
        assertThat(isDone(wrong.removeStuck(PACKAGE))).isTrue();
        assertThat(file(PACKAGE.signature())).exists();
    }

    @Test
    void nothingIsLeftOfWhatWasWaitedFor() {
        OpenFiles.Use reader = openFiles.begin(PACKAGE);
        var unused = wrong.remove(PACKAGE, entry);
        reader.end();
        timer.runAll();

        timer.advance(Duration.ofDays(1));

        assertThat(wrong.files()).isEqualTo(1);
        assertThat(openFiles.contains(PACKAGE)).isFalse();
    }
}
