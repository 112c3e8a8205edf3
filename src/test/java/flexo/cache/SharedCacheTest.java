package flexo.cache;

import static flexo.testing.TestPaths.path;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import flexo.alpm.RepositoryPath;
import flexo.testing.Programs;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several applications use one cache directory: in one process, as here, or in another one. */
class SharedCacheTest {
    private static final RepositoryPath VIM = path("extra/os/x86_64/vim-9.1-1-x86_64.pkg.tar.zst");
    private static final RepositoryPath DATABASE = path("core/os/x86_64/core.db");
    private static final Instant BUILT = Instant.parse("2025-01-01T00:00:00Z");
    private static final ContentHead HEAD = new ContentHead(10, BUILT);

    @TempDir
    Path root;

    private CacheRoot ours;
    private CacheRoot theirs;
    private PackageCache cache;
    private PackageCache other;

    @BeforeEach
    void begin() throws IOException {
        assertThat(new CacheMark(root).claim()).isEmpty();
        ours = CacheRoot.of(root, new CacheMark(root));
        theirs = CacheRoot.of(root, new CacheMark(root));
        cache = new PackageCache(ours);
        other = new PackageCache(theirs);
    }

    @AfterEach
    void end() throws IOException {
        ours.instance().close();
        theirs.instance().close();
    }

    @Test
    void twoThatFetchTheSameFileWriteTwoPartFilesAndEachPublishesItsOwn() throws IOException {
        try (PartFile mine = cache.create(VIM, HEAD);
                PartFile half = other.create(VIM, HEAD)) {
            assertThat(mine.file()).isNotEqualTo(half.file());
            mine.write(bytes("0123456789"), 0);
            half.write(bytes("01234"), 0);

            mine.publish(HEAD);

            assertThat(root.resolve(VIM.toString())).hasContent("0123456789");
            assertThatIOException()
                    .isThrownBy(() -> half.publish(HEAD))
                    .withMessageContaining("has 5 bytes, expected 10");
            half.write(bytes("56789"), 5);
            half.publish(HEAD);
            assertThat(root.resolve(VIM.toString())).hasContent("0123456789");
        }
        assertThat(files()).containsExactly(VIM.fileName());
    }

    @Test
    void fileThatHasTakenThePartFilesNameIsNotPublished() throws IOException {
        try (PartFile part = cache.create(VIM, HEAD)) {
            part.write(bytes("0123456789"), 0);
            Files.delete(part.file());
            Files.writeString(part.file(), "truncated!");

            assertThatIOException().isThrownBy(() -> part.publish(HEAD)).withMessageContaining("is another file");
        }
        assertThat(cache.find(VIM)).isEmpty();
    }

    @Test
    void leftoverOfOneThatLivesIsLeftAloneAndOfOneThatEndedIsContinued() throws IOException {
        try (PartFile part = other.create(VIM, HEAD)) {
            part.write(bytes("01234"), 0);
        }
        assertThat(cache.leftover(VIM)).isEmpty();

        theirs.instance().close();

        Leftover leftover = cache.leftover(VIM).orElseThrow();
        try (PartFile part = leftover.file()) {
            assertThat(leftover.lengthBytes()).isEqualTo(5);
            part.write(bytes("56789"), 5);
            part.publish(HEAD);
        }
        assertThat(root.resolve(VIM.toString())).hasContent("0123456789");
        assertThat(files()).containsExactly(VIM.fileName());
    }

    @Test
    void processThatLivesKeepsItsPartFileAndOneThatWasKilledDoesNot() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        HoldInstance.class.getName(),
                        root.toString(),
                        VIM.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader output = process.inputReader()) {
            assertThat(output.readLine()).isEqualTo("." + VIM.fileName() + ".part");
            assertThat(cache.leftover(VIM)).isEmpty();
            try (PartFile part = cache.create(VIM, HEAD)) {
                assertThat(part.file().getFileName()).hasToString("." + VIM.fileName() + ".part.2");
                part.discard();
            }
            assertThat(ours.instance().isShared()).isTrue();
        } finally {
            process.destroyForcibly().waitFor();
        }

        Leftover leftover = cache.leftover(VIM).orElseThrow();
        leftover.file().close();
        assertThat(leftover.lengthBytes()).isEqualTo(5);
    }

    @Test
    void eachLearnsOfTheOthersThatComeAndGo() throws IOException {
        assertThat(ours.instance().tag()).isEmpty();
        assertThat(ours.instance().isShared()).isFalse();

        assertThat(theirs.instance().tag()).isEqualTo("2");
        assertThat(ours.instance().isShared()).isTrue();
        assertThat(theirs.instance().isShared()).isTrue();

        theirs.instance().close();
        assertThat(ours.instance().isShared()).isFalse();
    }

    @Test
    @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void pipesInThePlacesOfTheLocksAreNotOpened() throws Exception {
        Programs.require("mkfifo");
        Path pipe = root.resolve(CacheMark.NAME).resolve("1.lock");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();

        try (PartFile part = cache.create(VIM, HEAD)) {
            part.write(bytes("0123456789"), 0);
            part.publish(HEAD);
        }

        assertThat(root.resolve(VIM.toString())).hasContent("0123456789");
    }

    @Test
    void fileThatAnotherHasRemovedOrReplacedSinceItWasFoundIsNotHandedOut() throws IOException {
        Path file = root.resolve(VIM.toString());
        Files.createDirectories(file.getParent());
        Files.writeString(file, "0123456789");
        assertThat(ours.instance().tag()).isNotEqualTo(theirs.instance().tag());
        CacheEntry entry = cache.find(VIM).orElseThrow();

        try (Content content = cache.open(entry).orElseThrow()) {
            assertThat(content.wholeFile())
                    .as("the container would open the name")
                    .isEmpty();
            assertThat(content.source()).isEqualTo("cache");
            Files.delete(file);
            assertThat(cache.open(entry)).isEmpty();
            Files.writeString(file, "another file");
            assertThat(cache.open(entry)).isEmpty();
            ByteBuffer all = ByteBuffer.allocate(20);
            assertThat(content.read(0, all, () -> {})).isEqualTo(10);
            assertThat(UTF_8.decode(all.flip()).toString()).isEqualTo("0123456789");
        }
    }

    @Test
    void databaseIsHandedOutAsItWasPublishedThoughAnotherHasPublishedSince() throws IOException {
        Generation mine = publish(ours, "the first!", "one");
        Generation others = publish(theirs, "the other!", "two");

        assertThat(text(mine)).isEqualTo("the first!");
        assertThat(text(others)).isEqualTo("the other!");
        assertThat(new Generations(ours).load(DATABASE).map(SharedCacheTest::text))
                .contains("the other!");
        mine.retire();
        others.retire();
    }

    @Test
    void whatTwoNoteOfDatabasesIsKept() {
        Path notes = root.resolve(".notes");
        DatabaseList mine = DatabaseList.read(notes);
        DatabaseList others = DatabaseList.read(notes);
        mine.add(DATABASE, BUILT);
        mine.store();
        others.add(path("extra/os/x86_64/extra.db"), BUILT);
        others.store();

        assertThat(DatabaseList.read(notes).all())
                .containsExactlyInAnyOrder(DATABASE, path("extra/os/x86_64/extra.db"));
    }

    private static Generation publish(CacheRoot root, String text, String signature) throws IOException {
        GenerationNote note = new GenerationNote(
                new ContentHead(text.length(), BUILT),
                Optional.empty(),
                digest(text),
                Optional.of(GenerationNote.Signature.of(signature.getBytes(UTF_8))),
                "mirror",
                true);
        try (PartFile part = new PackageCache(root).create(DATABASE, note.head())) {
            part.write(bytes(text), 0);
            return new Generations(root).publish(DATABASE, part, note, BUILT);
        }
    }

    private static String digest(String text) {
        FileDigest digest = new FileDigest();
        digest.update(bytes(text));
        return digest.finish();
    }

    private static String text(Generation generation) {
        try (Content content = generation.open().orElseThrow()) {
            ByteBuffer all = ByteBuffer.allocate(100);
            int unused = content.read(0, all, () -> {});
            return UTF_8.decode(all.flip()).toString();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private List<String> files() throws IOException {
        try (var all = Files.list(root.resolve(VIM.directory()))) {
            return all.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(UTF_8));
    }
}
