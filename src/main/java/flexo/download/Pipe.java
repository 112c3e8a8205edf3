package flexo.download;

import flexo.cache.GrowingFile;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A bounded buffer between a mirror and the single reader of a file that cannot be cached: bytes are gone once they are
 * read. Its place among the downloads is taken until the reader is done, since it uses memory that long.
 *
 * <p>Guarded by its own monitor; the writer is notified outside of it when there is room again.
 */
final class Pipe implements GrowingFile {
    /** The level at which the mirror is paused (back-pressure); granted bytes still arrive. */
    static final int FULL_BYTES = 64 * 1024;
    /** The level at which the mirror is resumed. */
    private static final int ROOMY_BYTES = FULL_BYTES / 2;
    /** The bytes of one turn, after which another reader may have the place. */
    static final int TURN_BYTES = 256 * 1024;

    private final Deque<ByteBuffer> pieces = new ArrayDeque<>();
    /** The next byte that the reader needs. */
    private long needed;

    private long heldBytes;
    private long passedBytes;
    /** The writer, while it waits for room; null otherwise. */
    private Runnable writer;

    private Runnable whenTurnIsOver = () -> {};
    private Runnable whenClosed = () -> {};

    /**
     * An empty pipe.
     *
     * @param needed the first byte that the reader needs; earlier ones are dropped
     */
    Pipe(long needed) {
        this.needed = needed;
    }

    /** Sets the listeners for the end of its turn, and for its end; call before anything is written. */
    synchronized void tell(Runnable turnIsOver, Runnable closed) {
        whenTurnIsOver = turnIsOver;
        whenClosed = closed;
    }

    /** Takes bytes, even beyond its limit. */
    void write(ByteBuffer bytes, long position) {
        Runnable over;
        synchronized (this) {
            boolean before = isTurnOver();
            passedBytes += bytes.remaining();
            int dropped = (int) Math.max(0, Math.min(bytes.remaining(), needed - position));
            bytes.position(bytes.position() + dropped);
            if (bytes.hasRemaining()) {
                heldBytes += bytes.remaining();
                pieces.add(ByteBuffer.allocate(bytes.remaining()).put(bytes).flip());
            }
            over = !before && isTurnOver() ? whenTurnIsOver : () -> {};
        }
        over.run();
    }

    /** Whether its turn is over: it has delivered enough, or waits for its reader. */
    synchronized boolean isTurnOver() {
        return isFull() || passedBytes >= TURN_BYTES;
    }

    @Override
    public int read(ByteBuffer target, long position) {
        Runnable roomy = () -> {};
        int before = target.position();
        synchronized (this) {
            while (target.hasRemaining() && !pieces.isEmpty()) {
                ByteBuffer piece = pieces.peek();
                int count = Math.min(piece.remaining(), target.remaining());
                target.put(piece.slice(piece.position(), count));
                piece.position(piece.position() + count);
                if (!piece.hasRemaining()) {
                    pieces.remove();
                }
            }
            heldBytes -= target.position() - before;
            needed = position + target.position() - before;
            if (writer != null && heldBytes <= ROOMY_BYTES) {
                roomy = writer;
                writer = null;
            }
        }
        roomy.run();
        return target.position() - before;
    }

    /**
     * Registers a callback for room, if it is full.
     *
     * @param roomy called once by the reader, unless false is returned
     * @return whether it is full
     */
    synchronized boolean waitForRoom(Runnable roomy) {
        if (!isFull()) {
            return false;
        }
        writer = roomy;
        return true;
    }

    synchronized boolean isFull() {
        return heldBytes >= FULL_BYTES;
    }

    @Override
    public boolean isOnDisk() {
        return false;
    }

    @Override
    public void close() {
        Runnable told;
        synchronized (this) {
            told = whenClosed;
        }
        told.run();
    }
}
