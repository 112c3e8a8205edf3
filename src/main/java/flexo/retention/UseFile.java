package flexo.retention;

import flexo.cache.NoteFile;
import flexo.cache.SmallFile;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;

/** The file in which last uses survive a restart: a head, sixteen bytes for each file, and a checksum. */
final class UseFile {
    /** "FlexoUs" and the version of the form. */
    private static final long MAGIC = 0x466c65786f557303L;

    /** A million files take a quarter of it. */
    private static final int MOST_BYTES = 64 << 20;

    private final NoteFile file;
    /** The state of the file that is known here. Used by one thread at a time. */
    private Optional<String> seen = Optional.empty();

    private boolean isRead;

    /**
     * What it holds.
     *
     * @param written when it was written
     * @param recordedSince the milliseconds since 1970 since which uses have been recorded
     * @param uses the last uses, in the order of recording
     */
    record Content(UseTime.Moment written, long recordedSince, Map<Long, Long> uses) {}

    UseFile(Path path) {
        this.file = new NoteFile(
                path,
                "The times of last use will be lost at the next start, and packages may be removed too early or too late");
    }

    /**
     * Reads it.
     *
     * @return what was written last; empty if nothing ever was
     * @throws IOException if it cannot be read, or is no whole file of ours
     */
    Optional<Content> read() throws IOException {
        isRead = true;
        seen = look();
        try {
            Optional<byte[]> bytes = SmallFile.read(file.path(), MOST_BYTES);
            if (bytes.isEmpty()) {
                return Optional.empty();
            }
            ByteBuffer in = ByteBuffer.wrap(bytes.get());
            int end = in.limit() - Long.BYTES;
            if (in.getLong() != MAGIC || in.getLong(end) != sum(in.array(), end)) {
                throw new IOException(file + " is damaged, or no file of last uses");
            }
            UseTime.Moment written = new UseTime.Moment(in.getLong(), in.getLong());
            long recordedSince = in.getLong();
            Map<Long, Long> uses = new LinkedHashMap<>();
            for (int count = in.getInt(); count > 0; count--) {
                uses.put(in.getLong(), in.getLong());
            }
            return Optional.of(new Content(written, recordedSince, uses));
        } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
            throw new IOException(file + " is cut short", e);
        }
    }

    /**
     * Reads what another instance has written since we read or wrote last.
     *
     * @return empty if none has, or we have not read it yet
     * @throws IOException as {@link #read} does
     */
    Optional<Content> readOthers() throws IOException {
        return !isRead || seen.equals(look()) ? Optional.empty() : read();
    }

    /** Replaces it; returns whether that was possible. */
    boolean write(Content content) {
        ByteBuffer out = ByteBuffer.allocate(
                5 * Long.BYTES + Integer.BYTES + 2 * Long.BYTES * content.uses().size());
        out.putLong(MAGIC)
                .putLong(content.written().millis())
                .putLong(content.written().clockMillis())
                .putLong(content.recordedSince())
                .putInt(content.uses().size());
        content.uses().forEach((key, millis) -> out.putLong(key).putLong(millis));
        out.putLong(sum(out.array(), out.position()));
        boolean written = file.replace(to -> to.write(out.array()));
        if (written) {
            seen = look();
        }
        return written;
    }

    /** What tells one state of the file from another; empty if there is none. */
    private Optional<String> look() {
        try {
            BasicFileAttributes now = Files.readAttributes(file.path(), BasicFileAttributes.class);
            return Optional.of(now.fileKey() + " " + now.size() + " " + now.lastModifiedTime());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static long sum(byte[] bytes, int length) {
        CRC32 sum = new CRC32();
        sum.update(bytes, 0, length);
        return sum.getValue();
    }

    /** The path, for messages. */
    @Override
    public String toString() {
        return file.toString();
    }
}
