package flexo.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Optional;

/** Reads secrets from separate files; only the names of these files are ever shown. */
final class SecretFile {
    /** More than any password; a longer file is a mistake. */
    static final int MOST_BYTES = 4096;

    private static final String EXPECTED =
            "the absolute path of a file that holds nothing but the secret, in up to " + MOST_BYTES + " bytes of UTF-8";

    private SecretFile() {}

    /** {@return the path of a file that contains a secret now} */
    static Parsed<Path> parsePath(String text) {
        Parsed<Secret> secret = parse(text);
        return new Parsed<>(secret.value().map(read -> Path.of(text.strip()).normalize()), secret.mistakes());
    }

    /** Whether all users of this machine can read it. */
    static boolean othersMayRead(Path file) {
        try {
            return Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ);
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    /** {@return the secret in the file at a path, without the final newline} */
    static Parsed<Secret> parse(String text) {
        Optional<Path> path = PlainValues.absolutePath(text.strip());
        if (path.isEmpty()) {
            return Parsed.wrong(text, EXPECTED);
        }
        if (Files.exists(path.get()) && !Files.isRegularFile(path.get())) {
            // Opening a pipe would block until somebody writes to it.
            return Parsed.wrong(text, EXPECTED + "; this is no regular file");
        }
        try (InputStream file = Files.newInputStream(path.get())) {
            byte[] bytes = file.readNBytes(MOST_BYTES + 1);
            if (bytes.length > MOST_BYTES) {
                return Parsed.wrong(text, EXPECTED + "; this file is longer");
            }
            String secret = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString()
                    .replaceFirst("\\r?\\n$", "");
            return secret.isEmpty()
                    ? Parsed.wrong(text, EXPECTED + "; this file is empty")
                    : secret.chars().anyMatch(Character::isISOControl)
                            ? Parsed.wrong(text, EXPECTED + "; this file has several lines, or control characters")
                            : Parsed.right(new Secret(secret));
        } catch (CharacterCodingException e) {
            return Parsed.wrong(text, EXPECTED + "; this file is not UTF-8");
        } catch (IOException e) {
            return Parsed.wrong(
                    text,
                    EXPECTED + "; this file "
                            + (Files.exists(path.get()) ? "cannot be read by this user" : "does not exist"));
        }
    }
}
