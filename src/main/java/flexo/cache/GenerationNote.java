package flexo.cache;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * The metadata of a {@link Generation}, kept beside its database in a few lines.
 *
 * <p>It contains the signature, which therefore can never be mistaken for that of another generation, even after a
 * crash.
 *
 * @param head size and time for clients; the time is never before that of the previous generation
 * @param upstreamModified the mirror's own {@code Last-Modified}, which exposes older states; empty if there was none
 * @param sha256 the SHA-256 of the database, 64 lower-case hexadecimal digits
 * @param signature the detached signature of the database; empty if the repository has none
 * @param source an identifier of its mirror; empty if it was not recorded
 * @param proven whether it was unpacked and found to be a database; otherwise pacman has to check it
 */
public record GenerationNote(
        ContentHead head,
        Optional<Instant> upstreamModified,
        String sha256,
        Optional<Signature> signature,
        String source,
        boolean proven) {
    private static final String NONE = "-";
    private static final String UNPROVEN = "unproven";
    /** Base64 makes a signature of 64 KiB a third larger. */
    private static final int MOST_BYTES = 256 << 10;

    /** The same database with another signature. */
    public GenerationNote signed(Optional<Signature> next) {
        return new GenerationNote(head, upstreamModified, sha256, next, source, proven);
    }

    /** The same database, confirmed by this mirror. */
    public GenerationNote from(String mirror) {
        return new GenerationNote(head, upstreamModified, sha256, signature, mirror, proven);
    }

    /**
     * A detached signature.
     *
     * @param base64 its bytes, encoded so that equality compares the bytes
     */
    public record Signature(String base64) {
        public static Signature of(byte[] bytes) {
            return new Signature(Base64.getEncoder().encodeToString(bytes));
        }

        /** A copy of its bytes. */
        public byte[] bytes() {
            return Base64.getDecoder().decode(base64);
        }
    }

    /**
     * The time of a signature of this database for clients: that of its own generation. A former generation's signature
     * gets an earlier time, so that the client does not mistake it for the current one later.
     */
    public Instant modified(Signature any) {
        return signature.equals(Optional.of(any))
                ? head.lastModified()
                : head.lastModified().minusSeconds(1);
    }

    /** Reads a note; empty if it is missing or was torn by a crash. */
    static Optional<GenerationNote> read(Path file) throws IOException {
        try {
            String text = SmallFile.readText(file, MOST_BYTES).orElse("");
            if (!text.endsWith("\n")) {
                // The signature may be truncated.
                return Optional.empty();
            }
            List<String> lines = text.lines().toList();
            String[] words = lines.get(3).split(" ", -1);
            return Optional.of(new GenerationNote(
                    new ContentHead(Long.parseLong(lines.get(0)), Instant.parse(lines.get(1))),
                    unlessNone(lines.get(2)).map(Instant::parse),
                    words[0],
                    unlessNone(lines.get(4)).map(Base64.getDecoder()::decode).map(Signature::of),
                    // Earlier versions recorded neither.
                    words.length > 1 ? unlessNone(words[1]).orElse("") : "",
                    words.length <= 2 || !words[2].equals(UNPROVEN)));
        } catch (CharacterCodingException
                | DateTimeException
                | IllegalArgumentException
                | IndexOutOfBoundsException e) {
            return Optional.empty();
        }
    }

    void write(Path file) throws IOException {
        List<String> lines = List.of(
                Long.toString(head.lengthBytes()),
                head.lastModified().toString(),
                upstreamModified.map(Instant::toString).orElse(NONE),
                sha256 + " " + (source.isEmpty() ? NONE : source) + (proven ? "" : " " + UNPROVEN),
                // Last, so that truncation is detected.
                signature.map(Signature::base64).orElse(NONE));
        FlushedFile.write(file, (String.join("\n", lines) + "\n").getBytes(StandardCharsets.US_ASCII));
    }

    private static Optional<String> unlessNone(String line) {
        return line.equals(NONE) ? Optional.empty() : Optional.of(line);
    }
}
