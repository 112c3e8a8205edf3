package flexo.download;

import flexo.cache.ContentHead;
import flexo.cache.PartPromise;
import flexo.cache.Validators;
import flexo.mirror.Mirror;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The writing end of one range ahead of a download's prefix. It ends where it was meant to, or earlier if another range is
 * claimed before that.
 */
final class AheadWriter implements WritingEnd {
    private final Download download;
    private final PartWriter prefix;
    private final ContentHead head;
    private final long from;
    private final long end;
    private volatile long position;
    /** Null before the first byte. */
    private Mirror origin;

    /** Of a range that is claimed, up to the next one or the end of the file. */
    AheadWriter(Download download, PartWriter prefix, long from) {
        this(download, prefix, from, download.nextAhead(from + 1));
    }

    /**
     * Of a range that is claimed.
     *
     * @param until the first byte that is not wanted
     */
    AheadWriter(Download download, PartWriter prefix, long from, long until) {
        this.download = download;
        this.prefix = prefix;
        this.head = download.head();
        this.from = from;
        this.position = from;
        this.end = Math.min(head.lengthBytes(), until);
    }

    /** The start of the range. */
    long from() {
        return from;
    }

    /** Where it is to end. */
    long end() {
        return end;
    }

    @Override
    public long fromByte() {
        return position;
    }

    @Override
    public long untilByte() {
        return end == head.lengthBytes() ? Long.MAX_VALUE : end;
    }

    @Override
    public boolean takesSmallPieces() {
        return false;
    }

    @Override
    public ResponseCheck check(Optional<Validators> ifChanged) {
        return new ResponseCheck(
                position,
                untilByte(),
                Optional.of(new PartPromise(head.lengthBytes(), Optional.of(head.lastModified()))),
                false,
                Optional.empty(),
                true);
    }

    @Override
    public void begin(ContentHead newHead, boolean fromStart, String newSource) {
        // The file exists, and clients know its head.
    }

    @Override
    public void comesFrom(Mirror mirror) {
        if (!mirror.equals(origin)) {
            origin = mirror;
            prefix.origins().put(position, mirror);
        }
    }

    @Override
    public void write(ByteBuffer bytes) throws IOException {
        int count = (int) Math.min(bytes.remaining(), missing());
        bytes.limit(bytes.position() + count);
        prefix.writeAhead(bytes, position);
        long next = position + count;
        position = next;
        download.filledAhead(from, next);
    }

    @Override
    public boolean hasMetAnother() {
        return missing() == 0;
    }

    @Override
    public long missing() {
        return Math.min(end, download.nextAhead(from + 1)) - position;
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public boolean waitForReader(Runnable wanted) {
        return false;
    }

    /** The writer of the prefix requests room. */
    @Override
    public CompletionStage<Void> makeRoom(IOException refusal) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public boolean hold(IOException refusal) {
        return false;
    }
}
