package flexo.retention;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;

/**
 * How far a {@link Scrub} has come; kept in a file, so that the next start goes on there.
 *
 * @param roundBegins when the round began, or is to begin
 * @param after the path of the last file that was dealt with; empty at the beginning of a round
 */
record ScrubPosition(Instant roundBegins, String after) {
    /** Reads it; a new round if it is missing or was torn by a crash. */
    static ScrubPosition read(Path file, Instant now) throws IOException {
        try {
            List<String> lines = Files.readAllLines(file);
            return new ScrubPosition(Instant.ofEpochSecond(Long.parseLong(lines.get(0))), lines.get(1));
        } catch (NoSuchFileException | CharacterCodingException | NumberFormatException | IndexOutOfBoundsException e) {
            return new ScrubPosition(now, "");
        }
    }

    void write(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        Path next = file.resolveSibling(file.getFileName() + ".next");
        Files.write(next, List.of(Long.toString(roundBegins.getEpochSecond()), after));
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
