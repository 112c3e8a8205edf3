package flexo.cache;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The last bytes of a file on its way, in memory: what comes is appended, what its readers have all had is forgotten once
 * it is settled that the disk will not get it.
 *
 * <p>With each block it keeps the digest of all bytes before it, so that whoever goes on elsewhere can still prove the
 * whole file. Guarded by its own monitor; that of the {@link SpareMemory} is taken inside it.
 */
final class MemoryWindow {
    private static final int BLOCK_BYTES = 64 * 1024;

    private final SpareMemory memory;
    private final long begin;
    /** What it holds of the memory, never to forget anything; 0 if it has a share like all others. */
    private final long heldBytes;

    private final TreeMap<Long, Block> blocks = new TreeMap<>();
    private long end;
    private long takenBytes;
    private boolean forgetful;

    /** Some bytes in a row, and the digest of all before them; null if nobody asks for it. */
    private record Block(long start, ByteBuffer bytes, FileDigest before) {
        long end() {
            return start + bytes.position();
        }
    }

    private MemoryWindow(SpareMemory memory, long begin, long heldBytes) {
        this.memory = memory;
        this.begin = begin;
        this.heldBytes = heldBytes;
        this.end = begin;
    }

    /**
     * An empty one.
     *
     * @param begin the position of its first byte
     * @param wholeBytes the memory it needs if it is never to forget anything; else 0
     * @return empty if there is not so much memory
     */
    static Optional<MemoryWindow> open(SpareMemory memory, long begin, long wholeBytes) {
        if (wholeBytes > 0 && !memory.hold(wholeBytes)) {
            return Optional.empty();
        }
        if (wholeBytes == 0) {
            memory.begin();
        }
        return Optional.of(new MemoryWindow(memory, begin, wholeBytes));
    }

    /** Gives back what it has of the memory; called once, when nothing will be appended any more. */
    void giveBackMemory() {
        if (heldBytes > 0) {
            memory.letGo(heldBytes);
        } else {
            memory.end();
        }
    }

    /** The position of its first byte, be that forgotten meanwhile. */
    long begin() {
        return begin;
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

    /** Has it forget what it is told to from now on, if it has only a share of the memory. */
    synchronized void becomeForgetful() {
        forgetful = heldBytes == 0;
    }

    /** Forgets what lies wholly below a position, if it may forget anything. */
    synchronized void forgetBelow(long position) {
        while (forgetful && !blocks.isEmpty() && blocks.firstEntry().getValue().end() <= position) {
            takenBytes -= blocks.pollFirstEntry().getValue().bytes().capacity();
        }
    }

    /** Whether a byte was there and is forgotten. */
    synchronized boolean hasForgotten(long position) {
        return position >= begin && position < start();
    }

    /** How much of its share of the memory it takes; 0 while it may forget nothing. */
    synchronized double fullness() {
        return forgetful ? (double) takenBytes / memory.shareBytes() : 0;
    }

    /** The first position in the second half of what is there. */
    synchronized long middle() {
        return (start() + end) / 2;
    }

    private long start() {
        return blocks.isEmpty() ? end : blocks.firstKey();
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
