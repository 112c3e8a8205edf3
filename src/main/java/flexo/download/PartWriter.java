package flexo.download;

import flexo.alpm.RepositoryPath;
import flexo.cache.ContentHead;
import flexo.cache.FileDigest;
import flexo.cache.Leftover;
import flexo.cache.PartFile;
import flexo.cache.PartPromise;
import flexo.cache.Validators;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The writing end of a download: where the next byte goes, across all its transfers, and how much of it the clients may
 * have.
 *
 * <p>One transfer at a time uses it, under that transfer's lock; between transfers their {@link Failover} does. The part
 * file is created with the first byte, so a file no mirror has leaves nothing behind. With the first byte that clients
 * may have, it is released: it belongs to the {@link Download} from then on, and its beginning is settled. Until then the
 * bytes may be given up for another mirror's.
 */
final class PartWriter {
    private static final Logger LOG = Logger.getLogger(PartWriter.class.getName());

    private final Fetch fetch;
    private final Download download;
    private final RepositoryPath path;
    private final Placement placement;

    /** What an earlier download left, until its first use or its end; null if there is nothing. */
    private Leftover leftover;
    /** Null until the first byte. */
    private ContentHead head;
    /** Of the bytes from the front; null if nobody asks for it. */
    private FileDigest digest;

    private HoldBack holdBack = HoldBack.NOTHING;
    /** When the first byte came; null before. */
    private Long firstByteNanos;

    private long position;
    private boolean released;
    private String source = "";

    /** Of a download that begins, whose bytes are put where {@code placement} says. */
    PartWriter(Fetch fetch, Placement placement) {
        this.fetch = fetch;
        this.download = fetch.download();
        this.path = fetch.path();
        this.placement = placement;
    }

    /** Makes it the rest of a file, of which clients have the beginning; before its first transfer. */
    void continueFrom(ContentHead promised, PartFile.Mark mark) {
        head = promised;
        position = mark.position();
        digest = mark.digest().map(FileDigest::copy).orElse(null);
        holdBack = HoldBack.LAST_BYTE;
        released = true;
        placement.createInMemory(promised, position);
    }

    /** Looks for what an earlier download left; what cannot be read is not there. */
    void openLeftover() {
        if (path.kind().mutable() || placement.part() != null) {
            return;
        }
        try {
            leftover = fetch.context().cache().leftover(path).orElse(null);
        } catch (IOException e) {
            LOG.log(Level.FINE, path + ": what an earlier download left cannot be read", e);
        }
    }

    /** The byte the next transfer must begin with. */
    long fromByte() {
        if (leftover != null) {
            // Of a leftover that is whole the last byte is asked again, so that a mirror vouches for it.
            return Math.min(leftover.lengthBytes(), leftover.promise().lengthBytes() - 1);
        }
        return position;
    }

    /** Whether clients have been told of the file, so that its bytes cannot be given up any more. */
    boolean isReleased() {
        return released;
    }

    /**
     * What the next transfer's response must promise.
     *
     * @param ifChanged by what the mirror is asked whether the file has changed; empty if it is not
     */
    ResponseCheck check(Optional<Validators> ifChanged) {
        Optional<PartPromise> promise = placement.part() != null
                ? Optional.of(new PartPromise(head.lengthBytes(), Optional.of(head.lastModified())))
                : Optional.ofNullable(leftover).map(Leftover::promise);
        return new ResponseCheck(
                fromByte(),
                promise,
                !released,
                ifChanged,
                fromByte() > 0 || fetch.policy().isListed());
    }

    /**
     * Makes ready for the bytes of a transfer whose first ones are there.
     *
     * @param newHead the head its mirror promised
     * @param fromStart whether they are the file's first bytes, so that what is there is given up
     * @param newSource the mirror, for people
     */
    void begin(ContentHead newHead, boolean fromStart, String newSource) throws IOException {
        source = newSource;
        if (released) {
            download.streaming(head, placement.part(), readable(), source);
            return;
        }
        if (fromStart) {
            startOver();
            placement.create(newHead);
        } else if (placement.part() == null) {
            position = fromByte();
            placement.goOnWith(leftover.file());
            leftover = null;
        } else {
            return;
        }
        head = fetch.policy().told(newHead);
        holdBack = fetch.policy().holdBack(head.lengthBytes());
        digest = fetch.policy().needsDigest() ? new FileDigest() : null;
        if (firstByteNanos == null) {
            firstByteNanos = fetch.nowNanos();
        }
    }

    /** Where the bytes go. */
    Placement placement() {
        return placement;
    }

    /**
     * Tells when more bytes are wanted, if it is better to wait with them. When memory takes no more, clients get what was
     * held back: there is no room otherwise.
     *
     * @param wanted called once, by any thread, unless false is returned
     * @return whether it is to wait
     */
    boolean waitForRoom(Runnable wanted) {
        if (!placement.waitForRoom(wanted)) {
            return false;
        }
        if (!released && placement.settled().toCompletableFuture().isDone()) {
            release(readable());
        }
        return true;
    }

    /**
     * Appends bytes and lets the clients have what they may have. What the disk does not take goes on in memory.
     *
     * @throws IOException if the disk does not take them, and memory cannot: {@link #prepareToLeaveDisk} may help
     */
    void write(ByteBuffer bytes) throws IOException {
        FileDigest before = digest != null && digest.coveredBytes() == position ? digest : null;
        ByteBuffer seen = bytes.duplicate();
        try {
            placement.write(bytes, position, before);
        } catch (IOException e) {
            if (digest != null && before == null) {
                throw e;
            }
            placement.leaveDisk(position, missing(), e);
            placement.write(bytes, position, before);
        }
        int count = seen.remaining();
        if (before != null) {
            before.update(seen);
        }
        position += count;
        if (released || !isUnderEmbargo()) {
            release(readable());
        }
    }

    /**
     * Takes in what an earlier download left, of which the digest was to be found out at the end: in memory that would
     * be too late. May block for as long as reading it takes.
     *
     * @return false if that is not what keeps the bytes from going on in memory
     * @throws IOException if it cannot be read
     */
    boolean prepareToLeaveDisk() throws IOException {
        if (placement.part() == null || digest == null || digest.coveredBytes() == position) {
            return false;
        }
        placement.part().complete(digest, position);
        return true;
    }

    private boolean isUnderEmbargo() {
        return fetch.nowNanos() - firstByteNanos < holdBack.embargo().toNanos();
    }

    private long readable() {
        return holdBack.lastByte() ? Math.min(position, head.lengthBytes() - 1) : position;
    }

    /** Whoever has everything may have its last byte too: it is proven. */
    void releaseAll() {
        release(position);
    }

    private void release(long readable) {
        if (released) {
            download.advanced(readable);
        } else if (readable > 0) {
            released = true;
            download.streaming(head, placement.part(), readable, source);
        }
    }

    /** How many bytes of the file are missing; only after {@link #begin}. */
    long missing() {
        return head.lengthBytes() - position;
    }

    /** How far the file goes. */
    long position() {
        return position;
    }

    /** Size and time as clients are told; only after {@link #begin}. */
    ContentHead head() {
        return head;
    }

    /** The file; only after {@link #begin}. */
    PartFile part() {
        return placement.part();
    }

    /** The SHA-256 of the whole file; empty if nobody asks for it. Used up by this. */
    String sha256() throws IOException {
        return digest == null ? "" : part().sha256(digest);
    }

    /** Gives up what is there and was not released, for good; the next transfer begins at 0. */
    void startOver() {
        dropLeftover();
        placement.releaseRoom();
        if (placement.part() != null) {
            placement.discard();
            placement.drop();
            head = null;
        }
        position = 0;
    }

    /** Lets go of what clients do not read; what was fetched of a file that may be continued stays for later. */
    void giveUp() {
        dropLeftover();
        placement.releaseRoom();
        if (placement.part() == null) {
            return;
        }
        if (path.kind().mutable()) {
            placement.discard();
        }
        if (!released) {
            placement.drop();
        }
    }

    private void dropLeftover() {
        if (leftover == null) {
            return;
        }
        try {
            leftover.file().close();
        } catch (IOException e) {
            LOG.log(Level.WARNING, path + ": what an earlier download left could not be closed", e);
        }
        leftover = null;
    }
}
