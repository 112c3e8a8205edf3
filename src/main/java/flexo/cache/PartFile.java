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

    private PartFile(PartNames names, FileChannel channel) {
        this.names = names;
        this.channel = channel;
    }

    /** Opens an empty one for a file with this head, to be resumed later, in place of any that is there. */
    static PartFile create(PartNames names, ContentHead head) throws IOException {
        makeRoom(names);
        // The promise first: bytes without one could never be resumed.
        PartPromise.of(head).write(names.promise());
        return createPart(names);
    }

    /** Opens an empty one that nobody will resume, in place of any that is there. */
    static PartFile createWithoutPromise(PartNames names) throws IOException {
        makeRoom(names);
        return createPart(names);
    }

    /** A new file, not a truncated one: whoever still reads the old one goes on reading the old bytes. */
    private static void makeRoom(PartNames names) throws IOException {
        Files.createDirectories(names.directory());
        names.deleteParts();
    }

    private static PartFile createPart(PartNames names) throws IOException {
        return new PartFile(
                names,
                FileChannel.open(
                        names.part(),
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE));
    }

    /** Opens what an earlier download left. */
    static PartFile open(PartNames names) throws IOException {
        return new PartFile(names, FileChannel.open(names.part(), StandardOpenOption.READ, StandardOpenOption.WRITE));
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

    /**
     * The SHA-256 of all that was written.
     *
     * @param digest of the bytes from the front that were seen to arrive; used up by this
     * @return 64 lower-case hexadecimal digits
     * @throws IOException if the rest cannot be read
     */
    public String sha256(FileDigest digest) throws IOException {
        return digest.finish(channel);
    }

    /** Where it lies until it is published. */
    public Path file() {
        return names.part();
    }

    /**
     * Gives up what was written: no later download finds it. It can still be read until it is closed.
     *
     * @throws IOException if the disk refuses
     */
    public void discard() throws IOException {
        names.deleteParts();
    }

    /** Closes the file; what was written stays for a later download unless it was discarded. */
    @Override
    public void close() throws IOException {
        channel.close();
    }
}
