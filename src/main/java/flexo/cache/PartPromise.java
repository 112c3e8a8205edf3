package flexo.cache;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a mirror promised for the bytes of a part file; kept beside it, a line for each component, so that a later
 * download can tell whether a mirror still has the same file.
 *
 * @param lengthBytes the size of the whole file
 * @param lastModified the mirror's time; empty if it is not known, as for a part file of Flexo
 */
public record PartPromise(long lengthBytes, Optional<Instant> lastModified) {
    private static final String UNKNOWN = "-";
    private static final int MOST_BYTES = 1000;

    /** Checks the length. */
    public PartPromise {
        if (lengthBytes < 0) {
            throw new IllegalArgumentException("a promise of " + lengthBytes + " bytes");
        }
    }

    static PartPromise of(ContentHead head) {
        return new PartPromise(head.lengthBytes(), Optional.of(head.lastModified()));
    }

    /** Whether bytes of a file with this head may follow the bytes that are there. */
    public boolean agreesWith(ContentHead head) {
        return lengthBytes == head.lengthBytes()
                && lastModified.map(head.lastModified()::equals).orElse(true);
    }

    /** Reads it; empty if it is missing or was torn by a crash. */
    static Optional<PartPromise> read(Path file) throws IOException {
        try {
            List<String> lines =
                    SmallFile.readText(file, MOST_BYTES).orElse("").lines().toList();
            String time = lines.get(1);
            return Optional.of(new PartPromise(
                    Long.parseLong(lines.get(0)),
                    time.equals(UNKNOWN) ? Optional.empty() : Optional.of(Instant.parse(time))));
        } catch (CharacterCodingException
                | DateTimeException
                | IllegalArgumentException
                | IndexOutOfBoundsException e) {
            return Optional.empty();
        }
    }

    void write(Path file) throws IOException {
        Files.write(
                file,
                List.of(
                        Long.toString(lengthBytes),
                        lastModified.map(Instant::toString).orElse(UNKNOWN)));
    }
}
