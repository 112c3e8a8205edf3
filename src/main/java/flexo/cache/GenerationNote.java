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
 * What is known of a {@link Generation} beside the bytes of its database; kept beside them in a few lines.
 *
 * <p>The signature is in it, so that it can never be taken for that of another generation, whatever a crash leaves.
 *
 * @param head size and time as clients are told; the time is never earlier than that of the generation before
 * @param upstreamModified the mirror's own {@code Last-Modified}, by which older states are told; empty if it had none
 * @param sha256 of the database, 64 lower-case hexadecimal digits
 * @param signature the detached signature that belongs to the database; empty if the repository has none
 * @param source of which mirror it came, by a word that only the same mirror has; empty if that was not noted
 * @param proven whether it was unpacked and found to be a database; else pacman has to judge it
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
    /** A signature of 64 KiB takes a third more. */
    private static final int MOST_BYTES = 256 << 10;

    /** The same database with another signature. */
    public GenerationNote signed(Optional<Signature> next) {
        return new GenerationNote(head, upstreamModified, sha256, next, source, proven);
    }

    /** The same database, as this mirror has it, too. */
    public GenerationNote from(String mirror) {
        return new GenerationNote(head, upstreamModified, sha256, signature, mirror, proven);
    }

    /**
     * A detached signature.
     *
     * @param base64 its bytes, so that two of the same bytes are equal
     */
    public record Signature(String base64) {
        /** Of these bytes. */
        public static Signature of(byte[] bytes) {
            return new Signature(Base64.getEncoder().encodeToString(bytes));
        }

        /** A copy of its bytes. */
        public byte[] bytes() {
            return Base64.getDecoder().decode(base64);
        }
    }

    /**
     * The time that clients are told of a signature of this database: that of the generation it belongs to. Of a former
     * generation's signature it is an earlier one, lest the client take it for the present one's later.
     */
    public Instant modified(Signature any) {
        return signature.equals(Optional.of(any))
                ? head.lastModified()
                : head.lastModified().minusSeconds(1);
    }

    /** Reads it; empty if it is missing or was torn by a crash. */
    static Optional<GenerationNote> read(Path file) throws IOException {
        try {
            String text = SmallFile.readText(file, MOST_BYTES).orElse("");
            if (!text.endsWith("\n")) {
                // The signature may be cut off.
                return Optional.empty();
            }
            List<String> lines = text.lines().toList();
            String[] words = lines.get(3).split(" ", -1);
            return Optional.of(new GenerationNote(
                    new ContentHead(Long.parseLong(lines.get(0)), Instant.parse(lines.get(1))),
                    unlessNone(lines.get(2)).map(Instant::parse),
                    words[0],
                    unlessNone(lines.get(4)).map(Base64.getDecoder()::decode).map(Signature::of),
                    // Earlier versions noted neither.
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
                // Last, so that one that is cut off is noticed.
                signature.map(Signature::base64).orElse(NONE));
        FlushedFile.write(file, (String.join("\n", lines) + "\n").getBytes(StandardCharsets.US_ASCII));
    }

    private static Optional<String> unlessNone(String line) {
        return line.equals(NONE) ? Optional.empty() : Optional.of(line);
    }
}
