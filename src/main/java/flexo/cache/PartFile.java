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
 * A file on its way into the cache: the bytes that are there so far, which may have holes between them.
 *
 * <p>Each byte has one writer, and any number of readers. What they rely on:
 *
 * <ul>
 *   <li>Bytes once written never change. To start over is to create another part file, and that is a new file, not a
 *       truncated one: a reader of the old one never sees a byte of the new one.
 *   <li>A write that the disk refuses leaves the buffer as it was, so it can be tried again. What was written before stays
 *       readable.
 *   <li>The file has a name for as long as it may be of use to a later download, and none once it is discarded. It is read
 *       through the same open file in either case, and after it was published, until its last user closes it.
 *   <li>What is resumed has no holes: before bytes are written behind one, it is noted how much is there before it.
 *   <li>A name in the cache always stands for a whole file: {@link #publish} proves the length, flushes, and then moves.
 *   <li>A file that is needed whole, a database, can be {@linkplain #hold held} as bytes in memory where the disk refuses
 *       it. It is read as before, and never published.
 * </ul>
 *
 * <p>The monitor guards the names, the users, and going to memory; readers do not need it.
 */
public final class PartFile implements GrowingFile {
    private static final int COPIED_AT_ONCE_BYTES = 256 * 1024;

    private final PartNames names;
    /** Empty for a file that nobody will resume. */
    private final Optional<PartPromise> promise;
    /** Null if the disk refused it from the start. */
    private final FileChannel channel;
    /** What tells the file from any other that may get its name; null where the system has no such thing. */
    private final Object file;
    /** All bytes of a file that the disk has refused; null for one on disk. */
    private volatile ByteBuffer held;
    /** What {@code held} was taken from; null for a file on disk. */
    private SpareMemory memory;
    /** Whether its names may be another part file's by now. */
    private boolean nameless;

    private int users = 1;

    private PartFile(PartNames names, Optional<PartPromise> promise, FileChannel channel, Object file) {
        this.names = names;
        this.promise = promise;
        this.channel = channel;
        this.file = file;
    }

    /** Opens an empty one in place of any that is there, to be resumed later if there is a promise. */
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

    /** Opens what an earlier download left. */
    static PartFile open(PartNames names, PartPromise promise) throws IOException {
        FileChannel channel = FileChannel.open(
                names.part(), StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        if (promise.wholeUpTo().isPresent()) {
            channel.truncate(promise.wholeUpTo().getAsLong());
            promise.wholeUpTo(OptionalLong.empty()).write(names.promise());
        }
        return new PartFile(names, Optional.of(promise), channel, key(names.part()));
    }

    /** An empty one that does not touch the disk; {@link #hold} comes before its first byte. */
    static PartFile nowhere(PartNames names) {
        return new PartFile(names, Optional.empty(), null, null);
    }

    /**
     * Writes bytes.
     *
     * @param position where the first of them belongs
     * @throws IOException if the disk refuses; the buffer is as before then
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
     * Notes how much of the file may be resumed, before bytes are written behind a hole; later a higher number.
     *
     * @param bytes how many bytes from the front are there; empty if there are no holes any more
     * @throws IOException if the disk refuses
     */
    public synchronized void noteWholeUpTo(OptionalLong bytes) throws IOException {
        if (promise.isPresent() && !nameless) {
            promise.get().wholeUpTo(bytes).write(names.promise());
        }
    }

    /**
     * Goes on in memory, whole; {@link #discard} is to follow.
     *
     * @param writtenBytes how many bytes from the front are there
     * @param lengthBytes how many it will have
     * @return false if there is not so much memory; nothing has changed then
     * @throws IOException if what is on disk cannot be read
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
     * All its bytes from the front.
     *
     * @param lengthBytes how many they are
     */
    public InputStream open(long lengthBytes) {
        return new PartInputStream(this, lengthBytes);
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
        if (!Objects.equals(file, key(names.part()))) {
            throw new IOException(names.part() + " is another file than the one that was written");
        }
        Files.setLastModifiedTime(names.part(), FileTime.from(head.lastModified()));
        Files.move(names.part(), names.target(), StandardCopyOption.ATOMIC_MOVE);
        Files.deleteIfExists(names.promise());
        Files.deleteIfExists(names.flexoSize());
        return new CacheEntry(names.target(), head);
    }

    private static Object key(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .fileKey();
    }

    /**
     * The SHA-256 of all that was written.
     *
     * @param digest of the bytes from the front that were seen to arrive; used up by this
     * @return 64 lower-case hexadecimal digits
     * @throws IOException if the rest cannot be read
     */
    public String sha256(FileDigest digest) throws IOException {
        return held == null ? digest.finish(channel) : digest.finish();
    }

    /**
     * Takes in what was not seen to arrive.
     *
     * @throws IOException if it cannot be read
     */
    public void complete(FileDigest digest, long upTo) throws IOException {
        digest.readOn(channel, upTo);
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
    public synchronized void discard() throws IOException {
        if (channel != null && !nameless) {
            // Only once: its names may be another's afterwards.
            nameless = true;
            names.deleteParts();
        }
    }

    /** One more who closes it. */
    synchronized void share() {
        users++;
    }

    /** Closes the file for one of its users; what was written stays for a later download unless it was discarded. */
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
