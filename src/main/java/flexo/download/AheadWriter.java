package flexo.download;

import flexo.cache.ContentHead;
import flexo.cache.PartFile;
import flexo.cache.PartPromise;
import flexo.cache.Validators;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The writing end of one range ahead of a download's prefix, up to the next range or the end of the file. */
final class AheadWriter implements WritingEnd {
    private final Download download;
    private final PartFile part;
    private final ContentHead head;
    private final long from;
    private final long end;
    private long position;

    /** Of a range that is claimed. */
    AheadWriter(Download download, PartFile part, long from) {
        this.download = download;
        this.part = part;
        this.head = download.head();
        this.from = from;
        this.position = from;
        this.end = Math.min(head.lengthBytes(), download.nextAhead(from + 1));
    }

    /** Where the range begins. */
    long from() {
        return from;
    }

    @Override
    public long fromByte() {
        return position;
    }

    @Override
    public boolean takesSmallPieces() {
        return false;
    }

    @Override
    public ResponseCheck check(Optional<Validators> ifChanged) {
        return new ResponseCheck(
                position,
                Optional.of(new PartPromise(head.lengthBytes(), Optional.of(head.lastModified()))),
                false,
                Optional.empty(),
                true);
    }

    @Override
    public void begin(ContentHead newHead, boolean fromStart, String newSource) {
        // The file is there, and clients were told of it.
    }

    @Override
    public void write(ByteBuffer bytes) throws IOException {
        int count = (int) Math.min(bytes.remaining(), end - position);
        bytes.limit(bytes.position() + count);
        part.write(bytes, position);
        position += count;
        download.filledAhead(from, position);
    }

    @Override
    public boolean hasMetAnother() {
        return position == end && end < head.lengthBytes();
    }

    @Override
    public long missing() {
        return end - position;
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public boolean waitForReader(Runnable wanted) {
        return false;
    }

    /** Whoever writes the prefix asks for it. */
    @Override
    public CompletionStage<Void> makeRoom(IOException refusal) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public boolean hold(IOException refusal) {
        return false;
    }
}
