package flexo.retention;

import flexo.cache.FileStamp;
import flexo.cache.NoteFile;
import flexo.cache.SmallFile;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;

/** The file that keeps last uses across restarts: a header, sixteen bytes per cached file, and a checksum. */
final class UseFile {
    /** "FlexoUs" and the format version. */
    private static final long MAGIC = 0x466c65786f557303L;

    /** A million files take a quarter of it. */
    private static final int MOST_BYTES = 64 << 20;

    private final NoteFile file;
    /** The last known state of the file. One thread at a time. */
    private Optional<FileStamp> seen = Optional.empty();

    private boolean isRead;

    /**
     * The contents.
     *
     * @param written the moment of writing
     * @param recordedSince the start of recording, in milliseconds since 1970
     * @param uses the last uses, in the order of recording
     */
    record Content(UseTime.Moment written, long recordedSince, Map<Long, Long> uses) {}

    UseFile(Path path) {
        this.file = new NoteFile(
                path,
                "The times of last use will be lost at the next start, and packages may be removed too early or too late");
    }

    /**
     * Reads the file.
     *
     * @return the contents; empty if it was never written
     * @throws IOException if it cannot be read, or is not a complete file of ours
     */
    Optional<Content> read() throws IOException {
        isRead = true;
        seen = FileStamp.of(file.path());
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
     * Reads a state that another instance has written since our last read or write.
     *
     * @return empty if there is none, or before our first read
     * @throws IOException as for {@link #read}
     */
    Optional<Content> readOthers() throws IOException {
        return !isRead || seen.equals(FileStamp.of(file.path())) ? Optional.empty() : read();
    }

    /** Replaces the file; returns whether that succeeded. */
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
            seen = FileStamp.of(file.path());
        }
        return written;
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
