package flexo.download;

import flexo.alpm.RepositoryPath;
import flexo.cache.ContentHead;
import flexo.cache.FileDigest;
import flexo.cache.GrowingFile;
import flexo.cache.Leftover;
import flexo.cache.PartFile;
import flexo.cache.PartPromise;
import flexo.cache.Validators;
import flexo.mirror.Mirror;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The writing end of a download, across all its transfers: the position of the next byte, and the bytes that clients
 * may have.
 *
 * <p>One transfer at a time uses it, under that transfer's lock; between transfers their {@link Failover} does. The
 * part file is created with the first byte, so that a missing file leaves nothing behind. With the first byte that
 * clients may have, it is released: from then on it belongs to the {@link Download}, and its beginning is final. Until
 * then the bytes may be replaced by another mirror's.
 */
final class PartWriter implements WritingEnd {
    private static final Logger LOG = Logger.getLogger(PartWriter.class.getName());
    /**
     * The minimum for which room is made; beyond it, as many bytes as have arrived: others must not lose their files to
     * a mirror that announces much and sends little.
     */
    static final long LEAST_STEP_BYTES = 8L << 20;

    /** The bytes of a file with holes that a crash may lose. */
    private static final long NOTED_APART_BYTES = 8 << 20;

    private final Fetch fetch;
    private final Download download;
    private final RepositoryPath path;
    private final CacheDisk.Reservation reservation;

    /** The part file of an earlier download, until its first use or its end; null if there is none. */
    private Leftover leftover;
    /** Null until the first byte. */
    private ContentHead head;
    /** Null until the first byte, and for a pipe. */
    private PartFile part;
    /** Null unless this is the rest of a file for a single reader. */
    private Pipe pipe;
    /** Whether room is reserved for its bytes; not for a file that an earlier download began. */
    private boolean reserves;
    /** The digest of the prefix; null if it is not needed. */
    private FileDigest digest;

    private HoldBack holdBack = HoldBack.NOTHING;
    /** The time of the first byte; null before. */
    private Long firstByteNanos;

    private long position;
    /** The position when the length before a hole was last recorded. */
    private long notedBytes;

    private boolean released;
    /** Whether the file may be longer, since its mirror closed the connection without an end mark. */
    private boolean endUncertain;

    private String source = "";
    private final NavigableMap<Long, Mirror> origins = new ConcurrentSkipListMap<>();
    /** Whose the latest bytes are; null if somebody else has written since. */
    private Mirror origin;

    /** The writing end of a download that begins. */
    PartWriter(Fetch fetch) {
        this.fetch = fetch;
        this.download = fetch.download();
        this.path = fetch.path();
        this.reservation = fetch.context().disk().reservation();
    }

    /** Continues a file whose beginning a client has; call before its first transfer. */
    void continueFrom(ContentHead promised, Remainder rest, Pipe into) {
        head = promised;
        position = rest.fromByte();
        digest = rest.before().map(FileDigest::copy).orElse(null);
        holdBack = digest == null ? HoldBack.NOTHING : HoldBack.LAST_BYTE;
        pipe = into;
        released = true;
    }

    /** Looks for an earlier part file; an unreadable one is ignored. */
    void openLeftover() {
        if (path.kind().mutable() || pipe != null) {
            return;
        }
        try {
            leftover = fetch.context().cache().leftover(path).orElse(null);
            OptionalLong expected = fetch.policy().expectedLength();
            if (leftover == null && expected.isPresent() && fetch.policy().needsDigest()) {
                fetch.context().cache().takeOverFromPacoloco(path, expected.getAsLong());
                leftover = fetch.context().cache().leftover(path).orElse(null);
            }
        } catch (IOException e) {
            LOG.log(Level.FINE, path + ": what an earlier download left cannot be read", e);
        }
    }

    @Override
    public long fromByte() {
        if (leftover != null) {
            // Of a complete leftover the last byte is requested again, so that a mirror confirms it.
            return Math.min(leftover.lengthBytes(), leftover.promise().lengthBytes() - 1);
        }
        return position;
    }

    @Override
    public boolean hasMetAnother() {
        return missing() > 0 && download.nextAhead(position) == position;
    }

    /** Goes on behind what was fetched ahead, which is taken into the digest. May block for as long as reading that takes. */
    void skipAhead() {
        position = download.aheadOf(position);
        origin = null;
        release(readable());
        noteWholeUpTo(download.nextAhead(position) < Long.MAX_VALUE ? OptionalLong.of(position) : OptionalLong.empty());
        try {
            if (digest != null) {
                part.complete(digest, position);
            }
        } catch (IOException e) {
            LOG.log(Level.FINE, path + ": what was fetched ahead cannot be read; that is tried once more", e);
        }
    }

    /** Puts bytes ahead of the prefix, each range by one transfer at a time. */
    void writeAhead(ByteBuffer bytes, long at) throws IOException {
        int count = bytes.remaining();
        part.write(bytes, at);
        reservation.written(count);
    }

    /** The whole file, which is wrong, for whoever finds out why; empty if it came from one mirror, or is not kept. */
    Optional<Inquests.Evidence> evidence() {
        if (part == null || origins.values().stream().distinct().count() < 2) {
            return Optional.empty();
        }
        part.share();
        return Optional.of(new Inquests.Evidence(path, part, head.lengthBytes(), origins));
    }

    /** Which mirror has sent the bytes from each of these on; any thread may look and add. */
    NavigableMap<Long, Mirror> origins() {
        return origins;
    }

    /**
     * Records the length of the prefix, so that bytes written ahead are not mistaken for it after a crash; called by
     * any thread.
     */
    boolean prepareForHoles() {
        try {
            part.noteWholeUpTo(OptionalLong.of(download.written()));
            return part.isOnDisk();
        } catch (IOException e) {
            LOG.log(Level.FINE, path + ": how much of it is there could not be noted", e);
            return false;
        }
    }

    private void noteWholeUpTo(OptionalLong bytes) {
        try {
            part.noteWholeUpTo(bytes);
            notedBytes = position;
        } catch (IOException e) {
            // The recorded length is smaller, and still valid.
            LOG.log(Level.FINE, path + ": how much of it is there could not be noted", e);
        }
    }

    @Override
    public void comesFrom(Mirror mirror) {
        if (!mirror.equals(origin)) {
            origin = mirror;
            origins.put(position, mirror);
        }
    }

    @Override
    public boolean isReleased() {
        return released;
    }

    /** Bytes that no other mirror can continue are held back until more of them come. */
    @Override
    public Optional<Duration> embargoLeft() {
        return released || path.kind().mutable() || !isUnderEmbargo()
                ? Optional.empty()
                : Optional.of(holdBack.embargo().minusNanos(fetch.nowNanos() - firstByteNanos));
    }

    @Override
    public boolean endEmbargo() {
        if (released || file() == null || isUnderEmbargo()) {
            return false;
        }
        release(readable());
        return released;
    }

    @Override
    public void brokeOff() {
        download.resuming();
    }

    @Override
    public boolean takesSmallPieces() {
        return pipe != null;
    }

    @Override
    public ResponseCheck check(Optional<Validators> ifChanged) {
        Optional<PartPromise> promise = file() != null
                ? Optional.of(new PartPromise(head.lengthBytes(), Optional.of(head.lastModified())))
                : Optional.ofNullable(leftover).map(Leftover::promise);
        return new ResponseCheck(
                fromByte(),
                promise,
                !released,
                ifChanged,
                fromByte() > 0 || fetch.policy().isListed());
    }

    @Override
    public void begin(ContentHead newHead, boolean fromStart, String newSource) throws IOException {
        source = newSource;
        if (released) {
            download.streaming(head, file(), readable(), source);
            return;
        }
        if (!fromStart && part != null) {
            return;
        }
        long resumedAt = fromByte();
        Leftover resumed = fromStart ? null : leftover;
        leftover = fromStart ? leftover : null;
        startOver();
        head = fetch.policy().told(newHead);
        holdBack = fetch.policy().holdBack(head.lengthBytes());
        if (!head.isLengthKnown()) {
            holdBack = holdBack.untilLengthIsKnown(path.kind().mutable());
        }
        digest = fetch.policy().needsDigest() ? new FileDigest() : null;
        if (firstByteNanos == null) {
            firstByteNanos = fetch.nowNanos();
        }
        if (resumed == null) {
            create(newHead);
        } else {
            position = resumedAt;
            part = resumed.file();
        }
    }

    private void create(ContentHead promised) throws IOException {
        reserves = true;
        reserve();
        part = fetch.context().cache().create(path, promised);
    }

    private void reserve() throws IOException {
        if (!reservation.reserve(soon())) {
            throw new NoRoomException(soon());
        }
    }

    /** The number of missing bytes for which there must be room now. */
    private long soon() {
        return fetch.policy().expectedLength().isPresent()
                ? missing()
                : Math.min(missing(), Math.max(LEAST_STEP_BYTES, position));
    }

    @Override
    public void write(ByteBuffer bytes) throws IOException {
        int count = (int) Math.min(bytes.remaining(), download.nextAhead(position) - position);
        // The rest belongs to another transfer.
        bytes.limit(bytes.position() + count);
        ByteBuffer seen = bytes.duplicate();
        if (pipe != null) {
            pipe.write(bytes, position);
        } else {
            if (reserves && part.isOnDisk() && !reservation.covers(count)) {
                reserve();
            }
            part.write(bytes, position);
            reservation.written(count);
        }
        if (digest != null && digest.coveredBytes() == position) {
            digest.update(seen);
        }
        position += count;
        if (position - notedBytes >= NOTED_APART_BYTES && download.nextAhead(position) < Long.MAX_VALUE) {
            noteWholeUpTo(OptionalLong.of(position));
        }
        if (released || !isUnderEmbargo()) {
            release(readable());
        }
    }

    @Override
    public void endsHere(boolean certain) {
        head = new ContentHead(position, head.lastModified());
        endUncertain = !certain;
    }

    /** Whether the file may be longer than the bytes that arrived. */
    boolean isEndUncertain() {
        return endUncertain && !fetch.policy().isEndProven();
    }

    @Override
    public boolean waitForReader(Runnable wanted) {
        return pipe != null && pipe.waitForRoom(wanted);
    }

    // Handling of disk errors.

    @Override
    public CompletionStage<Void> makeRoom(IOException refusal) {
        reservation.release();
        return CacheDisk.isLackOfRoom(refusal)
                ? fetch.context().disk().makeRoom(soon(), missing())
                : CompletableFuture.completedFuture(null);
    }

    @Override
    public boolean hold(IOException refusal) throws IOException {
        if (!fetch.policy().isNeededWhole()) {
            return false;
        }
        PartFile holding = part == null ? fetch.context().cache().createElsewhere(path) : part;
        if (!holding.hold(fetch.context().cache().memory(), position, head.lengthBytes())) {
            return false;
        }
        part = holding;
        discard();
        fetch.context().disk().refused(path, refusal);
        return true;
    }

    /**
     * Leaves the rest to each reader, and discards the file when it has been read. May block as long as reading it
     * takes.
     *
     * @return false if readers cannot continue alone; nothing was done then
     */
    boolean leaveRest(DownloadFailure why) {
        if (head == null
                || !head.isLengthKnown()
                || missing() == 0
                || fetch.policy().isNeededWhole()) {
            return false;
        }
        try {
            if (digest != null && part != null) {
                part.complete(digest, position);
            }
        } catch (IOException e) {
            LOG.log(Level.WARNING, path + ": what is there of it cannot be read", e);
            return false;
        }
        discard();
        reservation.release();
        released = true;
        download.streaming(head, file(), position, source);
        download.leaveRest(new Remainder(position, Optional.ofNullable(digest)), why);
        return true;
    }

    private boolean isUnderEmbargo() {
        return fetch.nowNanos() - firstByteNanos < holdBack.embargo().toNanos();
    }

    private long readable() {
        return holdBack.lastByte()
                ? Math.min(position, (head.isLengthKnown() ? head.lengthBytes() : position) - 1)
                : position;
    }

    /** Releases the last byte to readers: it is verified. */
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

    @Override
    public long missing() {
        return head.lengthBytes() - position;
    }

    @Override
    public long position() {
        return position;
    }

    /** Size and time for clients; only after {@link #begin}. */
    ContentHead head() {
        return head;
    }

    /** The part file; null before {@link #begin}, and for the rest of a file. */
    PartFile part() {
        return part;
    }

    private GrowingFile file() {
        return pipe == null ? part : pipe;
    }

    /** The SHA-256 of the whole file; empty if it is not needed. Consumed by this call. */
    String sha256() throws IOException {
        if (digest == null) {
            return "";
        }
        return part == null ? digest.finish() : part.sha256(digest);
    }

    /** Discards all bytes that were not released; the next transfer begins at 0. */
    void startOver() {
        dropLeftover();
        reservation.release();
        discard();
        drop();
        position = 0;
        endUncertain = false;
        origin = null;
        origins.clear();
    }

    /** Releases resources that clients do not need; a continuable part file stays for later. */
    void giveUp() {
        dropLeftover();
        reservation.release();
        if (path.kind().mutable() || (head != null && !head.isLengthKnown())) {
            discard();
        } else if (part != null && download.nextAhead(position) < Long.MAX_VALUE) {
            long there = download.aheadOf(position);
            noteWholeUpTo(download.nextAhead(there) < Long.MAX_VALUE ? OptionalLong.of(there) : OptionalLong.empty());
        }
        if (!released) {
            drop();
        }
    }

    /** Ends the reservation; nothing more is written. */
    void releaseRoom() {
        reservation.release();
    }

    /** Discards the bytes, which are wrong or must not be stored, so that no later download finds them. */
    void discard() {
        if (part == null) {
            return;
        }
        try {
            part.discard();
        } catch (IOException e) {
            // It is found and handled when the directory is writable again.
            LOG.log(Level.FINE, path + ": the part file of a download could not be removed", e);
        }
    }

    private void drop() {
        if (part == null) {
            return;
        }
        try {
            part.close();
        } catch (IOException e) {
            LOG.log(Level.WARNING, path + ": a part file could not be closed", e);
        }
        part = null;
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
