package flexo.upstream;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A secret as the first line of a file, which may be replaced at any time, as password rotation does.
 *
 * <p>Thread-safe: {@code current} is replaced whole. A file that cannot be read leaves the secret as it was, and is logged
 * once until it can be read again.
 */
final class SecretFile implements Secret {
    private static final Logger LOG = Logger.getLogger(SecretFile.class.getName());

    private final Path file;
    private volatile Reading current = new Reading("", null, -1);
    private volatile boolean complained;

    /** What was read, and what the file looked like then; a null time if it was never read. */
    private record Reading(String value, FileTime modified, long sizeBytes) {
        boolean isOf(BasicFileAttributes seen) {
            return seen.lastModifiedTime().equals(modified) && seen.size() == sizeBytes;
        }
    }

    SecretFile(Path file) {
        this.file = file;
        refresh();
    }

    @Override
    public String reveal() {
        return current.value();
    }

    @Override
    public void refresh() {
        try {
            BasicFileAttributes seen = Files.readAttributes(file, BasicFileAttributes.class);
            if (!current.isOf(seen)) {
                String firstLine = Files.readString(file, StandardCharsets.UTF_8)
                        .lines()
                        .findFirst()
                        .orElse("");
                current = new Reading(firstLine.strip(), seen.lastModifiedTime(), seen.size());
            }
            complained = false;
        } catch (IOException e) {
            if (!complained) {
                complained = true;
                LOG.log(
                        Level.WARNING,
                        "The secret in {0} cannot be read, the last one that was read stays in use: {1}",
                        new Object[] {file, e});
            }
        }
    }

    @Override
    public String toString() {
        return MASK;
    }
}
