package flexo.cache;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Optional;

/**
 * A fingerprint of a file's state. Two equal ones mean that nobody has replaced the file or written to it in between,
 * as far as the file system's clock tells.
 *
 * @param key the inode and device, in words; {@code null} as a word on file systems that have none
 * @param sizeBytes the size
 * @param modified the time of the last write, as fine as the file system keeps it
 */
public record FileStamp(String key, long sizeBytes, FileTime modified) {
    /** The fingerprint in attributes that were read. */
    public static FileStamp of(BasicFileAttributes attributes) {
        return new FileStamp(String.valueOf(attributes.fileKey()), attributes.size(), attributes.lastModifiedTime());
    }

    /** The fingerprint of a file as it is now; empty if it is missing or unreadable. Follows links; blocks for the disk. */
    public static Optional<FileStamp> of(Path file) {
        try {
            return Optional.of(of(Files.readAttributes(file, BasicFileAttributes.class)));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
