package flexo.download;

import flexo.alpm.RepositoryPath;
import flexo.cache.Content;
import flexo.cache.ContentHead;
import flexo.cache.PartFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * One file on its way into the cache: the bytes that are there so far, and everybody who waits for more.
 *
 * <p>It is where one producer and many readers meet, and it is passive: {@link Failover} decides what is fetched, and
 * tells it; readers ask it, and are told when asking again is worthwhile. What a reader may rely on:
 *
 * <ul>
 *   <li>The head is set once, together with the first byte, and never changes.
 *   <li>{@code written}, the readable prefix, only grows, and bytes below it never change. So they are read without a
 *       lock; only finding out how far one may read takes the monitor.
 *   <li>The producer puts bytes into the file first, then moves {@code written}, then wakes. A reader that found nothing
 *       was registered under the same monitor, so no wake-up is lost.
 *   <li>A final state is final. A reader that is behind gets the bytes below {@code written} even then, so that it can
 *       resume later with as much as possible.
 * </ul>
 *
 * <p>Everything mutable is guarded by {@code monitor}. Inside it nothing is read or written on disk, called back or
 * logged: whom to tell is collected inside, and told outside. The part file is closed by whoever makes the state final and
 * the number of readers zero, in either order.
 */
public final class Download implements Content {
    private static final Logger LOG = Logger.getLogger(Download.class.getName());

    private final RepositoryPath path;
    private final CompletableFuture<Content> started = new CompletableFuture<>();
    private final CompletableFuture<Void> over = new CompletableFuture<>();
    private final Demand demand;

    private final Object monitor = new Object();
    private final Readers readers;
    private DownloadState state = DownloadState.STARTING;
    private long written;
    /** Null until the first byte. */
    private ContentHead head;
    /** Null until the first byte, and for a download of a head alone. */
    private PartFile part;
    /** Who delivers at the moment, or did last; for people. */
    private String source = "";
    /** Null unless FAILED. */
    private DownloadFailure failure;
    /** Whether it was given up while no client needed it: it is about to fail. */
    private boolean withdrawn;
    /** To be told when nobody reads any longer what is not kept; null if it is kept. */
    private Runnable whenUseless;
    /** How many readers wait for it; who has it fetched ahead does not. */
    private int waiting;
    /** To be told when nobody waits for it any longer. */
    private Runnable whenAbandoned = () -> {};

    /** A download with its first reader, the client who started it. */
    public Download(RepositoryPath path) {
        this(path, Demand.ofClient(), true);
    }

    /**
     * A download with its first reader, who need not be a client.
     *
     * @param waits whether that one waits for it
     */
    Download(RepositoryPath path, Demand demand, boolean waits) {
        this.path = path;
        this.demand = demand;
        this.readers = new Readers(path);
        this.waiting = waits ? 1 : 0;
    }

    /** The file. */
    public RepositoryPath path() {
        return path;
    }

    /** Whether a client wants it. */
    Demand demand() {
        return demand;
    }

    /** Completed with this download when its head is known, or with a {@link DownloadFailedException}. */
    public CompletionStage<Content> started() {
        return started;
    }

    /** Why it failed; empty if it has not. */
    public Optional<DownloadFailure> failure() {
        synchronized (monitor) {
            return Optional.ofNullable(failure);
        }
    }

    /** Completed when the state is final, whatever it is. */
    public CompletionStage<Void> over() {
        return over;
    }

    /**
     * Takes one more client in.
     *
     * @return false if it is too late: the download has failed or is about to, or is complete and its part file closed, or
     *     its beginning was in memory and is gone
     */
    public boolean join() {
        synchronized (monitor) {
            if (!attend(true)) {
                return false;
            }
            demand.clientJoins();
            return true;
        }
    }

    /**
     * Takes one more reader in, as {@link #join}, but one that is no client.
     *
     * @param waits whether it waits for the file; else it leaves by {@link #ceaseToAttend}
     */
    boolean attend(boolean waits) {
        synchronized (monitor) {
            if (withdrawn
                    || state == DownloadState.FAILED
                    || (state.isFinal() && readers.isEmpty())
                    || (part != null && !part.isCompleteFromTheFront())) {
                return false;
            }
            readers.enter();
            waiting += waits ? 1 : 0;
            return true;
        }
    }

    /** Who is to be told whenever nobody waits for it any longer, if it has not ended; may be called by any reader. */
    void whenAbandoned(Runnable told) {
        synchronized (monitor) {
            whenAbandoned = told;
        }
    }

    /** Whether nobody waits for it, and it has not ended. */
    boolean isAbandoned() {
        synchronized (monitor) {
            return waiting == 0 && !state.isFinal();
        }
    }

    /**
     * As {@link #withdraw}, but also if a client has wanted it and is gone.
     *
     * @return false if somebody waits for it, or it has ended
     */
    boolean withdrawIfAbandoned() {
        synchronized (monitor) {
            withdrawn |= isAbandoned();
            return withdrawn;
        }
    }

    /**
     * Keeps clients from joining, so that it can be cancelled without harm.
     *
     * @return false if a client has joined and it is of use to one, or it has ended
     */
    boolean withdraw() {
        synchronized (monitor) {
            withdrawn |= (!demand.isWanted() || isUseless()) && !state.isFinal();
            return withdrawn;
        }
    }

    /** Whether it is about to fail because it was given up while no client needed it. */
    boolean isWithdrawn() {
        synchronized (monitor) {
            return withdrawn && !state.isFinal();
        }
    }

    /** Whether every byte is there already, though perhaps not yet under its own name. */
    boolean isWhole() {
        synchronized (monitor) {
            return head != null && part != null && part.isOnDisk() && written == head.lengthBytes();
        }
    }

    // What the producer tells. Its calls come one after another, though from different threads.

    /** The first bytes may be read, or the first ones from another mirror are there: the head is settled. */
    void streaming(ContentHead newHead, PartFile newPart, long alreadyWritten, String newSource) {
        PartFile tooLate = null;
        synchronized (monitor) {
            if (state.isFinal()) {
                tooLate = newPart == part ? null : newPart;
            } else {
                if (head == null) {
                    head = newHead;
                    part = newPart;
                    written = alreadyWritten;
                }
                source = newSource;
                become(DownloadState.STREAMING);
            }
        }
        close(tooLate);
        started.complete(this);
    }

    /** The readable prefix now ends here. */
    void advanced(long newWritten) {
        Runnable wakeAll;
        synchronized (monitor) {
            written = newWritten;
            wakeAll = readers.takeWaiting();
        }
        wakeAll.run();
    }

    /** The mirror failed and another is asked for the rest. */
    void resuming() {
        synchronized (monitor) {
            if (state == DownloadState.STREAMING) {
                become(DownloadState.RESUMING);
            }
        }
    }

    /** Every byte is there; or none was needed, and nobody waits for any. */
    void complete() {
        boolean unused = end(DownloadState.COMPLETE, null);
    }

    /** Only the head was wanted, and it is known. */
    void completeWithHead(ContentHead newHead, String newSource) {
        synchronized (monitor) {
            head = newHead;
            source = newSource;
        }
        complete();
        started.complete(this);
    }

    /**
     * No more bytes will come. Does nothing if the download has ended already.
     *
     * @return whether somebody reads it, and so learns why
     */
    boolean fail(DownloadFailure why) {
        boolean missed = end(DownloadState.FAILED, why);
        started.completeExceptionally(new DownloadFailedException(why));
        return missed;
    }

    /** Returns whether somebody reads it. */
    private boolean end(DownloadState end, DownloadFailure why) {
        Runnable wakeAll;
        PartFile unused;
        boolean read;
        synchronized (monitor) {
            if (state.isFinal()) {
                return false;
            }
            read = !readers.isEmpty();
            failure = why;
            become(end);
            unused = partIfUnused();
            wakeAll = readers.takeWaiting();
        }
        close(unused);
        wakeAll.run();
        over.complete(null);
        return read;
    }

    /** Its bytes are not kept on disk, so that it is of no use when nobody reads it; called once. */
    void isNotKept(Runnable useless) {
        boolean already;
        synchronized (monitor) {
            whenUseless = useless;
            already = isUseless();
        }
        if (already) {
            useless.run();
        }
    }

    /**
     * Tells when more bytes are wanted, if those in memory take too much at the moment.
     *
     * @param roomy called once, by any reader, unless false is returned
     * @return whether it is to wait
     */
    boolean waitForRoom(PartFile inMemory, Runnable roomy) {
        synchronized (monitor) {
            return readers.waitForRoom(inMemory, written, roomy);
        }
    }

    /** Those who need room have waited long enough: who keeps it taken is left behind, if others have to wait for that. */
    void hurry(PartFile inMemory) {
        Runnable roomy;
        synchronized (monitor) {
            if (!readers.leaveSlowOnesBehind(inMemory)) {
                return;
            }
            roomy = readers.forgetWhatAllHave(inMemory, written);
        }
        roomy.run();
    }

    // What readers ask.

    @Override
    public ContentHead head() {
        synchronized (monitor) {
            return head;
        }
    }

    @Override
    public Optional<Path> wholeFile() {
        return Optional.empty();
    }

    @Override
    public String source() {
        synchronized (monitor) {
            return part == null || part.isOnDisk() ? source : source + ", not kept";
        }
    }

    @Override
    public int read(long position, ByteBuffer target, Runnable onMore) throws IOException {
        long readable;
        PartFile file;
        synchronized (monitor) {
            readers.has(onMore, position);
            readable = written - position;
            if (readable <= 0) {
                if (state == DownloadState.FAILED) {
                    throw new DownloadFailedException(failure);
                }
                readers.await(onMore);
                return 0;
            }
            file = part;
            if (!file.isOnDisk()) {
                Optional<PartFile.Mark> mark = readers.leftBehind(onMore, position, file);
                if (mark.isPresent()) {
                    throw new LeftBehindException(mark.get());
                }
            }
        }
        int limit = target.limit();
        if (readable < target.remaining()) {
            target.limit(target.position() + (int) readable);
        }
        int count;
        try {
            count = file.read(target, position);
        } finally {
            target.limit(limit);
        }
        if (!file.isOnDisk()) {
            hasRead(onMore, position + count);
        }
        return count;
    }

    private void hasRead(Runnable reader, long upTo) {
        Runnable roomy;
        synchronized (monitor) {
            readers.has(reader, upTo);
            roomy = forgetWhatAllHave();
        }
        roomy.run();
    }

    @Override
    public void forget(Runnable onMore) {
        Runnable roomy;
        synchronized (monitor) {
            readers.forget(onMore);
            roomy = forgetWhatAllHave();
        }
        roomy.run();
    }

    @Override
    public void close() {
        leave(true);
    }

    /** One who has not waited for it reads no longer. */
    void ceaseToAttend() {
        leave(false);
    }

    private void leave(boolean waited) {
        PartFile unused = null;
        Runnable told = () -> {};
        synchronized (monitor) {
            readers.leave();
            waiting -= waited ? 1 : 0;
            if (state.isFinal()) {
                unused = partIfUnused();
            } else if (isUseless()) {
                told = whenUseless;
            } else if (waited && waiting == 0) {
                told = whenAbandoned;
            }
        }
        close(unused);
        told.run();
    }

    // Only inside the monitor.

    private void become(DownloadState next) {
        if (state != next && !state.mayBecome(next)) {
            throw new IllegalStateException(path + ": " + state + " cannot become " + next);
        }
        state = next;
    }

    private boolean isUseless() {
        return whenUseless != null && (!demand.isWanted() || !readers.needMore());
    }

    private Runnable forgetWhatAllHave() {
        return part == null ? () -> {} : readers.forgetWhatAllHave(part, written);
    }

    private PartFile partIfUnused() {
        return readers.isEmpty() ? part : null;
    }

    // Only outside the monitor.

    private void close(PartFile unused) {
        if (unused == null) {
            return;
        }
        try {
            unused.close();
        } catch (IOException e) {
            LOG.log(Level.WARNING, path + ": its part file could not be closed", e);
        }
    }
}
