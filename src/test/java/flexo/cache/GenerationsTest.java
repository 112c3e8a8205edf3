package flexo.cache;

import static flexo.testing.TestPaths.path;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import flexo.alpm.RepositoryPath;
import flexo.cache.GenerationNote.Signature;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Generations on a real disk, and what a crash leaves of them between any two steps. */
class GenerationsTest {
    private static final RepositoryPath CORE = path("core/os/x86_64/core.db");
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    private static final Instant CONFIRMED = Instant.parse("2026-05-01T12:00:00Z");
    private static final Signature FIRST_SIGNATURE = Signature.of("first signature".getBytes(UTF_8));
    private static final Signature SECOND_SIGNATURE = Signature.of("second signature".getBytes(UTF_8));

    @TempDir
    private Path root;

    private final List<Generation> opened = new ArrayList<>();

    @AfterEach
    void retire() {
        opened.forEach(Generation::retire);
    }

    private static GenerationNote note(String text, Instant modified, Optional<Signature> signature) {
        FileDigest digest = new FileDigest();
        digest.update(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
        return new GenerationNote(
                new ContentHead(text.length(), modified),
                Optional.of(modified),
                digest.finish(),
                signature,
                "mirror",
                true);
    }

    private static GenerationNote first() {
        return note("first", NOON, Optional.of(FIRST_SIGNATURE));
    }

    /** As long as the first, so that only its time tells them apart. */
    private static GenerationNote second() {
        return note("secon", NOON.plusSeconds(1), Optional.of(SECOND_SIGNATURE));
    }

    private Generation publish(String text, GenerationNote note) throws IOException {
        try (PartFile part = new PackageCache(root).create(CORE, note.head())) {
            part.write(ByteBuffer.wrap(text.getBytes(UTF_8)), 0);
            Generation generation = new Generations(root).publish(CORE, part, note, CONFIRMED);
            opened.add(generation);
            return generation;
        }
    }

    /** As after a start. */
    private Optional<Generation> load() throws IOException {
        Optional<Generation> found = new Generations(root).load(CORE);
        found.ifPresent(opened::add);
        return found;
    }

    private static String text(Generation generation) throws IOException {
        try (Content content = generation.open().orElseThrow()) {
            return text(content);
        }
    }

    private static String text(Content content) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(100);
        int count = content.read(0, buffer, () -> {});
        return new String(buffer.array(), 0, count, UTF_8);
    }

    private Path file(String name) {
        return root.resolve("core/os/x86_64").resolve(name);
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(file(""))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    // Publishing and finding.

    @Test
    void publishedGenerationIsFoundAgainWithAllThatIsKnownOfIt() throws IOException {
        publish("first", first());

        Generation found = load().orElseThrow();

        assertThat(found.note()).isEqualTo(first());
        assertThat(text(found)).isEqualTo("first");
        assertThat(names()).containsExactly(".core.db.generation", "core.db", "core.db.sig");
        assertThat(new Generations(root).confirmed(CORE)).isEqualTo(CONFIRMED);
    }

    @Test
    void whoeverReadsTheDirectoryFindsTheDatabaseAndItsSignatureAsAMirrorHasThem() throws IOException {
        publish("first", first());

        assertThat(file("core.db")).hasContent("first");
        assertThat(file("core.db.sig")).hasContent("first signature");
        assertThat(Files.getLastModifiedTime(file("core.db")).toInstant()).isEqualTo(NOON);
        assertThat(Files.getLastModifiedTime(file("core.db.sig")).toInstant()).isEqualTo(NOON);
    }

    @Test
    void linksInThePlacesOfItsNotesAreReplacedAndNotFollowed() throws IOException {
        Path elsewhere = Files.writeString(root.resolve("elsewhere"), "somebody else's");
        Files.createDirectories(file(""));
        for (String name : List.of(".core.db.next", ".core.db.sig.next", ".core.db.generation", "core.db.sig")) {
            Files.createSymbolicLink(file(name), elsewhere);
        }

        publish("first", first());

        assertThat(elsewhere).hasContent("somebody else's");
        assertThat(load().orElseThrow().note()).isEqualTo(first());
        assertThat(file("core.db.sig")).hasContent("first signature");
        assertThat(names()).containsExactly(".core.db.generation", "core.db", "core.db.sig");
    }

    @Test
    void generationWithoutASignatureRemovesThatOfTheFormer() throws IOException {
        publish("first", first());
        GenerationNote unsigned = note("unsigned", NOON.plusSeconds(5), Optional.empty());

        publish("unsigned", unsigned);

        assertThat(names()).containsExactly(".core.db.generation", "core.db");
        assertThat(load().orElseThrow().note()).isEqualTo(unsigned);
    }

    @Test
    void confirmationIsRemembered() throws IOException {
        publish("first", first());

        new Generations(root).confirm(CORE, CONFIRMED.plusSeconds(99));

        assertThat(new Generations(root).confirmed(CORE)).isEqualTo(CONFIRMED.plusSeconds(99));
        assertThat(load().orElseThrow().note()).isEqualTo(first());
    }

    @Test
    void whereNothingWasPublishedNothingIsFound() throws IOException {
        assertThat(load()).isEmpty();
        Files.createDirectories(file(""));
        assertThat(load()).isEmpty();
        Files.writeString(file("core.db"), "not ours");
        assertThat(load()).isEmpty();
        Files.delete(file("core.db"));
        Files.createDirectory(file("core.db"));
        assertThat(load()).isEmpty();
    }

    @Test
    void belowAFileNothingIsFound() throws IOException {
        Files.writeString(root.resolve("core"), "a file");

        assertThat(load()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"first!", "firs", ""})
    void databaseOfAnotherSizeIsNotTheOneThatWasPublished(String text) throws IOException {
        publish("first", first());
        Files.writeString(file("core.db"), text);
        Files.setLastModifiedTime(file("core.db"), FileTime.from(NOON));

        assertThat(load()).isEmpty();
    }

    @Test
    void databaseOfAnotherTimeIsNotTheOneThatWasPublished() throws IOException {
        publish("first", first());
        Files.setLastModifiedTime(file("core.db"), FileTime.from(NOON.plusSeconds(1)));

        assertThat(load()).isEmpty();
    }

    @Test
    void noteThatWasTornIsNoneWhereverItWasTorn() throws IOException {
        publish("first", first());
        byte[] whole = Files.readAllBytes(file(".core.db.generation"));
        for (int length = 0; length < whole.length; length++) {
            Files.write(file(".core.db.generation"), java.util.Arrays.copyOf(whole, length));

            assertThat(load())
                    .as("the first " + length + " of " + whole.length + " bytes")
                    .isEmpty();
        }
    }

    @Test
    void noteThatSomebodyWroteNonsenseIntoIsNone() throws IOException {
        publish("first", first());
        String note = Files.readString(file(".core.db.generation"));
        for (String nonsense :
                List.of("", "\n\n\n\n\n", note.replace("5", "five"), note.replace("Zmly", "Zm!y"), "\u00e9")) {
            Files.writeString(file(".core.db.generation"), nonsense);

            assertThat(load()).as(nonsense).isEmpty();
        }
    }

    @Test
    void longestNameOfADatabaseFits() throws IOException {
        RepositoryPath longest = path("core/" + "a".repeat(237) + ".db");
        try (PartFile part = new PackageCache(root).create(longest, first().head())) {
            part.write(ByteBuffer.wrap("first".getBytes(UTF_8)), 0);

            opened.add(new Generations(root).publish(longest, part, first(), CONFIRMED));
        }
        Optional<Generation> found = new Generations(root).load(longest);
        found.ifPresent(opened::add);
        assertThat(found).isPresent();
    }

    // A crash, which is a step that fails: all before it is done, nothing after it.

    private static Arguments step(String name, String obstacle, boolean secondIsThere) {
        return Arguments.of(name, obstacle, secondIsThere);
    }

    static Stream<Arguments> steps() {
        return Stream.of(
                step("writing the note", ".core.db.next", false),
                step("writing the signature", ".core.db.sig.next", true),
                step("moving the signature", "core.db.sig", true),
                step("moving the note", ".core.db.generation", true));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("steps")
    void crashBeforeAStepOfTheFirstGenerationLeavesAllOrNothing(String name, String obstacle, boolean isThere)
            throws IOException {
        Path inTheWay = Files.createDirectories(file(obstacle).resolve("in the way"));
        assertThatIOException().isThrownBy(() -> publish("first", first()));
        Files.delete(inTheWay);
        Files.delete(inTheWay.getParent());

        Optional<Generation> found = load();

        assertThat(found.map(Generation::note)).isEqualTo(isThere ? Optional.of(first()) : Optional.empty());
        if (isThere) {
            assertThat(names()).containsExactly(".core.db.generation", "core.db", "core.db.sig");
            assertThat(file("core.db.sig")).hasContent("first signature");
        }
    }

    @Test
    void crashBeforeTheNoteOfTheNextGenerationLeavesTheFormer() throws IOException {
        publish("first", first());
        crashesBefore(".core.db.next");

        assertIsThere("first", first(), "first signature");
    }

    @Test
    void crashBeforeTheMoveOfTheNextDatabaseLeavesTheFormer() throws IOException {
        publish("first", first());
        assertThatIOException().as("another length").isThrownBy(() -> publish("second, longer", second()));
        assertThat(names()).contains(".core.db.part");

        assertIsThere("first", first(), "first signature");
    }

    @Test
    void crashBeforeTheSignatureOfTheNextDatabaseIsWrittenIsRepaired() throws IOException {
        publish("first", first());
        crashesBefore(".core.db.sig.next");
        assertThat(file("core.db")).hasContent("secon");
        assertThat(file("core.db.sig")).hasContent("first signature");

        assertIsThere("secon", second(), "second signature");
    }

    @Test
    void crashBeforeTheSignatureOfTheNextDatabaseIsMovedIsRepaired() throws IOException {
        publish("first", first());
        Files.delete(file("core.db.sig"));
        crashesBefore("core.db.sig");
        assertThat(names()).contains(".core.db.sig.next");

        assertIsThere("secon", second(), "second signature");
    }

    @Test
    void crashBeforeTheNoteOfTheNextDatabaseIsMovedIsRepaired() throws IOException {
        publish("first", first());
        publish("secon", second());
        // As it was before that move.
        Files.move(file(".core.db.generation"), file(".core.db.next"));
        first().write(file(".core.db.generation"));

        assertIsThere("secon", second(), "second signature");
    }

    private void crashesBefore(String step) throws IOException {
        Path inTheWay = Files.createDirectories(file(step).resolve("in the way"));
        assertThatIOException().isThrownBy(() -> publish("secon", second()));
        Files.delete(inTheWay);
        Files.delete(inTheWay.getParent());
    }

    private void assertIsThere(String text, GenerationNote note, String signature) throws IOException {
        Generation found = load().orElseThrow();
        assertThat(text(found)).isEqualTo(text);
        assertThat(found.note()).isEqualTo(note);
        assertThat(file("core.db.sig")).hasContent(signature);
        assertThat(load().map(Generation::note)).as("once more").contains(note);
        publish("third", note("third", NOON.plusSeconds(9), Optional.empty()));
        assertThat(names()).as("after the next one").containsExactly(".core.db.generation", "core.db");
    }

    // Reading.

    @Test
    void readersReadOnAfterTheNextGenerationHasTakenItsName() throws IOException {
        Generation former = publish("first", first());
        try (Content reader = former.open().orElseThrow()) {
            assertThat(reader.head()).isEqualTo(first().head());
            assertThat(reader.wholeFile()).isEmpty();
            publish("secon", second());

            assertThat(text(reader)).isEqualTo("first");
            assertThatExceptionOfType(EOFException.class)
                    .isThrownBy(() -> reader.read(5, ByteBuffer.allocate(1), () -> {}))
                    .withMessageContaining("cut short at byte 5");
        }
    }

    @Test
    void retiredGenerationIsClosedWithItsLastReader() throws IOException {
        publish("first", first());
        Generation generation = new Generations(root).load(CORE).orElseThrow();
        Content one = generation.open().orElseThrow();
        Content two = generation.open().orElseThrow();

        generation.retire();
        one.close();
        one.close();
        assertThat(text(two)).as("closing twice counts once").isEqualTo("first");
        Content late = generation.open().orElseThrow();
        two.close();
        assertThat(text(late)).isEqualTo("first");
        late.close();

        assertThat(generation.open()).isEmpty();
        assertThatExceptionOfType(ClosedChannelException.class).isThrownBy(() -> text(late));
    }
}
