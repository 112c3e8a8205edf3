package flexo.cache;

import java.io.Closeable;
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

/**
 * A file on its way into the cache: the bytes from the front that are there so far. Those that the disk does not take go
 * on in memory, where what all readers have had is forgotten; such a file is never published.
 *
 * <p>One writer, any number of readers. Bytes once written never change: to start over is to create another part file,
 * so that a reader of the old one never sees the new one's bytes. The file may be published, and still be read through
 * the same object until it is closed. The monitor guards going from disk to memory and back; readers do not need it.
 */
public final class PartFile implements Closeable {
    private final PartNames names;
    private final SpareMemory memory;
    /** Empty for a file that nobody will resume. */
    private final Optional<PartPromise> promise;
    /** Null if it never lay on disk. */
    private volatile FileChannel channel;
    /** What tells the file from any other that may get its name; null where the system has no such thing. */
    private volatile Object file;
    /** What the disk does not take: all bytes from where it begins. Null while the disk takes all. */
    private volatile MemoryWindow window;
    /** Whether its names may be another part file's by now. */
    private boolean nameless;

    private int users = 1;

    private PartFile(PartNames names, SpareMemory memory, Optional<PartPromise> promise) {
        this.names = names;
        this.memory = memory;
        this.promise = promise;
    }

    /** Opens an empty one in place of any that is there, to be resumed later if there is a promise. */
    static PartFile create(PartNames names, SpareMemory memory, Optional<PartPromise> promise) throws IOException {
        PartFile part = new PartFile(names, memory, promise);
        part.openOnDisk();
        return part;
    }

    /** One that is nowhere yet: {@link #leaveDisk} comes before the first byte. */
    static PartFile nowhere(PartNames names, SpareMemory memory, Optional<PartPromise> promise) {
        return new PartFile(names, memory, promise);
    }

    /** Opens what an earlier download left. */
    static PartFile open(PartNames names, SpareMemory memory, PartPromise promise) throws IOException {
        PartFile part = new PartFile(names, memory, Optional.of(promise));
        part.channel = FileChannel.open(
                names.part(), StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        part.file = key(names.part());
        return part;
    }

    /** A new file, not a truncated one: whoever still reads an old one goes on reading the old bytes. */
    private void openOnDisk() throws IOException {
        names.makeDirectory();
        names.deleteParts();
        try {
            if (promise.isPresent()) {
                // The promise first: bytes without one could never be resumed.
                promise.get().write(names.promise());
            }
            channel = FileChannel.open(
                    names.part(), StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
            file = key(names.part());
        } catch (IOException e) {
            try {
                names.deleteParts();
            } catch (IOException alsoRefused) {
                e.addSuppressed(alsoRefused);
            }
            throw e;
        }
    }

    /**
     * Writes bytes at the end of what is there.
     *
     * @param position where that is
     * @param before the digest of all bytes before them; null if nobody asks for it
     * @throws IOException if the disk refuses; the buffer is as before then, and {@link #leaveDisk} may follow
     */
    public synchronized void write(ByteBuffer bytes, long position, FileDigest before) throws IOException {
        if (window != null) {
            window.append(bytes, before);
            return;
        }
        writeToDisk(bytes.duplicate(), position);
        bytes.position(bytes.limit());
    }

    /**
     * Writes bytes at the end of what is there, whose digest nobody asks for.
     *
     * @throws IOException as for the other
     */
    public void write(ByteBuffer bytes, long position) throws IOException {
        write(bytes, position, null);
    }

    private void writeToDisk(ByteBuffer bytes, long position) throws IOException {
        long at = position;
        while (bytes.hasRemaining()) {
            at += channel.write(bytes, at);
        }
    }

    /**
     * Goes on in memory; what is on disk can still be read, and {@link #returnToDisk} or {@link #giveUpDisk} may follow.
     *
     * @param position where the next byte will be written
     * @param wholeBytes the memory it needs if it is never to forget anything; else 0
     * @return false if there is not so much memory, and nothing has changed
     */
    public synchronized boolean leaveDisk(long position, long wholeBytes) {
        window = MemoryWindow.open(memory, position, wholeBytes).orElse(null);
        return window != null;
    }

    /**
     * Puts on disk after all what went to memory.
     *
     * @return false if nobody uses it any longer, and nothing was done
     * @throws IOException if the disk refuses again; nothing has changed for its readers then
     */
    public synchronized boolean returnToDisk() throws IOException {
        if (users == 0) {
            return false;
        }
        if (channel == null) {
            openOnDisk();
        }
        MemoryWindow leaving = window;
        ByteBuffer buffer = ByteBuffer.allocate((int) SpareMemory.LEAST_SHARE_BYTES);
        long at = leaving.begin();
        while (leaving.read(buffer, at) > 0) {
            buffer.flip();
            long next = at + buffer.remaining();
            writeToDisk(buffer, at);
            buffer.clear();
            at = next;
        }
        window = null;
        leaving.giveBackMemory();
        return true;
    }

    /** Stays in memory for good: what lies on disk loses its name, and what all readers have had is forgotten. */
    public synchronized void giveUpDisk() throws IOException {
        window.becomeForgetful();
        discard();
    }

    /** Whether all bytes lie on disk, so that the file may be published. */
    public boolean isOnDisk() {
        return window == null;
    }

    /**
     * Reads bytes below what was written.
     *
     * @return how many; 0 only for bytes that were forgotten
     * @throws IOException if they cannot be read
     */
    public int read(ByteBuffer target, long position) throws IOException {
        MemoryWindow now = window;
        if (now != null && position >= now.begin()) {
            return now.read(target, position);
        }
        int limit = target.limit();
        if (now != null && target.remaining() > now.begin() - position) {
            target.limit(target.position() + (int) (now.begin() - position));
        }
        try {
            int count = channel.read(target, position);
            if (count <= 0) {
                throw new EOFException(names.part() + " was cut short at byte " + position + " while it was served");
            }
            return count;
        } finally {
            target.limit(limit);
        }
    }

    /**
     * All its bytes from the front; none may be forgotten meanwhile.
     *
     * @param lengthBytes how many they are
     */
    public InputStream open(long lengthBytes) {
        return new PartInputStream(this, lengthBytes);
    }

    /** Forgets bytes that nobody needs any more; only those in memory are. */
    public void forgetBelow(long position) {
        MemoryWindow now = window;
        if (now != null) {
            now.forgetBelow(position);
        }
    }

    /** Whether a byte was there and is forgotten. */
    public boolean hasForgotten(long position) {
        MemoryWindow now = window;
        return now != null && now.hasForgotten(position);
    }

    /** Whether all bytes from the front can still be read. */
    public boolean isCompleteFromTheFront() {
        MemoryWindow now = window;
        return now == null || !now.hasForgotten(now.begin());
    }

    /** How much of its share of memory it takes: above 1 it should not grow. */
    public double fullness() {
        MemoryWindow now = window;
        return now == null ? 0 : now.fullness();
    }

    /**
     * Where a reader can leave it to go on elsewhere: at the position, or where the disk ends.
     *
     * @return the byte, and the digest of all before it
     */
    public Mark mark(long position) {
        MemoryWindow now = window;
        if (now == null) {
            return new Mark(position, Optional.empty());
        }
        long at = Math.max(position, now.begin());
        return new Mark(at, Optional.ofNullable(now.digestBefore(at)));
    }

    /** The first position in the second half of what is in memory. */
    public long middle() {
        MemoryWindow now = window;
        return now == null ? 0 : now.middle();
    }

    /**
     * A byte of a file.
     *
     * @param position its position
     * @param digest of all bytes before it; empty if nobody asks for it
     */
    public record Mark(long position, Optional<FileDigest> digest) {}

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
        return channel == null ? digest.finish() : digest.finish(channel);
    }

    /**
     * Takes in what lies on disk and was not seen to arrive.
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
        if (window != null) {
            window.giveBackMemory();
        }
        if (channel != null) {
            channel.close();
        }
    }
}
