package flexo.cache;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * An incremental SHA-256 of a file from its first byte, updated while the bytes arrive; bytes that were missed are read
 * from the file at the end.
 *
 * <p>Not thread-safe.
 */
public final class FileDigest {
    private static final int BUFFER_BYTES = 256 * 1024;

    private final MessageDigest sha256;
    private long coveredBytes;

    public FileDigest() {
        this(newSha256(), 0);
    }

    private FileDigest(MessageDigest sha256, long coveredBytes) {
        this.sha256 = sha256;
        this.coveredBytes = coveredBytes;
    }

    /** An independent copy of the current state. */
    public FileDigest copy() {
        try {
            return new FileDigest((MessageDigest) sha256.clone(), coveredBytes);
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("the SHA-256 of every Java platform can be copied", e);
        }
    }

    /**
     * Computes the SHA-256 of a whole file.
     *
     * @return 64 lower-case hexadecimal digits
     * @throws IOException if it cannot be read
     */
    public static String of(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return new FileDigest().finish(channel);
        }
    }

    /** The length of the digested prefix. */
    public long coveredBytes() {
        return coveredBytes;
    }

    /** Adds the next bytes; does not consume the buffer. */
    public void update(ByteBuffer bytes) {
        coveredBytes += bytes.remaining();
        sha256.update(bytes.duplicate());
    }

    /**
     * The SHA-256 of the digested bytes; the digest must not be used afterwards.
     *
     * @return 64 lower-case hexadecimal digits
     */
    public String finish() {
        return HexFormat.of().formatHex(sha256.digest());
    }

    /** Reads missing bytes, and returns the SHA-256 of the file; the digest must not be used afterwards. */
    String finish(FileChannel channel) throws IOException {
        readOn(channel, channel.size());
        return finish();
    }

    /** Reads missing bytes up to a position. */
    void readOn(FileChannel channel, long upTo) throws IOException {
        // Mostly nothing is missing, and most files are small.
        ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(BUFFER_BYTES, Math.max(0, upTo - coveredBytes)));
        while (coveredBytes < upTo) {
            buffer.clear().limit((int) Math.min(buffer.capacity(), upTo - coveredBytes));
            if (channel.read(buffer, coveredBytes) <= 0) {
                throw new EOFException("cut short at byte " + coveredBytes);
            }
            update(buffer.flip());
        }
    }

    private static MessageDigest newSha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
