package flexo.cache;

import static flexo.testing.TestPaths.path;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import flexo.alpm.RefusedPathException;
import flexo.alpm.RepositoryPath;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PartFileTest {
    private static final RepositoryPath VIM = path("extra/os/x86_64/vim-9.1-1-x86_64.pkg.tar.zst");
    private static final ContentHead TEN = new ContentHead(10, Instant.parse("2025-01-01T00:00:00Z"));

    @TempDir
    Path root;

    private PackageCache cache;
    private Path target;

    @BeforeEach
    void place() {
        cache = new PackageCache(root);
        target = root.resolve(VIM.toString());
    }

    @Test
    void directoriesAreMadeAsNeeded() throws IOException {
        cache.create(VIM, TEN).close();

        assertThat(target.getParent()).isDirectory();
    }

    @Test
    void noRequestCanNameWhatIsOnItsWay() throws IOException {
        try (PartFile part = cache.create(VIM, TEN)) {
            part.write(bytes("01234"), 0);

            assertThat(names())
                    .hasSize(2)
                    .allSatisfy(name -> assertThatExceptionOfType(RefusedPathException.class)
                            .isThrownBy(() -> RepositoryPath.parse("/extra/os/x86_64/" + name)));
        }
    }

    @Test
    void bytesAreReadWhereTheyWereWritten() throws IOException {
        try (PartFile part = cache.create(VIM, TEN)) {
            part.write(bytes("01234"), 0);
            part.write(bytes("56"), 5);

            assertThat(read(part, 0, 100)).isEqualTo("0123456");
            assertThat(read(part, 4, 2)).isEqualTo("45");
            assertThatExceptionOfType(EOFException.class)
                    .isThrownBy(() -> read(part, 7, 1))
                    .withMessageContaining("cut short at byte 7");
        }
    }

    @Test
    void publishedFileIsWholeHasTheMirrorsTimeAndStandsAlone() throws IOException {
        try (PartFile part = cache.create(VIM, TEN)) {
            part.write(bytes("0123456789"), 0);

            CacheEntry entry = part.publish(TEN);

            assertThat(entry).isEqualTo(new CacheEntry(target, TEN));
            assertThat(target).hasContent("0123456789");
            assertThat(Files.getLastModifiedTime(target).toInstant()).isEqualTo(TEN.lastModified());
            assertThat(names()).containsExactly(VIM.fileName());
            assertThat(cache.find(VIM)).contains(entry);
        }
    }

    @Test
    void publishedFileIsReadOnThroughTheSameObject() throws IOException {
        try (PartFile part = cache.create(VIM, TEN)) {
            part.write(bytes("0123456789"), 0);
            part.publish(TEN);
            Files.delete(target);

            assertThat(read(part, 5, 100)).isEqualTo("56789");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "012345678", "0123456789a"})
    void fileOfAnotherLengthIsNotPublished(String content) throws IOException {
        try (PartFile part = cache.create(VIM, TEN)) {
            part.write(bytes(content), 0);

            assertThatIOException()
                    .isThrownBy(() -> part.publish(TEN))
                    .withMessageEndingWith("has " + content.length() + " bytes, expected 10");
            assertThat(target).doesNotExist();
            assertThat(names()).as("kept for later").hasSize(2);
        }
    }

    @Test
    void publishedFileReplacesAnOlderOneWhoseReadersKeepTheirs() throws IOException {
        Files.createDirectories(target.getParent());
        Files.writeString(target, "older");
        try (Content older = cache.find(VIM).orElseThrow().open();
                PartFile part = cache.create(VIM, TEN)) {
            assertThat(older.read(0, ByteBuffer.allocate(1), () -> {})).isOne();
            part.write(bytes("0123456789"), 0);
            assertThat(target).hasContent("older");

            part.publish(TEN);

            assertThat(target).hasContent("0123456789");
            ByteBuffer rest = ByteBuffer.allocate(100);
            assertThat(older.read(1, rest, () -> {})).isEqualTo(4);
            assertThat(new String(rest.array(), 0, 4, UTF_8)).isEqualTo("lder");
        }
    }

    @Test
    void publishedFileReplacesALinkAndNotWhatItPointsTo() throws IOException {
        Path pool = Files.writeString(root.resolve("pool"), "not ours");
        Files.createDirectories(target.getParent());
        Files.createSymbolicLink(target, pool);
        try (PartFile part = cache.create(VIM, TEN)) {
            part.write(bytes("0123456789"), 0);
            part.publish(TEN);
        }
        assertThat(pool).hasContent("not ours");
        assertThat(target).isRegularFile().hasContent("0123456789");
        assertThat(Files.isSymbolicLink(target)).isFalse();
    }

    @Test
    void directoryInPlaceOfTheFileKeepsWhatWasFetched() throws IOException {
        try (PartFile part = cache.create(VIM, TEN)) {
            part.write(bytes("0123456789"), 0);
            Files.createDirectories(target.resolve("in the way"));

            assertThatIOException().isThrownBy(() -> part.publish(TEN));
            assertThat(names()).contains("." + VIM.fileName() + ".part", "." + VIM.fileName() + ".head");
        }
    }

    @Test
    void publishingRemovesTheNoteOfFlexo() throws IOException {
        try (PartFile part = cache.create(VIM, TEN)) {
            part.write(bytes("0123456789"), 0);
            Files.writeString(target.resolveSibling("." + VIM.fileName() + ".cfs"), "999\n");
            part.publish(TEN);
        }
        assertThat(names()).containsExactly(VIM.fileName());
        assertThat(cache.find(VIM)).isPresent();
    }

    @Test
    void startingOverGivesAReaderOfTheOldFileNoByteOfTheNewOne() throws IOException {
        try (PartFile old = cache.create(VIM, TEN)) {
            old.write(bytes("old bytes!"), 0);
            try (PartFile fresh = cache.create(VIM, new ContentHead(5, TEN.lastModified()))) {
                fresh.write(bytes("fresh"), 0);

                assertThat(read(old, 0, 100)).isEqualTo("old bytes!");
                assertThat(read(fresh, 0, 100)).isEqualTo("fresh");
            }
        }
        Leftover leftover = cache.leftover(VIM).orElseThrow();
        leftover.file().close();
        assertThat(leftover.lengthBytes()).isEqualTo(5);
        assertThat(leftover.promise().lengthBytes()).isEqualTo(5);
    }

    @Test
    void fileThatHasNotBegunLeavesNothingToContinue() throws IOException {
        cache.create(VIM, TEN).close();

        assertThat(cache.leftover(VIM)).isEmpty();
    }

    @Test
    void bytesAreThereAfterTheFileIsClosed() throws IOException {
        try (PartFile part = cache.create(VIM, TEN)) {
            part.write(bytes("01234"), 0);
        }
        assertThat(target.resolveSibling("." + VIM.fileName() + ".part")).hasContent("01234");
    }

    @ParameterizedTest
    @ValueSource(strings = {"core.db", "core.files", "lastsync", "lastupdate"})
    void fileThatMayChangeIsPublishedLikeAnyOtherButNeverContinued(String name) throws IOException {
        RepositoryPath mutable = path("core/os/x86_64/" + name);
        target = root.resolve(mutable.toString());
        try (PartFile part = cache.create(mutable, TEN)) {
            part.write(bytes("01234"), 0);
            assertThat(names()).as("no promise to continue by").containsExactly("." + name + ".part");
            assertThat(cache.leftover(mutable)).isEmpty();

            part.write(bytes("56789"), 5);
            part.publish(TEN);
        }
        assertThat(names()).containsExactly(name);
        assertThat(target).hasContent("0123456789");
    }

    @Test
    void fileThatMayChangeTakesThePlaceOfAPromiseThatIsThere() throws IOException {
        RepositoryPath database = path("core/os/x86_64/core.db");
        target = root.resolve(database.toString());
        Files.createDirectories(target.getParent());
        Files.writeString(target.resolveSibling(".core.db.head"), "10\n" + TEN.lastModified() + "\n");

        cache.create(database, TEN).close();

        assertThat(names()).containsExactly(".core.db.part");
    }

    @Test
    void discardedFileIsGoneButReadToItsEnd() throws IOException {
        try (PartFile part = cache.create(VIM, TEN)) {
            part.write(bytes("01234"), 0);

            part.discard();

            assertThat(names()).isEmpty();
            assertThat(read(part, 0, 100)).isEqualTo("01234");
        }
        assertThat(cache.leftover(VIM)).isEmpty();
    }

    @Test
    void twoPartFilesOfOneDatabaseDoNotMeet() throws IOException {
        RepositoryPath database = path("core/os/x86_64/core.db");
        try (PartFile one = cache.create(database, TEN);
                PartFile two = cache.create(database, TEN)) {
            one.write(bytes("one"), 0);
            two.write(bytes("two"), 0);

            assertThat(read(one, 0, 10)).isEqualTo("one");
            assertThat(read(two, 0, 10)).isEqualTo("two");
        }
    }

    @Test
    void fileBelowAFileCannotBeCreated() throws IOException {
        Files.writeString(root.resolve("extra.db"), "a file");

        assertThatIOException().isThrownBy(() -> cache.create(path("extra.db/vim"), TEN));
    }

    @Test
    void bytesBeyond4GiBStandWhereTheyBelong() throws IOException {
        long far = (1L << 32) + 10;
        try (PartFile part = cache.create(VIM, new ContentHead(far + 3, TEN.lastModified()))) {
            part.write(bytes("end"), far);

            assertThat(read(part, far, 10)).isEqualTo("end");
            assertThat(part.publish(new ContentHead(far + 3, TEN.lastModified()))
                            .file())
                    .isEqualTo(target);
        }
        assertThat(cache.find(VIM).orElseThrow().head().lengthBytes()).isEqualTo(far + 3);
    }

    @Test
    void fileThatIsHeldIsReadFromMemoryWholeAndGivesItBack() throws IOException {
        SpareMemory memory = new SpareMemory(10);
        try (PartFile part = cache.create(VIM, TEN)) {
            part.write(bytes("01234"), 0);

            assertThat(part.hold(memory, 5, 10)).isTrue();
            part.discard();
            part.write(bytes("56789"), 5);

            assertThat(part.isOnDisk()).isFalse();
            assertThat(names()).isEmpty();
            assertThat(read(part, 0, 100)).isEqualTo("0123456789");
            assertThat(read(part, 4, 2)).isEqualTo("45");
            assertThat(memory.takenBytes()).isEqualTo(10);
        }
        assertThat(memory.takenBytes()).isZero();
    }

    @Test
    void fileThatMemoryCannotHoldStaysWhereItIs() throws IOException {
        SpareMemory memory = new SpareMemory(9);
        try (PartFile part = cache.create(VIM, TEN)) {
            part.write(bytes("01234"), 0);

            assertThat(part.hold(memory, 5, 10)).isFalse();

            assertThat(part.isOnDisk()).isTrue();
            assertThat(read(part, 0, 100)).isEqualTo("01234");
        }
        assertThat(memory.takenBytes()).isZero();
    }

    @Test
    void fileThatCannotBeReadIsNotHeldAndTakesNoMemory() throws IOException {
        SpareMemory memory = new SpareMemory(10);
        try (PartFile part = cache.create(VIM, TEN)) {
            part.write(bytes("01234"), 0);

            assertThatIOException().isThrownBy(() -> part.hold(memory, 6, 10));

            assertThat(part.isOnDisk()).isTrue();
        }
        assertThat(memory.takenBytes()).isZero();
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(target.getParent())) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(UTF_8));
    }

    private static String read(PartFile part, long position, int atMost) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(atMost);
        int count = part.read(buffer, position);
        return new String(buffer.array(), 0, count, UTF_8);
    }
}
