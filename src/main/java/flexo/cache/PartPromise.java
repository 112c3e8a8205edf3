package flexo.cache;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A mirror's promise for the bytes of a part file; kept beside it, a line for each component, so that a later download
 * can tell whether a mirror still has the same file.
 *
 * @param lengthBytes the size of the whole file
 * @param lastModified the mirror's time; empty if unknown, as for a part file of the original Flexo
 * @param wholeUpTo the length of the prefix that is certainly complete, if there may be holes behind it; empty if there
 *     are none
 */
public record PartPromise(long lengthBytes, Optional<Instant> lastModified, OptionalLong wholeUpTo) {
    private static final String UNKNOWN = "-";
    private static final int MOST_BYTES = 1000;

    public PartPromise {
        if (lengthBytes < 0) {
            throw new IllegalArgumentException("a promise of " + lengthBytes + " bytes");
        }
    }

    /** A promise for a part file without holes. */
    public PartPromise(long lengthBytes, Optional<Instant> lastModified) {
        this(lengthBytes, lastModified, OptionalLong.empty());
    }

    static PartPromise of(ContentHead head) {
        return new PartPromise(head.lengthBytes(), Optional.of(head.lastModified()));
    }

    /** The same for a part file with holes, or with its holes filled. */
    PartPromise wholeUpTo(OptionalLong bytes) {
        return new PartPromise(lengthBytes, lastModified, bytes);
    }

    /** Whether bytes of a file with this head may continue the part file. */
    public boolean agreesWith(ContentHead head) {
        return lengthBytes == head.lengthBytes()
                && lastModified.map(head.lastModified()::equals).orElse(true);
    }

    /** Reads a promise; empty if it is missing or was torn by a crash. */
    static Optional<PartPromise> read(Path file) throws IOException {
        try {
            List<String> lines =
                    SmallFile.readText(file, MOST_BYTES).orElse("").lines().toList();
            String time = lines.get(1);
            return Optional.of(new PartPromise(
                    Long.parseLong(lines.get(0)),
                    time.equals(UNKNOWN) ? Optional.empty() : Optional.of(Instant.parse(time)),
                    lines.size() < 3 ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(lines.get(2)))));
        } catch (CharacterCodingException
                | DateTimeException
                | IllegalArgumentException
                | IndexOutOfBoundsException e) {
            return Optional.empty();
        }
    }

    void write(Path file) throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add(Long.toString(lengthBytes));
        lines.add(lastModified.map(Instant::toString).orElse(UNKNOWN));
        wholeUpTo.ifPresent(bytes -> lines.add(Long.toString(bytes)));
        Files.write(file, lines);
    }
}
