package flexo.download;

import flexo.alpm.RepositoryPath;
import flexo.cache.ContentHead;
import flexo.cache.FileDigest;
import flexo.cache.PartFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Where the part file of one download lies: on disk for as long as that takes its bytes, else in memory; back on disk when
 * room was made there in time.
 *
 * <p>It is used as its {@link PartWriter} is. Only what comes of making room is dealt with beside that, on a storage
 * thread, while the transfer pauses or has ended; it finds in {@code part} whether the bytes were given up meanwhile.
 */
final class Placement {
    private static final Logger LOG = Logger.getLogger(Placement.class.getName());
    /**
     * Room is made for so many bytes at least, and for as many as have arrived: others must not lose their files to a
     * mirror that announces much and sends little.
     */
    static final long LEAST_STEP_BYTES = 8L << 20;

    private final DownloadContext context;
    private final CacheDisk disk;
    private final CacheDisk.Reservation reservation;
    private final Download download;
    private final RepositoryPath path;
    private final FilePolicy policy;
    /** Ends the download. */
    private final Runnable useless;

    /** Of a file for which room is reserved; 0 for one that goes on where an earlier download stopped. */
    private long lengthBytes;

    /** Null until the first byte. */
    private volatile PartFile part;
    /** Not completed while room is made on disk. */
    private volatile CompletableFuture<Void> roomTried = CompletableFuture.completedFuture(null);

    /**
     * Of a download without a byte.
     *
     * @param useless called, perhaps, when the file is not kept and nobody reads it any longer
     */
    Placement(Fetch fetch, Runnable useless) {
        this.context = fetch.context();
        this.disk = context.disk();
        this.reservation = disk.reservation();
        this.download = fetch.download();
        this.path = fetch.path();
        this.policy = fetch.policy();
        this.useless = useless;
    }

    /** The part file; null if there is none. */
    PartFile part() {
        return part;
    }

    /** Goes on with a part file that lies on disk. */
    void goOnWith(PartFile leftover) {
        part = leftover;
    }

    /** Begins a part file in memory that will stay there, and in which bytes from a position on are to come. */
    void createInMemory(ContentHead promised, long position) {
        part = context.cache().createElsewhere(path, promised);
        boolean unused = part.leaveDisk(position, 0);
        giveUpDisk(part);
    }

    /**
     * Begins a part file, which is in memory if the disk does not take it.
     *
     * @throws IOException if memory does not take it either
     */
    void create(ContentHead promised) throws IOException {
        IOException why;
        long soon = soon(0, promised.lengthBytes());
        lengthBytes = promised.lengthBytes();
        if (reservation.reserve(soon)) {
            try {
                part = context.cache().create(path, promised);
                return;
            } catch (IOException e) {
                why = e;
            }
        } else {
            why = new NoRoomException(soon);
        }
        part = context.cache().createElsewhere(path, promised);
        leaveDisk(0, promised.lengthBytes(), why);
    }

    /**
     * Appends bytes.
     *
     * @param before the digest of all bytes before them; null if nobody asks for it
     * @throws IOException if the disk does not take them: {@link #leaveDisk} may follow
     */
    void write(ByteBuffer bytes, long position, FileDigest before) throws IOException {
        int count = bytes.remaining();
        if (lengthBytes > 0 && part.isOnDisk() && !reservation.covers(count)) {
            long soon = soon(position, lengthBytes - position);
            if (!reservation.reserve(soon)) {
                throw new NoRoomException(soon);
            }
        }
        part.write(bytes, position, before);
        reservation.written(count);
    }

    /** For how many of the missing bytes from a position on there is to be room now. */
    private long soon(long position, long missing) {
        return policy.isLengthKnown() ? missing : Math.min(missing, Math.max(LEAST_STEP_BYTES, position));
    }

    /**
     * Goes on in memory, and has room made on disk if that is what lacks.
     *
     * @param position of the next byte
     * @param missing how many bytes are still to come
     * @param why the disk refuses
     * @throws IOException the same, if memory takes no more either
     */
    void leaveDisk(long position, long missing, IOException why) throws IOException {
        PartFile leaving = part;
        reservation.release();
        if (!leaving.leaveDisk(position, policy.isNeededWhole() ? missing : 0)) {
            throw why;
        }
        if (CacheDisk.isLackOfRoom(why)) {
            CompletableFuture<Void> tried = new CompletableFuture<>();
            roomTried = tried;
            long soon = soon(position, missing);
            var unused = disk.makeRoom(soon, missing)
                    .thenRunAsync(() -> roomWasMade(leaving, soon, why, tried), context.storage());
        } else {
            disk.refused(path, why);
            giveUpDisk(leaving);
        }
    }

    private void roomWasMade(PartFile waiting, long soon, IOException why, CompletableFuture<Void> tried) {
        try {
            if (waiting != part) {
                // Its bytes were given up meanwhile.
                return;
            }
            if (!reservation.reserve(soon)) {
                throw why;
            }
            boolean unused = waiting.returnToDisk();
        } catch (IOException e) {
            reservation.release();
            disk.refused(path, e);
            giveUpDisk(waiting);
        } finally {
            tried.complete(null);
        }
    }

    private void giveUpDisk(PartFile refused) {
        try {
            refused.giveUpDisk();
        } catch (IOException e) {
            // It is found and dealt with when the directory can be written to again.
            LOG.log(Level.FINE, path + ": its part file could not be removed", e);
        }
        if (!policy.isNeededWhole()) {
            download.isNotKept(useless);
        }
    }

    /** Whether what is there has all gone to disk. */
    boolean isOnDisk() {
        return part != null && part.isOnDisk();
    }

    /** Completed when it is settled whether the file goes to disk. */
    CompletionStage<Void> settled() {
        return roomTried;
    }

    /**
     * Tells when more bytes are wanted, if it is better to wait with them.
     *
     * @param wanted called once, by any thread, unless false is returned
     * @return whether it is to wait
     */
    boolean waitForRoom(Runnable wanted) {
        if (!roomTried.isDone()) {
            var unused = roomTried.thenRun(wanted);
            return true;
        }
        return isInMemory() && download.waitForRoom(part, wanted);
    }

    /** The transfer has been waiting for room: who keeps it from others is left behind. */
    void hurry() {
        if (roomTried.isDone() && isInMemory()) {
            download.hurry(part);
        }
    }

    private boolean isInMemory() {
        return part != null && !part.isOnDisk();
    }

    /** What was promised to the disk is there, or will not be. */
    void releaseRoom() {
        reservation.release();
    }

    /** The bytes are wrong: no later download is to find them. */
    void discard() {
        try {
            part.discard();
        } catch (IOException e) {
            LOG.log(Level.WARNING, path + ": the part file of a download could not be removed", e);
        }
    }

    /** Closes a part file that clients do not read; the next byte is the first of another one. */
    void drop() {
        PartFile unused = part;
        part = null;
        try {
            unused.close();
        } catch (IOException e) {
            LOG.log(Level.WARNING, path + ": a part file could not be closed", e);
        }
    }
}
