package flexo.cache;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;

/**
 * A file on its way into the cache: the bytes from the front that are there so far.
 *
 * <p>One writer, any number of readers. Bytes once written never change: to start over is to create another part file,
 * so that a reader of the old one never sees the new one's bytes. The file may be published, and still be read through
 * the same object until it is closed.
 */
public final class PartFile implements AutoCloseable {
    private final PartNames names;
    private final FileChannel channel;
    /** False for files that are shared while they run but never kept; they have no name on disk at all. */
    private final boolean kept;

    private PartFile(PartNames names, FileChannel channel, boolean kept) {
        this.names = names;
        this.channel = channel;
        this.kept = kept;
    }

    /** Opens an empty one for a file with this head, in place of any that is there. */
    static PartFile create(PartNames names, ContentHead head) throws IOException {
        Files.createDirectories(names.directory());
        // A new file, not a truncated one: whoever still reads the old one goes on reading the old bytes.
        names.deleteParts();
        // The promise first: bytes without one could never be resumed.
        PartPromise.of(head).write(names.promise());
        FileChannel channel = FileChannel.open(
                names.part(), StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
        return new PartFile(names, channel, true);
    }

    /** Opens what an earlier download left. */
    static PartFile open(PartNames names) throws IOException {
        FileChannel channel = FileChannel.open(names.part(), StandardOpenOption.READ, StandardOpenOption.WRITE);
        return new PartFile(names, channel, true);
    }

    /** Opens one without a name, gone when it is closed or the process dies. */
    static PartFile createUnkept(PartNames names) throws IOException {
        Files.createDirectories(names.directory());
        Path file = Files.createTempFile(names.directory(), PartNames.PREFIX, PartNames.PART_SUFFIX);
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
            return new PartFile(names, channel, false);
        } finally {
            Files.delete(file);
        }
    }

    /**
     * Writes bytes at a position.
     *
     * @throws IOException if the disk refuses; part of the bytes may have been written
     */
    public void write(ByteBuffer bytes, long position) throws IOException {
        long at = position;
        while (bytes.hasRemaining()) {
            at += channel.write(bytes, at);
        }
    }

    /**
     * Reads bytes below what was written.
     *
     * @return how many, at least 1
     * @throws IOException if they cannot be read
     */
    public int read(ByteBuffer target, long position) throws IOException {
        int count = channel.read(target, position);
        if (count <= 0) {
            throw new EOFException(names.part() + " was cut short at byte " + position + " while it was served");
        }
        return count;
    }

    /**
     * Puts the whole file under its real name, at once and for good: flushed first, then moved, so that a name in the
     * cache always stands for the whole file. The file gets the mirror's time, as a mirror's copy has it.
     *
     * @param head the proven size and the mirror's time
     * @return the entry under its real name
     * @throws IOException if the size is another, or the disk refuses; the part file is kept then
     */
    public CacheEntry publish(ContentHead head) throws IOException {
        if (!kept) {
            throw new IllegalStateException(names.target() + " is not a file that is kept");
        }
        if (channel.size() != head.lengthBytes()) {
            throw new IOException(names.part() + " has " + channel.size() + " bytes, expected " + head.lengthBytes());
        }
        channel.force(true);
        Files.setLastModifiedTime(names.part(), FileTime.from(head.lastModified()));
        Files.move(names.part(), names.target(), StandardCopyOption.ATOMIC_MOVE);
        Files.deleteIfExists(names.promise());
        Files.deleteIfExists(names.flexoSize());
        return new CacheEntry(names.target(), head);
    }

    /** Closes the file; what was written stays for a later download. */
    @Override
    public void close() throws IOException {
        channel.close();
    }
}
