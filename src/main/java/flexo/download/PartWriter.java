package flexo.download;

import flexo.alpm.RepositoryPath;
import flexo.cache.CacheEntry;
import flexo.cache.ContentHead;
import flexo.cache.Leftover;
import flexo.cache.PackageCache;
import flexo.cache.PartFile;
import flexo.cache.PartPromise;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The writing end of a download: where the next byte goes, across all its transfers.
 *
 * <p>One transfer at a time uses it, under that transfer's lock; between transfers their {@link Failover} does. The part
 * file is created with the first byte, so a file no mirror has leaves nothing behind, and belongs to the
 * {@link Download} from then on.
 */
final class PartWriter {
    private static final Logger LOG = Logger.getLogger(PartWriter.class.getName());

    private final PackageCache cache;
    private final Download download;
    private final RepositoryPath path;

    /** What an earlier download left, until its first use or its end; null if there is nothing. */
    private Leftover leftover;
    /** Null until the first byte. */
    private PartFile part;
    /** Null until the first byte. */
    private ContentHead head;

    private long position;

    PartWriter(PackageCache cache, Download download) {
        this.cache = cache;
        this.download = download;
        this.path = download.path();
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

    /** Whether bytes have reached the part file, and with them the clients. */
    boolean hasBegun() {
        return head != null;
    }

    /** What the next transfer's response must promise. */
    ResponseCheck check() {
        Optional<PartPromise> promise = hasBegun()
                ? Optional.of(new PartPromise(head.lengthBytes(), Optional.of(head.lastModified())))
                : Optional.ofNullable(leftover).map(Leftover::promise);
        return new ResponseCheck(path, fromByte(), promise, !hasBegun());
    }

    /**
     * Makes ready for the bytes of a transfer whose first ones are there.
     *
     * @param newHead the head its mirror promised
     * @param fromStart whether they are the file's first bytes, so that any leftover is given up
     * @param source the mirror, for people
     */
    void begin(ContentHead newHead, boolean fromStart, String source) throws IOException {
        if (!hasBegun()) {
            if (fromStart) {
                dropLeftover();
                part = cache.create(path, newHead);
            } else {
                position = fromByte();
                part = leftover.file();
                leftover = null;
            }
            head = newHead;
        }
        download.streaming(head, part, position, source);
    }

    /** Appends bytes and lets the clients have them. */
    void write(ByteBuffer bytes) throws IOException {
        int count = bytes.remaining();
        part.write(bytes, position);
        position += count;
        download.advanced(position);
    }

    /** How many bytes of the file are missing; only after {@link #begin}. */
    long missing() {
        return head.lengthBytes() - position;
    }

    /** How far the file goes. */
    long position() {
        return position;
    }

    /** Puts the whole file under its real name; not for files that are not kept. */
    CacheEntry publish() throws IOException {
        return part.publish(head);
    }

    /** Gives up what an earlier download left; the next transfer begins at 0. */
    void dropLeftover() {
        if (leftover == null) {
            return;
        }
        try {
            leftover.file().close();
        } catch (IOException e) {
            LOG.log(Level.WARNING, path + ": the part file of an earlier download could not be closed", e);
        }
        leftover = null;
    }
}
