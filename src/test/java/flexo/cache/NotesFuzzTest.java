package flexo.cache;

import static flexo.testing.TestPaths.path;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.alpm.RepositoryPath;
import flexo.testing.Damage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a disk makes of our notes, they are read as what they may say, or as if they were not there. */
class NotesFuzzTest {
    private static final int ROUNDS = 1000 * Integer.getInteger("flexo.test.effort", 1);
    private static final Instant TIME = Instant.parse("2026-03-01T10:00:00Z");
    private static final String[] WORDS =
            ("\n|\n\n|\r| |-|-1|0|9223372036854775807|+1000000000-12-31T23:59:59Z|0000-00-00|/|../|%|\u0000|=|"
                            + "ä|"
                            + "9".repeat(30))
                    .split("\\|");

    @TempDir
    Path folder;

    private interface Writing {
        void write(Path file) throws IOException;
    }

    private interface Reading {
        void read(Path file) throws IOException;
    }

    @Test
    void noteOfAGenerationSaysWhatCanBeOrNothing() throws IOException {
        GenerationNote note = new GenerationNote(
                new ContentHead(10_000, TIME),
                Optional.of(TIME),
                "0".repeat(64),
                Optional.of(GenerationNote.Signature.of(new byte[] {1, 2, 3})),
                "mirror",
                false);

        spoil(
                note::write,
                file -> GenerationNote.read(file).ifPresent(read -> {
                    assertThat(read.head().lengthBytes()).isNotNegative();
                    assertThat(read.signature().map(GenerationNote.Signature::bytes))
                            .isNotNull();
                }));
    }

    @Test
    void promiseOfAPartSaysWhatCanBeOrNothing() throws IOException {
        spoil(
                PartPromise.of(new ContentHead(10_000, TIME))::write,
                file -> PartPromise.read(file)
                        .ifPresent(read -> assertThat(read.lengthBytes()).isNotNegative()));
    }

    @Test
    void listOfDatabasesNamesPlainPaths() throws IOException {
        DatabaseList list = DatabaseList.read(folder);
        list.add(path("core/os/x86_64/core.db"), TIME);
        list.add(path("extra/os/x86_64/extra.files"), TIME);
        list.store();
        byte[] whole = Files.readAllBytes(folder.resolve("databases"));

        spoil(
                file -> Files.write(folder.resolve("databases"), whole),
                file -> assertThat(DatabaseList.read(folder).all())
                        .flatExtracting(RepositoryPath::segments)
                        .noneMatch(segment -> segment.isEmpty() || segment.startsWith(".")),
                folder.resolve("databases"));
    }

    private void spoil(Writing writing, Reading reading) throws IOException {
        spoil(writing, reading, folder.resolve(".note"));
    }

    private static void spoil(Writing writing, Reading reading, Path file) throws IOException {
        writing.write(file);
        byte[] whole = Files.readAllBytes(file);
        Damage damage = new Damage(new String(whole, StandardCharsets.ISO_8859_1).hashCode(), WORDS);
        for (int round = 0; round < ROUNDS; round++) {
            Files.write(file, damage.of(whole));
            reading.read(file);
        }
    }
}
