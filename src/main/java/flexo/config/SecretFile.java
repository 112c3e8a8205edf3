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

/** Reads secrets from files of their own; of these files nothing but the name is ever told. */
final class SecretFile {
    /** More than any password; a file that is longer is another file. */
    static final int MOST_BYTES = 4096;

    private static final String EXPECTED =
            "the absolute path of a file that holds nothing but the secret, in up to " + MOST_BYTES + " bytes of UTF-8";

    private SecretFile() {}

    /** {@return the file that a text names, if there is a secret in it now} */
    static Parsed<Path> parsePath(String text) {
        Parsed<Secret> secret = parse(text);
        return new Parsed<>(secret.value().map(read -> Path.of(text.strip()).normalize()), secret.mistakes());
    }

    /** Tells whether all users of this machine can read it. */
    static boolean othersMayRead(Path file) {
        try {
            return Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ);
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    /** {@return the secret in the file that a text names, without the newline at its end} */
    static Parsed<Secret> parse(String text) {
        Optional<Path> path = PlainValues.absolutePath(text.strip());
        if (path.isEmpty()) {
            return Parsed.wrong(text, EXPECTED);
        }
        if (Files.exists(path.get()) && !Files.isRegularFile(path.get())) {
            // To open a pipe would wait for who writes into it.
            return Parsed.wrong(text, EXPECTED + "; this is no file");
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
