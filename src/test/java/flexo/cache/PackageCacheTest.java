package flexo.cache;

import static flexo.testing.TestPaths.path;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import flexo.alpm.RepositoryPath;
import flexo.testing.JavaProcess;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PackageCacheTest {
    private static final RepositoryPath VIM = path("extra/os/x86_64/vim-9.1-1-x86_64.pkg.tar.zst");
    private static final Instant BUILT = Instant.parse("2025-01-01T00:00:00Z");

    @TempDir
    Path root;

    private PackageCache cache;
    private Path directory;
    private Path target;
    private Path part;
    private Path promise;
    private Path flexoSize;

    @BeforeEach
    void place() throws IOException {
        cache = new PackageCache(root);
        target = root.resolve(VIM.toString());
        directory = target.getParent();
        part = directory.resolve("." + VIM.fileName() + ".part");
        promise = directory.resolve("." + VIM.fileName() + ".head");
        flexoSize = directory.resolve("." + VIM.fileName() + ".cfs");
        Files.createDirectories(directory);
    }

    // Whole files.

    @Test
    void fileThatMayNotBeReadIsNotThere() throws Exception {
        Files.writeString(target, "whole");
        assertThat(JavaProcess.runWithoutPrivileges(OneLook.class, root.toString(), VIM.toString()))
                .isEqualTo(new JavaProcess(0, "true"));

        Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("-w-------"));

        assertThat(JavaProcess.runWithoutPrivileges(OneLook.class, root.toString(), VIM.toString()))
                .isEqualTo(new JavaProcess(0, "false"));
    }

    @Test
    void fileOfAMirrorsLayoutIsAHit() throws IOException {
        Files.writeString(target, "whole");
        Files.setLastModifiedTime(target, FileTime.from(BUILT.plusMillis(789)));

        assertThat(cache.find(VIM)).contains(new CacheEntry(target, new ContentHead(5, BUILT)));
    }

    @Test
    void hitIsReadFromAnyPositionToItsEnd() throws IOException {
        Files.writeString(target, "0123456789");

        try (Content content = cache.find(VIM).orElseThrow().open()) {
            assertThat(content.wholeFile()).contains(target);
            assertThat(content.source()).isEqualTo("cache");
            assertThat(read(content, 0, 4)).isEqualTo("0123");
            assertThat(read(content, 7, 100)).isEqualTo("789");
            assertThatIOException()
                    .isThrownBy(() -> read(content, 10, 1))
                    .withMessageContaining("cut short at byte 10");
        }
    }

    @Test
    void fileThatIsRemovedOrReplacedWhileItIsReadStaysReadable() throws IOException {
        Files.writeString(target, "the old bytes");
        try (Content content = cache.find(VIM).orElseThrow().open()) {
            assertThat(read(content, 0, 3)).isEqualTo("the");

            Files.delete(target);
            Files.writeString(target, "other content");

            assertThat(read(content, 4, 100)).isEqualTo("old bytes");
        }
    }

    @Test
    void fileThatIsNotThereIsAMiss() throws IOException {
        assertThat(cache.find(VIM)).isEmpty();
        assertThat(cache.find(path("nowhere/at/all/vim.pkg.tar.zst"))).isEmpty();
        assertThat(new PackageCache(root.resolve("not made yet")).find(VIM)).isEmpty();
    }

    @Test
    void noLinkThatLeadsOutIsFollowed() throws IOException {
        Path outside = Files.createDirectories(root.resolveSibling(root.getFileName() + "-outside"));
        Files.writeString(outside.resolve(VIM.fileName()), "a secret");
        Files.createSymbolicLink(root.resolve("linked"), outside);
        Files.createSymbolicLink(target, outside.resolve(VIM.fileName()));
        RepositoryPath throughLink = path("linked/" + VIM.fileName());

        assertThat(cache.find(VIM)).isEmpty();
        assertThat(cache.find(throughLink)).isEmpty();
        Files.writeString(outside.resolve("." + VIM.fileName() + ".part"), "half");
        Files.writeString(outside.resolve("." + VIM.fileName() + ".head"), "10\n-\n");
        assertThat(cache.leftover(throughLink)).isEmpty();
        for (String name : new String[] {"linked/new-1-1-any.pkg.tar.zst", "linked/made/new-1-1-any.pkg.tar.zst"}) {
            assertThatIOException()
                    .isThrownBy(() -> cache.create(path(name), new ContentHead(1, BUILT)))
                    .withMessageContaining("leads out of the cache directory");
        }
        Files.writeString(outside.resolve("core.db"), "database");
        assertThat(new Generations(root).load(path("linked/core.db"))).isEmpty();
        try (Stream<Path> files = Files.list(outside)) {
            assertThat(files).hasSize(4);
        }
    }

    @Test
    void downloadTakesThePlaceOfALinkThatLeadsOut() throws IOException {
        Path outside = Files.writeString(root.resolveSibling(root.getFileName() + "-file"), "a secret");
        Files.createSymbolicLink(target, outside);

        try (PartFile file = cache.create(VIM, new ContentHead(5, BUILT))) {
            file.write(ByteBuffer.wrap("whole".getBytes(UTF_8)), 0);
            file.publish(new ContentHead(5, BUILT));
        }

        assertThat(outside).hasContent("a secret");
        assertThat(target).isRegularFile().hasContent("whole");
        assertThat(Files.isSymbolicLink(target)).isFalse();
    }

    @Test
    void linkThatStaysInsideIsFollowed() throws IOException {
        Files.createDirectories(root.resolve("custom_repo"));
        Files.writeString(target, "whole");
        Files.createSymbolicLink(root.resolve("custom_repo/same"), directory);

        assertThat(cache.find(path("custom_repo/same/" + VIM.fileName()))).isPresent();
    }

    @Test
    void emptyFileIsAMiss() throws IOException {
        Files.createFile(target);

        assertThat(cache.find(VIM)).isEmpty();
    }

    @Test
    void directoryIsAMiss() throws IOException {
        assertThat(cache.find(path("extra/os/x86_64"))).isEmpty();
    }

    @Test
    void fileBelowAFileIsAMiss() throws IOException {
        Files.writeString(target, "whole");

        assertThat(cache.find(path(VIM + "/deeper/still"))).isEmpty();
    }

    @Test
    void partFileIsNoHit() throws IOException {
        write(cache.create(VIM, new ContentHead(4, BUILT)), "1234");

        assertThat(cache.find(VIM)).isEmpty();
    }

    @Test
    void linkToAFileIsAHitAndOneToNowhereIsAMiss() throws IOException {
        Path pool = Files.writeString(root.resolve("pool"), "whole");
        Files.createSymbolicLink(target, pool);
        assertThat(cache.find(VIM).map(CacheEntry::head).map(ContentHead::lengthBytes))
                .contains(5L);

        Files.delete(pool);
        assertThat(cache.find(VIM)).isEmpty();
    }

    @Test
    void linkInACircleIsAMiss() throws IOException {
        Files.createSymbolicLink(target, target);

        assertThat(cache.find(VIM)).isEmpty();
    }

    @Test
    void directoryThatMayNotBeReadIsAMiss() throws Exception {
        Files.writeString(target, "whole");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("---------"));
        try {
            assertThat(JavaProcess.runWithoutPrivileges(OneLook.class, root.toString(), VIM.toString()))
                    .isEqualTo(new JavaProcess(0, "false"));
        } finally {
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        }
    }

    // Room.

    @Test
    void thereIsRoomWhereNothingIsYet() {
        assertThat(cache.hasRoomFor(VIM)).isTrue();
        assertThat(cache.hasRoomFor(path("a/b/c/d"))).isTrue();
        assertThat(new PackageCache(root.resolve("not/made/yet")).hasRoomFor(VIM))
                .isTrue();
    }

    @Test
    void thereIsRoomForAFileThatIsThere() throws IOException {
        Files.writeString(target, "whole");

        assertThat(cache.hasRoomFor(VIM)).isTrue();
    }

    @Test
    void thereIsNoRoomInPlaceOfADirectoryOrBelowAFile() throws IOException {
        Files.writeString(target, "whole");

        assertThat(cache.hasRoomFor(path("extra/os"))).isFalse();
        assertThat(cache.hasRoomFor(path(VIM + "/deeper"))).isFalse();
        assertThat(cache.hasRoomFor(path(VIM + "/deeper/still"))).isFalse();
    }

    /** What earlier versions kept when somebody asked for a directory ended the caching of all below it. */
    @Test
    void whatAMirrorShowedOfADirectoryGivesWayToIt() throws IOException {
        Files.writeString(root.resolve("core"), "<html>");
        RepositoryPath below = path("core/os/x86_64/core.db");

        assertThat(cache.hasRoomFor(below)).isTrue();
        cache.create(below, new ContentHead(1, BUILT)).close();

        assertThat(root.resolve("core/os/x86_64")).isDirectory();
    }

    // What an earlier download left.

    @Test
    void leftoverWithAHoleIsContinuedFromTheFrontOfTheHole() throws IOException {
        try (PartFile left = cache.create(VIM, new ContentHead(10, BUILT))) {
            write(left, "012");
            left.noteWholeUpTo(OptionalLong.of(2));
            left.write(bytes("89"), 8);
        }

        Leftover leftover = cache.leftover(VIM).orElseThrow();
        assertThat(leftover.lengthBytes()).isEqualTo(2);
        assertThat(Files.size(leftover.file().file())).isEqualTo(2);
        leftover.file().close();
        Leftover again = cache.leftover(VIM).orElseThrow();
        assertThat(again.promise()).as("there is none any more").isEqualTo(new PartPromise(10, Optional.of(BUILT)));
        again.file().close();
    }

    @Test
    void leftoverWithAHoleAtItsFrontIsNotContinued() throws IOException {
        try (PartFile left = cache.create(VIM, new ContentHead(10, BUILT))) {
            left.noteWholeUpTo(OptionalLong.of(0));
            left.write(bytes("89"), 8);
        }

        assertThat(cache.leftover(VIM)).isEmpty();
    }

    @Test
    void leftoverWhoseHoleWasFilledIsContinuedAtItsEnd() throws IOException {
        try (PartFile left = cache.create(VIM, new ContentHead(10, BUILT))) {
            write(left, "012");
            left.noteWholeUpTo(OptionalLong.of(2));
            left.noteWholeUpTo(OptionalLong.empty());
        }

        Leftover leftover = cache.leftover(VIM).orElseThrow();
        assertThat(leftover.lengthBytes()).isEqualTo(3);
        leftover.file().close();
    }

    @Test
    void whatADownloadLeftIsContinued() throws IOException {
        try (PartFile left = cache.create(VIM, new ContentHead(10, BUILT))) {
            write(left, "01234");
        }

        Leftover leftover = cache.leftover(VIM).orElseThrow();
        assertThat(leftover.lengthBytes()).isEqualTo(5);
        assertThat(leftover.promise()).isEqualTo(new PartPromise(10, Optional.of(BUILT)));
        try (PartFile continued = leftover.file()) {
            continued.write(bytes("56789"), 5);
            CacheEntry entry = continued.publish(new ContentHead(10, BUILT));
            assertThat(entry.file()).isEqualTo(target).hasContent("0123456789");
        }
        assertThat(cache.leftover(VIM)).isEmpty();
    }

    @Test
    void wholePartFileThatWasNotPublishedIsLeftToo() throws IOException {
        try (PartFile left = cache.create(VIM, new ContentHead(4, BUILT))) {
            write(left, "1234");
        }
        assertThat(lengthOfLeftover()).contains(4L);
    }

    @Test
    void nothingIsLeftWhereThereWasNoDownload() throws IOException {
        assertThat(lengthOfLeftover()).isEmpty();
        assertThat(new PackageCache(root.resolve("not made yet")).leftover(VIM)).isEmpty();
    }

    @Test
    void partFileWithoutAPromiseIsNotContinued() throws IOException {
        leave("01234", null);

        assertThat(lengthOfLeftover()).isEmpty();
    }

    @Test
    void promiseWithoutAPartFileIsNotContinued() throws IOException {
        Files.writeString(promise, "10\n2025-01-01T00:00:00Z\n");

        assertThat(lengthOfLeftover()).isEmpty();
    }

    @Test
    void partFileLongerThanItsPromiseIsNotContinued() throws IOException {
        leave("01234567890", "10\n2025-01-01T00:00:00Z\n");

        assertThat(lengthOfLeftover()).isEmpty();
    }

    @Test
    void emptyPartFileIsNotContinued() throws IOException {
        leave("", "10\n2025-01-01T00:00:00Z\n");

        assertThat(lengthOfLeftover()).isEmpty();
    }

    @Test
    void directoryInPlaceOfThePartFileIsNotContinued() throws IOException {
        Files.writeString(promise, "10\n2025-01-01T00:00:00Z\n");
        Files.createDirectory(part);

        assertThat(lengthOfLeftover()).isEmpty();
    }

    /** A crash may leave any front of it; none may be taken for another promise. */
    @ParameterizedTest
    @MethodSource("lengthsOfTheTornPromise")
    void promiseTornAtAnyByteIsNoPromise(int length) throws IOException {
        String whole = "1234567\n2025-01-01T00:00:00Z\n";
        leave("01234", whole.substring(0, length));

        boolean onlyTheLineEndIsMissing = length >= whole.length() - 1;
        assertThat(lengthOfLeftover().isPresent()).isEqualTo(onlyTheLineEndIsMissing);
    }

    static Stream<Integer> lengthsOfTheTornPromise() {
        return Stream.iterate(0, length -> length + 1).limit("1234567\n2025-01-01T00:00:00Z\n".length() + 1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10",
                "10\n\n",
                "10\nyesterday\n",
                "ten\n2025-01-01T00:00:00Z\n",
                "99999999999999999999\n2025-01-01T00:00:00Z\n",
                "-10\n2025-01-01T00:00:00Z\n",
                "0\n-\n",
                "\0\0\0\0\0\0\0\0\0\0",
            })
    void promiseThatMakesNoSenseIsNoPromise(String text) throws IOException {
        leave("01234", text);

        assertThat(lengthOfLeftover()).isEmpty();
    }

    @Test
    void promiseOfOtherBytesThanTextIsNoPromise() throws IOException {
        leave("01234", null);
        Files.write(promise, new byte[] {(byte) 0xff, (byte) 0xfe, 0, 1});

        assertThat(lengthOfLeftover()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "10, 2025-01-01T00:00:00Z, true",
        "11, 2025-01-01T00:00:00Z, false",
        "10, 2025-01-01T00:00:01Z, false",
    })
    void promiseHoldsForTheSameLengthAndTime(long length, Instant time, boolean agrees) {
        PartPromise kept = new PartPromise(10, Optional.of(BUILT));

        assertThat(kept.agreesWith(new ContentHead(length, time))).isEqualTo(agrees);
    }

    @Test
    void promiseWithoutATimeHoldsForEveryTime() {
        PartPromise ofFlexo = new PartPromise(10, Optional.empty());

        assertThat(ofFlexo.agreesWith(new ContentHead(10, BUILT))).isTrue();
        assertThat(ofFlexo.agreesWith(new ContentHead(11, BUILT))).isFalse();
    }

    // A directory of Flexo.

    @Test
    void wholeFileOfFlexoIsAHit() throws IOException {
        Files.writeString(target, "0123456789");
        Files.writeString(flexoSize, "10\n");

        assertThat(cache.find(VIM)).isPresent();
        assertThat(lengthOfLeftover()).isEmpty();
        assertThat(target).hasContent("0123456789");
    }

    @Test
    void partialFileOfFlexoIsAMissAndIsContinued() throws IOException {
        Files.writeString(target, "01234");
        Files.writeString(flexoSize, "10\n");
        assertThat(cache.find(VIM)).isEmpty();

        Leftover leftover = cache.leftover(VIM).orElseThrow();

        assertThat(leftover.lengthBytes()).isEqualTo(5);
        assertThat(leftover.promise()).isEqualTo(new PartPromise(10, Optional.empty()));
        assertThat(target).doesNotExist();
        assertThat(flexoSize).doesNotExist();
        assertThat(part).hasContent("01234");
        leftover.file().close();
        assertThat(lengthOfLeftover()).as("taken over for good").contains(5L);
    }

    @Test
    void partialFileOfFlexoReplacesAnOlderPartFile() throws IOException {
        leave("of another", "20\n2025-01-01T00:00:00Z\n");
        Files.writeString(target, "01234");
        Files.writeString(flexoSize, "10\n");

        assertThat(lengthOfLeftover()).contains(5L);
        assertThat(part).hasContent("01234");
    }

    @ParameterizedTest
    @ValueSource(strings = {"9\n", "0\n", "-1\n", "", "ten\n", "1 0\n", "99999999999999999999\n", "\0\0\0"})
    void fileOfFlexoThatFitsNoNoteIsAMissAndIsFetchedAgain(String note) throws IOException {
        Files.writeString(target, "0123456789");
        Files.writeString(flexoSize, note);
        assertThat(cache.find(VIM)).isEmpty();

        assertThat(lengthOfLeftover()).isEmpty();
        assertThat(target).doesNotExist();
        assertThat(flexoSize).doesNotExist();
    }

    @Test
    void noteOfFlexoThatIsNoTextIsAMissAndNoError() throws IOException {
        Files.writeString(target, "0123456789");
        Files.write(flexoSize, new byte[] {(byte) 0xff, (byte) 0xfe, 0, 1});
        assertThat(cache.find(VIM)).isEmpty();

        assertThat(lengthOfLeftover()).isEmpty();
        assertThat(target).doesNotExist();
    }

    @Test
    void emptyFileOfFlexoIsFetchedFromItsStart() throws IOException {
        Files.createFile(target);
        Files.writeString(flexoSize, "10\n");
        assertThat(cache.find(VIM)).isEmpty();

        assertThat(lengthOfLeftover()).isEmpty();
        assertThat(target).doesNotExist();
    }

    @Test
    void noteOfFlexoWithoutItsFileIsAMiss() throws IOException {
        Files.writeString(flexoSize, "10\n");

        assertThat(cache.find(VIM)).isEmpty();
        assertThat(lengthOfLeftover()).isEmpty();
    }

    private void leave(String bytes, String promised) throws IOException {
        Files.writeString(part, bytes);
        if (promised != null) {
            Files.writeString(promise, promised);
        }
    }

    private Optional<Long> lengthOfLeftover() throws IOException {
        Optional<Leftover> leftover = cache.leftover(VIM);
        if (leftover.isPresent()) {
            leftover.get().file().close();
        }
        return leftover.map(Leftover::lengthBytes);
    }

    private static void write(PartFile file, String text) throws IOException {
        file.write(bytes(text), 0);
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(UTF_8));
    }

    private static String read(Content content, long position, int atMost) throws IOException {
        ByteBuffer target = ByteBuffer.allocate(atMost);
        int count = content.read(position, target, () -> {});
        return new String(target.array(), 0, count, UTF_8);
    }
}
