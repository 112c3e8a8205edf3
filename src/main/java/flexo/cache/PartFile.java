package flexo.cache;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A file that is being downloaded into the cache: the bytes so far, which may have holes between them.
 *
 * <p>Each byte has one writer, and any number of readers. They rely on these guarantees:
 *
 * <ul>
 *   <li>Bytes never change once they are written. Starting over means creating another part file, which is a new file,
 *       not a truncated one: a reader of the old one never sees a byte of the new one.
 *   <li>A write that fails leaves the buffer unchanged, so that it can be repeated. Bytes written before stay readable.
 *   <li>The file has a name as long as a later download may use it, and none once it is discarded. In either case, and
 *       after it was published, it is read through the same open file, until its last user closes it.
 *   <li>A resumed file has no holes: before bytes are written behind one, the length of the prefix before it is
 *       recorded.
 *   <li>A name in the cache always stands for a complete file: {@link #publish} checks the length, flushes, and then
 *       renames.
 *   <li>A file that is needed as a whole, a database, can be {@linkplain #hold held} in memory when the disk refuses
 *       it. It is read as before, and never published.
 * </ul>
 *
 * <p>The monitor guards the names, the users, and the move to memory; readers do not need it.
 */
public final class PartFile implements GrowingFile {
    private static final int COPIED_AT_ONCE_BYTES = 256 * 1024;

    private final PartNames names;
    /** Empty for a file that cannot be resumed. */
    private final Optional<PartPromise> promise;
    /** Null if the disk refused it from the start. */
    private final FileChannel channel;
    /** The key that distinguishes the file from another with its name; null on systems without one. */
    private final Object file;
    /** All bytes of a file that the disk has refused; null for one on disk. */
    private volatile ByteBuffer held;
    /** The pool that {@code held} was taken from; null for a file on disk. */
    private SpareMemory memory;
    /** Whether its names may belong to another part file by now. */
    private boolean nameless;

    private int users = 1;

    private PartFile(PartNames names, Optional<PartPromise> promise, FileChannel channel, Object file) {
        this.names = names;
        this.promise = promise;
        this.channel = channel;
        this.file = file;
    }

    /** Creates an empty one in place of any existing one; with a promise, it can be resumed later. */
    static PartFile create(PartNames names, Optional<PartPromise> promise) throws IOException {
        names.makeDirectory();
        names.deleteParts();
        try {
            if (promise.isPresent()) {
                // The promise first: bytes without one could never be resumed.
                promise.get().write(names.promise());
            }
            FileChannel channel = FileChannel.open(
                    names.part(), StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
            return new PartFile(names, promise, channel, key(names.part()));
        } catch (IOException e) {
            try {
                names.deleteParts();
            } catch (IOException alsoRefused) {
                e.addSuppressed(alsoRefused);
            }
            throw e;
        }
    }

    /** Opens the part file of an earlier download. */
    static PartFile open(PartNames names, PartPromise promise) throws IOException {
        FileChannel channel = FileChannel.open(
                names.part(), StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        if (promise.wholeUpTo().isPresent()) {
            channel.truncate(promise.wholeUpTo().getAsLong());
            promise.wholeUpTo(OptionalLong.empty()).write(names.promise());
        }
        return new PartFile(names, Optional.of(promise), channel, key(names.part()));
    }

    /** An empty one that does not touch the disk; {@link #hold} must come before its first byte. */
    static PartFile nowhere(PartNames names) {
        return new PartFile(names, Optional.empty(), null, null);
    }

    /**
     * Writes bytes.
     *
     * @param position the position of the first
     * @throws IOException on a disk error; the buffer is unchanged then
     */
    public synchronized void write(ByteBuffer bytes, long position) throws IOException {
        if (held != null) {
            held.put((int) position, bytes, bytes.position(), bytes.remaining());
        } else {
            ByteBuffer left = bytes.duplicate();
            long at = position;
            while (left.hasRemaining()) {
                at += channel.write(left, at);
            }
        }
        bytes.position(bytes.limit());
    }

    /**
     * Records the length that may be resumed, before bytes are written behind a hole; later calls increase it.
     *
     * @param bytes the length of the prefix without holes; empty if there are no holes any more
     * @throws IOException on a disk error
     */
    public synchronized void noteWholeUpTo(OptionalLong bytes) throws IOException {
        if (promise.isPresent() && !nameless) {
            promise.get().wholeUpTo(bytes).write(names.promise());
        }
    }

    /**
     * Moves the file to memory; {@link #discard} must follow.
     *
     * @param writtenBytes the length of the written prefix
     * @param lengthBytes the final length
     * @return false if there is not enough memory; nothing has changed then
     * @throws IOException if the bytes on disk cannot be read
     */
    public synchronized boolean hold(SpareMemory spare, long writtenBytes, long lengthBytes) throws IOException {
        if (!spare.take(lengthBytes)) {
            return false;
        }
        try {
            ByteBuffer all = ByteBuffer.allocate((int) lengthBytes);
            long at = 0;
            while (at < writtenBytes) {
                all.limit((int) Math.min(writtenBytes, at + COPIED_AT_ONCE_BYTES));
                at += read(all, at);
            }
            all.clear();
            held = all;
            memory = spare;
        } finally {
            if (held == null) {
                spare.giveBack(lengthBytes);
            }
        }
        return true;
    }

    @Override
    public boolean isOnDisk() {
        return held == null;
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
        ByteBuffer all = held;
        if (all != null) {
            ByteBuffer from = all.duplicate().position((int) position);
            from.limit(from.position() + Math.min(from.remaining(), target.remaining()));
            int count = from.remaining();
            target.put(from);
            return count;
        }
        int count = channel.read(target, position);
        if (count <= 0) {
            throw new EOFException(names.part() + " was cut short at byte " + position + " while it was served");
        }
        return count;
    }

    /**
     * Opens a stream over all its bytes.
     *
     * @param lengthBytes their number
     */
    public InputStream open(long lengthBytes) {
        return new PartInputStream(this, lengthBytes);
    }

    /**
     * Publishes the complete file under its final name by an atomic rename, after a flush, so that a name in the cache
     * always stands for a complete file. The file gets the mirror's modification time, like the copy on a mirror.
     *
     * @param head the verified size and the mirror's time
     * @return the entry under its final name
     * @throws IOException if the size differs, or on a disk error; the part file is kept then
     */
    public CacheEntry publish(ContentHead head) throws IOException {
        if (channel.size() != head.lengthBytes()) {
            throw new IOException(names.part() + " has " + channel.size() + " bytes, expected " + head.lengthBytes());
        }
        channel.force(true);
        if (!Objects.equals(file, key(names.part()))) {
            throw new IOException(names.part() + " is another file than the one that was written");
        }
        Files.setLastModifiedTime(names.part(), FileTime.from(head.lastModified()));
        Files.move(names.part(), names.target(), StandardCopyOption.ATOMIC_MOVE);
        Files.deleteIfExists(names.promise());
        Files.deleteIfExists(names.flexoSize());
        return new CacheEntry(names.target(), head);
    }

    /** Its fingerprint once it is published; it is another one than that of any file that exists now. */
    public FileStamp stamp(ContentHead head) {
        return new FileStamp(String.valueOf(file), head.lengthBytes(), FileTime.from(head.lastModified()));
    }

    private static Object key(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .fileKey();
    }

    /**
     * The SHA-256 of all bytes written.
     *
     * @param digest a digest of a prefix; consumed by this call
     * @return 64 lower-case hexadecimal digits
     * @throws IOException if the rest cannot be read
     */
    public String sha256(FileDigest digest) throws IOException {
        return held == null ? digest.finish(channel) : digest.finish();
    }

    /**
     * Adds missing bytes to a digest.
     *
     * @throws IOException if they cannot be read
     */
    public void complete(FileDigest digest, long upTo) throws IOException {
        digest.readOn(channel, upTo);
    }

    /** Its path until it is published. */
    public Path file() {
        return names.part();
    }

    /**
     * Abandons the written bytes: no later download finds them. They can still be read until the file is closed.
     *
     * @throws IOException on a disk error
     */
    public synchronized void discard() throws IOException {
        if (channel != null && !nameless) {
            // Only once: its names may belong to another file afterwards.
            nameless = true;
            names.deleteParts();
        }
    }

    /** Adds a user, which has to close it. */
    public synchronized void share() {
        users++;
    }

    /**
     * Closes the file for one of its users; the written bytes remain for a later download unless they were discarded.
     */
    @Override
    public synchronized void close() throws IOException {
        users--;
        if (users != 0) {
            return;
        }
        if (held != null) {
            memory.giveBack(held.capacity());
        }
        if (channel != null) {
            channel.close();
        }
    }
}
