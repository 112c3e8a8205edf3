package flexo.download;

import flexo.alpm.RepositoryPath;
import flexo.cache.ContentHead;
import flexo.cache.FileDigest;
import flexo.cache.Leftover;
import flexo.cache.PackageCache;
import flexo.cache.PartFile;
import flexo.cache.PartPromise;
import flexo.cache.Validators;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.LongSupplier;
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

    private final PackageCache cache;
    private final Download download;
    private final RepositoryPath path;
    private final FilePolicy policy;
    private final LongSupplier nanoTime;

    /** What an earlier download left, until its first use or its end; null if there is nothing. */
    private Leftover leftover;
    /** Null until the first byte. */
    private PartFile part;
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

    PartWriter(PackageCache cache, Download download, FilePolicy policy, LongSupplier nanoTime) {
        this.cache = cache;
        this.download = download;
        this.path = download.path();
        this.policy = policy;
        this.nanoTime = nanoTime;
    }

    /** Looks for what an earlier download left. */
    void openLeftover() throws IOException {
        if (!path.kind().mutable()) {
            leftover = cache.leftover(path).orElse(null);
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
        Optional<PartPromise> promise = part != null
                ? Optional.of(new PartPromise(head.lengthBytes(), Optional.of(head.lastModified())))
                : Optional.ofNullable(leftover).map(Leftover::promise);
        return new ResponseCheck(path, fromByte(), promise, !released, ifChanged);
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
            download.streaming(head, part, readable(), source);
            return;
        }
        if (fromStart) {
            startOver();
            part = cache.create(path, newHead);
        } else if (part == null) {
            position = fromByte();
            part = leftover.file();
            leftover = null;
        } else {
            return;
        }
        head = policy.told(newHead);
        holdBack = policy.holdBack(head.lengthBytes());
        digest = policy.needsDigest() ? new FileDigest() : null;
        if (firstByteNanos == null) {
            firstByteNanos = nanoTime.getAsLong();
        }
    }

    /** Appends bytes and lets the clients have what they may have. */
    void write(ByteBuffer bytes) throws IOException {
        if (digest != null && digest.coveredBytes() == position) {
            digest.update(bytes);
        }
        int count = bytes.remaining();
        part.write(bytes, position);
        position += count;
        if (released || !isUnderEmbargo()) {
            release(readable());
        }
    }

    private boolean isUnderEmbargo() {
        return nanoTime.getAsLong() - firstByteNanos < holdBack.embargo().toNanos();
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
            download.streaming(head, part, readable, source);
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
        return part;
    }

    /** The SHA-256 of the whole file; empty if nobody asks for it. Used up by this. */
    String sha256() throws IOException {
        return digest == null ? "" : part.sha256(digest);
    }

    /** Gives up what is there and was not released, for good; the next transfer begins at 0. */
    void startOver() {
        dropLeftover();
        if (part != null) {
            discard();
            close(part);
            part = null;
            head = null;
        }
        position = 0;
    }

    /** The bytes are wrong: no later download is to find them. */
    void discard() {
        try {
            part.discard();
        } catch (IOException e) {
            LOG.log(Level.WARNING, path + ": the part file of a download could not be removed", e);
        }
    }

    /** Lets go of what clients do not read; what was fetched of a file that may be continued stays for later. */
    void giveUp() {
        dropLeftover();
        if (part == null) {
            return;
        }
        if (path.kind().mutable()) {
            discard();
        }
        if (!released) {
            close(part);
        }
    }

    private void dropLeftover() {
        if (leftover != null) {
            close(leftover.file());
            leftover = null;
        }
    }

    private void close(PartFile unused) {
        try {
            unused.close();
        } catch (IOException e) {
            LOG.log(Level.WARNING, path + ": a part file could not be closed", e);
        }
    }
}
