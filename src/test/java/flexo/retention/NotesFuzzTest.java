package flexo.retention;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.cache.NoteFile;
import flexo.testing.Damage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a disk makes of our notes, retention goes on: with what they may say, or as if they were not there. */
class NotesFuzzTest {
    private static final int ROUNDS = 1000 * Integer.getInteger("flexo.test.effort", 1);
    private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");

    @TempDir
    Path folder;

    @Test
    void fileOfLastUsesIsReadOrRefused() throws IOException {
        UseFile uses = new UseFile(folder.resolve(".last-uses"));
        Map<Long, Long> table = new LinkedHashMap<>();
        for (long key = 1; key < 50; key++) {
            table.put(key, NOW.toEpochMilli() + key);
        }
        assertThat(uses.write(new UseFile.Content(new UseTime.Moment(1, 2), 3, table)))
                .isTrue();
        byte[] whole = Files.readAllBytes(folder.resolve(".last-uses"));
        Damage damage = new Damage(1);
        int refused = 0;

        for (int round = 0; round < ROUNDS; round++) {
            Files.write(folder.resolve(".last-uses"), damage.of(whole));
            try {
                Optional<UseFile.Content> read = uses.read();
                assertThat(read).isPresent();
            } catch (IOException damaged) {
                refused++;
            }
        }

        assertThat(refused).isGreaterThan(ROUNDS / 2);
    }

    @Test
    void scrubGoesOnFromAPositionThatMayBe() throws IOException {
        Path file = folder.resolve(".scrub");
        new ScrubPosition(NOW, "core/os/x86_64/zlib-1:1.3-1-x86_64.pkg.tar.zst").write(new NoteFile(file, "nothing"));
        byte[] whole = Files.readAllBytes(file);
        Damage damage = new Damage(2, "\n", "-", "9".repeat(18), "9223372036854775807", "/", "../", "\u0000", "ä");

        for (int round = 0; round < ROUNDS; round++) {
            Files.write(file, damage.of(whole));
            ScrubPosition read = ScrubPosition.read(file, NOW);
            assertThat(Duration.between(read.roundBegins(), NOW)).isNotNull();
            assertThat(read.after()).isNotNull();
        }
    }
}
