package flexo.cache;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;

/**
 * The last bytes of a file on its way, in memory: what comes is appended, what its readers have all had is forgotten.
 *
 * <p>With each block it keeps the digest of all bytes before it, so that whoever goes on elsewhere can still prove the
 * whole file. Guarded by its own monitor.
 */
final class MemoryWindow {
    private static final int BLOCK_BYTES = 64 * 1024;

    private final TreeMap<Long, Block> blocks = new TreeMap<>();
    private long end;
    private long takenBytes;

    /** Some bytes in a row, and the digest of all before them; null if nobody asks for it. */
    private record Block(long start, ByteBuffer bytes, FileDigest before) {
        long end() {
            return start + bytes.position();
        }
    }

    /** An empty one whose first byte will have this position. */
    MemoryWindow(long start) {
        this.end = start;
    }

    /**
     * Appends bytes.
     *
     * @param before of all bytes before these; null if nobody asks for it
     */
    synchronized void append(ByteBuffer bytes, FileDigest before) {
        Block last = blocks.isEmpty() ? null : blocks.lastEntry().getValue();
        if (last == null || last.bytes().remaining() < bytes.remaining()) {
            // A piece is never divided, since the digest is known at its beginning only.
            last = new Block(
                    end,
                    ByteBuffer.allocate(Math.max(BLOCK_BYTES, bytes.remaining())),
                    before == null ? null : before.copy());
            blocks.put(end, last);
            takenBytes += last.bytes().capacity();
        }
        end += bytes.remaining();
        last.bytes().put(bytes);
    }

    /** Reads what is there at a position; returns how many bytes, 0 if none is. */
    synchronized int read(ByteBuffer target, long position) {
        Map.Entry<Long, Block> found = blocks.floorEntry(position);
        if (found == null || position >= found.getValue().end()) {
            return 0;
        }
        Block block = found.getValue();
        int from = (int) (position - block.start());
        int count = (int) Math.min(target.remaining(), block.end() - position);
        target.put(target.position(), block.bytes(), from, count);
        target.position(target.position() + count);
        return count;
    }

    /** Forgets what lies wholly below a position. */
    synchronized void forgetBelow(long position) {
        while (!blocks.isEmpty() && blocks.firstEntry().getValue().end() <= position) {
            takenBytes -= blocks.pollFirstEntry().getValue().bytes().capacity();
        }
    }

    /** The first position that is there, or will be. */
    synchronized long start() {
        return blocks.isEmpty() ? end : blocks.firstKey();
    }

    synchronized long end() {
        return end;
    }

    /** The memory it takes. */
    synchronized long takenBytes() {
        return takenBytes;
    }

    /** The digest of all bytes before a position in the window; null if nobody asks for it, or it is not there. */
    synchronized FileDigest digestBefore(long position) {
        Map.Entry<Long, Block> found = blocks.floorEntry(position);
        if (found == null
                || found.getValue().before() == null
                || position > found.getValue().end()) {
            return null;
        }
        FileDigest digest = found.getValue().before().copy();
        Block block = found.getValue();
        digest.update(block.bytes().duplicate().flip().limit((int) (position - block.start())));
        return digest;
    }
}
