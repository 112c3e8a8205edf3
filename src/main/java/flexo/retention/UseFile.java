package flexo.retention;

import flexo.cache.NoteFile;
import flexo.cache.SmallFile;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;

/**
 * The file in which last uses survive a restart: a head, sixteen bytes for each file, and a checksum of it all. It is
 * replaced as a whole, so a reader finds the old one or the new one.
 */
final class UseFile {
    /** "FlexoUs" and the version of the form. */
    private static final long MAGIC = 0x466c65786f557303L;

    /** A million packages take a quarter of it. */
    private static final long MOST_BYTES = 64 << 20;

    private final Path path;
    private final NoteFile file;
    /** The state of the file that is known here. Used by one thread at a time. */
    private Optional<String> seen = Optional.empty();

    private boolean isRead;

    /**
     * What it holds.
     *
     * @param written when it was written
     * @param recordedSince the milliseconds since 1970 since which uses have been recorded
     * @param uses the last uses
     */
    record Content(UseTime.Moment written, long recordedSince, UseTable uses) {}

    UseFile(Path path) {
        this.path = path;
        this.file = new NoteFile(
                path,
                "When files were used last is forgotten at the next start, and packages may go too early or too late");
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
        if (seen.isEmpty()) {
            return Optional.empty();
        }
        SmallFile.check(path, MOST_BYTES);
        try (InputStream file = Files.newInputStream(path)) {
            CheckedInputStream checked = new CheckedInputStream(new BufferedInputStream(file, 1 << 16), new CRC32());
            DataInputStream in = new DataInputStream(checked);
            if (in.readLong() != MAGIC) {
                throw new IOException(path + " is no file of last uses");
            }
            UseTime.Moment written = new UseTime.Moment(in.readLong(), in.readLong());
            long recordedSince = in.readLong();
            int count = in.readInt();
            UseTable uses = new UseTable();
            for (int i = 0; i < count; i++) {
                long key = in.readLong();
                long millis = in.readLong();
                if (key == 0 || millis <= 0) {
                    throw new IOException(path + " is damaged");
                }
                uses.put(key, millis);
            }
            long sum = checked.getChecksum().getValue();
            if (in.readLong() != sum) {
                throw new IOException(path + " is damaged");
            }
            return Optional.of(new Content(written, recordedSince, uses));
        } catch (NoSuchFileException e) {
            return Optional.empty();
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
        boolean written = file.replace(out -> write(content, out));
        if (written) {
            seen = look();
        }
        return written;
    }

    /** What tells one state of the file from another; empty if there is none. */
    private Optional<String> look() {
        try {
            BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
            return Optional.of(now.fileKey() + " " + now.size() + " " + now.lastModifiedTime());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static void write(Content content, OutputStream file) throws IOException {
        CheckedOutputStream checked = new CheckedOutputStream(new BufferedOutputStream(file, 1 << 16), new CRC32());
        DataOutputStream out = new DataOutputStream(checked);
        out.writeLong(MAGIC);
        out.writeLong(content.written().millis());
        out.writeLong(content.written().clockMillis());
        out.writeLong(content.recordedSince());
        out.writeInt(content.uses().size());
        long[] keys = new long[content.uses().size()];
        long[] times = new long[keys.length];
        int[] count = new int[1];
        content.uses().forEach((key, millis) -> {
            keys[count[0]] = key;
            times[count[0]++] = millis;
        });
        for (int i = 0; i < keys.length; i++) {
            out.writeLong(keys[i]);
            out.writeLong(times[i]);
        }
        out.writeLong(checked.getChecksum().getValue());
        out.flush();
    }

    /** The path, for messages. */
    @Override
    public String toString() {
        return path.toString();
    }
}
