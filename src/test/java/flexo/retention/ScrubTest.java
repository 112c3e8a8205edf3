package flexo.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import flexo.alpm.RepositoryPath;
import flexo.cache.CacheEntry;
import flexo.cache.FileDigest;
import flexo.cache.NoteFile;
import flexo.cache.OpenFiles;
import flexo.cache.PackageCache;
import flexo.cache.VerifiedFiles;
import flexo.cache.WrongFiles;
import flexo.repository.KnownPackages;
import flexo.repository.PackageFile;
import flexo.repository.RepositoryDatabase;
import flexo.testing.LogLines;
import flexo.testing.SteppedTimer;
import flexo.testing.TestPaths;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Cached packages are read slowly in the background, and those that rotted are removed. */
class ScrubTest {
    private static final String DIRECTORY = "core/os/x86_64";
    private static final int SIZE = 3 << 20;
    private static final int BYTES_PER_SECOND = 1 << 20;
    private static final Duration BREATH = Duration.ofMinutes(1);
    private static final Duration A_FILE = Duration.ofSeconds(3);
    private static final Duration ROUND = Duration.ofDays(30);
    private static final Instant START = Instant.parse("2026-05-01T12:00:00Z");

    @TempDir
    private Path root;

    private final SteppedTimer timer = new SteppedTimer();
    private final KnownPackages packages = new KnownPackages(KnownPackages.Limits.ofHeap(1 << 30), path -> false);
    private final VerifiedFiles verified = new VerifiedFiles();
    private final List<PackageFile> listed = new ArrayList<>();
    private final OpenFiles openFiles = new OpenFiles();
    private PackageCache cache;
    private WrongFiles wrong;

    private Scrub scrub() {
        return scrub(timer, () -> START.plusNanos(timer.nanoTime()));
    }

    private Scrub scrub(Executor storage, InstantSource clock) {
        cache = new PackageCache(root);
        wrong = new WrongFiles(cache, openFiles, verified, timer, timer);
        packages.put(TestPaths.path(DIRECTORY + "/core.db"), RepositoryDatabase.of(listed, Optional.empty()));
        return new Scrub(root, cache, packages, verified, wrong, BYTES_PER_SECOND, timer, storage, clock);
    }

    /** Caches a package that its database lists, with its signature. */
    private RepositoryPath cached(String name) throws IOException {
        RepositoryPath path = unlisted(name);
        listed.add(new PackageFile(path.fileName(), SIZE, FileDigest.of(file(path)), name, "1-1"));
        return path;
    }

    private RepositoryPath unlisted(String name) throws IOException {
        RepositoryPath path = TestPaths.path(DIRECTORY + "/" + name + "-1-1-any.pkg.tar.zst");
        byte[] bytes = new byte[SIZE];
        Arrays.fill(bytes, (byte) name.hashCode());
        Files.createDirectories(file(path).getParent());
        Files.write(file(path), bytes);
        Files.write(file(path.signature()), new byte[] {1});
        return path;
    }

    private Path file(RepositoryPath path) {
        return root.resolve(path.toString());
    }

    /** Flips a bit and leaves no trace of it, as disks do. */
    private void rot(RepositoryPath path) throws IOException {
        var time = Files.getLastModifiedTime(file(path));
        byte[] bytes = Files.readAllBytes(file(path));
        bytes[SIZE / 2] ^= 1;
        Files.write(file(path), bytes);
        Files.setLastModifiedTime(file(path), time);
    }

    private boolean isVerified(RepositoryPath path) throws IOException {
        PackageFile expected = packages.file(path).orElseThrow();
        return verified.contains(path, cache.find(path).orElseThrow().head(), expected.sha256());
    }

    @Test
    void endThatComesWhileAStepOpensAFileLeavesItNotOpen() throws Exception {
        RepositoryPath path = cached("bash");
        List<Thread> ends = new ArrayList<>();
        List<Scrub> scrubs = new ArrayList<>();
        scrubs.add(scrub(
                task -> {
                    if (Thread.holdsLock(ends)) {
                        Thread end = new Thread(task);
                        ends.add(end);
                        end.start();
                    } else {
                        timer.execute(task);
                    }
                },
                () -> {
                    synchronized (ends) {
                        scrubs.get(0).close();
                    }
                    Thread end = ends.get(0);
                    await().until(
                                    end::getState,
                                    state -> state == Thread.State.BLOCKED || state == Thread.State.TERMINATED);
                    return START;
                }));

        scrubs.get(0).start();
        timer.advance(BREATH);
        ends.get(0).join();

        assertThat(openFilesOfThisProcess()).doesNotContain(file(path).toRealPath());
    }

    private static List<Path> openFilesOfThisProcess() throws IOException {
        List<Path> open = new ArrayList<>();
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            for (Path descriptor : descriptors.toList()) {
                try {
                    open.add(Files.readSymbolicLink(descriptor));
                } catch (NoSuchFileException e) {
                    // Another thread has closed it meanwhile.
                }
            }
        }
        return open;
    }

    @Test
    void rottenFileIsRemovedWithItsSignatureAndOthersAreLeft() throws IOException {
        RepositoryPath good = cached("bash");
        RepositoryPath rotten = cached("zlib");
        RepositoryPath unlisted = unlisted("mine");
        rot(rotten);
        rot(unlisted);
        Scrub scrub = scrub();

        scrub.start();
        timer.advance(BREATH.plus(A_FILE).plus(A_FILE));

        assertThat(file(rotten)).doesNotExist();
        assertThat(file(rotten.signature())).doesNotExist();
        assertThat(file(good)).exists();
        assertThat(file(good.signature())).exists();
        assertThat(file(unlisted)).exists();
        assertThat(isVerified(good)).isTrue();
        assertThat(wrong.files()).isEqualTo(1);
    }

    @Test
    void filesAreReadNoFasterThanAllowed() throws IOException {
        RepositoryPath first = cached("bash");
        RepositoryPath second = cached("zlib");
        scrub().start();

        timer.advance(BREATH.plusMillis(2999));
        assertThat(isVerified(first)).isFalse();
        timer.advance(Duration.ofMillis(1));
        assertThat(isVerified(first)).isTrue();
        timer.advance(A_FILE.minusMillis(1));
        assertThat(isVerified(second)).isFalse();
        timer.advance(Duration.ofMillis(1));
        assertThat(isVerified(second)).isTrue();
    }

    @Test
    void nextRoundBeginsAMonthAfterTheFormerAndFindsWhatHasRottedSince() throws IOException {
        RepositoryPath path = cached("bash");
        scrub().start();
        timer.advance(BREATH.plus(A_FILE));
        assertThat(isVerified(path)).isTrue();
        rot(path);

        timer.advance(ROUND.minusHours(1));
        assertThat(file(path)).exists();
        timer.advance(Duration.ofHours(2));

        assertThat(file(path)).doesNotExist();
    }

    @Test
    void restartInTheMiddleGoesOnWhereItWas() throws IOException {
        for (int number = 0; number < 60; number++) {
            cached(String.format("p%02d", number));
        }
        Scrub before = scrub();
        before.start();
        timer.advance(BREATH.plus(A_FILE.multipliedBy(55)));
        before.close();
        timer.runAll();

        Scrub after = scrub();
        rot(TestPaths.path(DIRECTORY + "/p10-1-1-any.pkg.tar.zst"));
        rot(TestPaths.path(DIRECTORY + "/p58-1-1-any.pkg.tar.zst"));
        after.start();
        timer.advance(BREATH.plus(A_FILE.multipliedBy(10)));

        assertThat(wrong.files()).isEqualTo(1);
        assertThat(root.resolve(DIRECTORY + "/p58-1-1-any.pkg.tar.zst")).doesNotExist();
        assertThat(root.resolve(DIRECTORY + "/p10-1-1-any.pkg.tar.zst")).exists();
    }

    @Test
    void positionThatCannotBeReadOrWrittenIsToldOnceAndKeepsNothingFromBeingRead() throws IOException {
        Files.createDirectories(root.resolve("scrub/in-the-way"));
        for (int number = 0; number < 50; number++) {
            cached(String.format("p%03d", number));
        }
        RepositoryPath last = cached("zlib");
        Scrub scrub = scrub();

        List<String> lines = LogLines.of(NoteFile.class, Level.WARNING, () -> {
            scrub.start();
            timer.advance(BREATH.plus(A_FILE.multipliedBy(51)).plus(BREATH));
        });

        assertThat(isVerified(last)).isTrue();
        assertThat(lines)
                .as("though it is written after fifty files and at the end")
                .singleElement()
                .asString()
                .contains(root.resolve("scrub").toString());
    }

    @Test
    void restartBetweenTwoRoundsWaitsForTheNext() throws IOException {
        RepositoryPath path = cached("bash");
        Scrub before = scrub();
        before.start();
        timer.advance(BREATH.plus(A_FILE).plus(BREATH));
        before.close();
        timer.runAll();
        rot(path);

        scrub().start();
        timer.advance(Duration.ofDays(1));
        assertThat(file(path)).exists();
        timer.advance(ROUND);

        assertThat(file(path)).doesNotExist();
    }

    @Test
    void rottenFileThatAClientHasFoundIsRemovedWhenTheClientHasOpenedIt() throws IOException {
        RepositoryPath rotten = cached("bash");
        RepositoryPath next = cached("zlib");
        rot(rotten);
        scrub().start();
        OpenFiles.Use client = openFiles.begin(rotten);

        timer.advance(BREATH.plus(A_FILE));
        assertThat(file(rotten)).exists();
        client.settle();
        timer.runAll();

        assertThat(file(rotten)).doesNotExist();
        timer.advance(A_FILE);
        assertThat(isVerified(next)).as("others are read meanwhile").isTrue();
    }

    @Test
    void rottenFileIsTrustedNoMoreAlthoughItWasOnce() throws IOException {
        RepositoryPath path = cached("bash");
        scrub().start();
        timer.advance(BREATH.plus(A_FILE));
        CacheEntry entry = cache.find(path).orElseThrow();
        assertThat(isVerified(path)).isTrue();
        rot(path);

        timer.advance(ROUND.plusHours(2));

        assertThat(verified.contains(
                        path, entry.head(), packages.file(path).orElseThrow().sha256()))
                .isFalse();
    }

    @Test
    void fileThatIsReplacedWhileItIsReadIsLeftAlone() throws IOException {
        RepositoryPath path = cached("bash");
        rot(path);
        scrub().start();
        timer.advance(BREATH.plusSeconds(1));

        Files.delete(file(path));
        unlisted("bash");
        Files.setLastModifiedTime(file(path), FileTime.from(START));
        timer.advance(A_FILE);

        assertThat(file(path)).exists();
    }

    @Test
    void endLeavesNoFileOpenAndNothingScheduled() throws IOException {
        cached("bash");
        Scrub scrub = scrub();
        scrub.start();
        timer.advance(BREATH.plusSeconds(1));

        scrub.close();
        timer.runAll();
        timer.advance(BREATH);

        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            assertThat(descriptors.map(ScrubTest::target).filter(name -> name.startsWith(root.toString())))
                    .isEmpty();
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException e) {
            // The descriptor of the listing itself is gone by now.
            return "";
        }
    }
}
