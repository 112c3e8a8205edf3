package flexo.retention;

import flexo.cache.NoteFile;
import flexo.cache.SmallFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;

/**
 * The progress of a {@link Scrub}, kept in a file for the next start.
 *
 * @param roundBegins the start of the round, past or planned
 * @param after the path of the last verified file; empty at the start of a round
 */
record ScrubPosition(Instant roundBegins, String after) {
    /** Longer than any path. */
    private static final int MOST_BYTES = 10_000;

    /** Reads the position; a new round if it is missing, unreadable, or torn by a crash. */
    static ScrubPosition read(Path file, Instant now) {
        try {
            List<String> lines =
                    SmallFile.readText(file, MOST_BYTES).orElse("").lines().toList();
            return new ScrubPosition(Instant.ofEpochSecond(Long.parseLong(lines.get(0))), lines.get(1));
        } catch (IOException | NumberFormatException | IndexOutOfBoundsException | DateTimeException e) {
            // The only cost is to verify good packages again.
            return new ScrubPosition(now, "");
        }
    }

    /** Writes the position. */
    void write(NoteFile file) {
        String text = roundBegins.getEpochSecond() + "\n" + after + "\n";
        boolean unused = file.replace(out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }
}
