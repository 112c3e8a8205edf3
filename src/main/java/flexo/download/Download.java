package flexo.download;

import flexo.alpm.RepositoryPath;
import flexo.cache.Content;
import flexo.cache.ContentHead;
import flexo.cache.GrowingFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
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
 *   <li>{@code written}, the readable prefix, only grows, and bytes below it never change; nor do those of the ranges that
 *       were fetched ahead of it. So they are read without a lock; only finding out how far one may read takes the monitor.
 *   <li>The last byte of a file is in the prefix only when the file is proven. Who has begun ahead of the prefix gets what is
 *       there from its byte on to its end: it has no whole file, and knows better than we what belongs before it.
 *   <li>The producer puts bytes into the file first, then moves {@code written}, then wakes. A reader that found nothing
 *       was registered under the same monitor, so no wake-up is lost.
 *   <li>A final state is final. A reader that is behind gets the bytes below {@code written} even then, so that it can
 *       resume later with as much as possible.
 *   <li>What is not kept is not shared. Where the disk refuses the file, the download ends with a {@link Rest}: each
 *       reader gets the bytes below {@code written} as ever, and then goes on alone.
 * </ul>
 *
 * <p>Readers are told apart by their wake-ups. Everything mutable is guarded by {@code monitor}. Inside it nothing is read
 * or written on disk, called back or logged: whom to tell is collected inside, and told outside. The file is closed by
 * whoever makes the state final and the number of readers zero, in either order.
 */
public final class Download implements Content {
    private static final Logger LOG = Logger.getLogger(Download.class.getName());
    /** So far ahead of the prefix a reader may be worth a transfer of its own; a write never reaches so far. */
    static final long FAR_BYTES = 256 << 10;

    private final RepositoryPath path;
    private final CompletableFuture<Content> started = new CompletableFuture<>();
    private final CompletableFuture<Void> over = new CompletableFuture<>();
    private final Demand demand;
    private final Course course = new Course();
    /** Set before it begins. */
    private volatile String via = "";

    private final Object monitor = new Object();
    private DownloadState state = DownloadState.STARTING;
    private long written;
    /** How much of the file was there before. */
    private long foundBytes;
    /** Null until the first byte. */
    private ContentHead head;
    /** Null until the first byte, and for a download of a head alone. */
    private GrowingFile file;
    /** Who delivers at the moment, or did last; for people. */
    private String source = "";
    /** Null unless FAILED. */
    private DownloadFailure failure;
    /** With what readers go on alone after it has FAILED; null if they cannot. */
    private Rest rest;
    /** Whether it was given up while no client needed it: it is about to fail. */
    private boolean withdrawn;

    private int readers = 1;
    /** How many of them wait for the file; who has it fetched ahead does not. */
    private int waiting;
    /** What is there ahead of the prefix: where each range begins, and where it ends at present. */
    private final NavigableMap<Long, Long> ahead = new TreeMap<>();
    /** Where each reader has begun. */
    private final Map<Runnable, Long> began = new HashMap<>();
    /** To be woken when the byte is there that each waits for. */
    private final Map<Runnable, Long> wakeUps = new LinkedHashMap<>();
    /** To be told when a reader begins to wait far ahead of the prefix. */
    private Runnable whenFar = () -> {};
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
        this.waiting = waits ? 1 : 0;
    }

    /** The rest of a file for one reader alone. */
    Download(RepositoryPath path, Pipe pipe) {
        this(path);
        this.file = pipe;
    }

    /**
     * Hands on to mirrors which proxies the request has come through that it is begun for.
     *
     * @return this
     */
    public Download handingOn(String proxies) {
        via = proxies;
        return this;
    }

    /** Those, as they stand in {@code Via}; empty if there are none. */
    String via() {
        return via;
    }

    /** The file. */
    public RepositoryPath path() {
        return path;
    }

    /** Whether a client wants it. */
    Demand demand() {
        return demand;
    }

    /** The mirrors it is asked of. */
    Course course() {
        return course;
    }

    /** What people see of it now. */
    DownloadView view(Instant beganAt) {
        List<String> mirrors = course.mirrors();
        synchronized (monitor) {
            return new DownloadView(
                    path,
                    state,
                    beganAt,
                    foundBytes,
                    written,
                    head == null ? OptionalLong.empty() : OptionalLong.of(head.lengthBytes()),
                    waiting,
                    mirrors.isEmpty() && !source.isEmpty() ? List.of(source) : mirrors,
                    course.switches(),
                    Optional.empty(),
                    Optional.ofNullable(failure));
        }
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
     * @return false if it is too late: the download has failed or is about to, or is complete and its file closed
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
            if (withdrawn || state == DownloadState.FAILED || (state.isFinal() && readers == 0)) {
                return false;
            }
            readers++;
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
     * @return false if a client has joined, or it has ended
     */
    boolean withdraw() {
        synchronized (monitor) {
            withdrawn |= !demand.isWanted() && !state.isFinal();
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
            return head != null && file != null && written == head.lengthBytes();
        }
    }

    // What the producer tells. Its calls come one after another, though from different threads.

    /** The first bytes may be read, or the first ones from another mirror are there: the head is settled. */
    void streaming(ContentHead newHead, GrowingFile newFile, long alreadyWritten, String newSource) {
        GrowingFile tooLate = null;
        synchronized (monitor) {
            if (state.isFinal()) {
                tooLate = newFile == file ? null : newFile;
            } else {
                if (head == null) {
                    head = newHead;
                    file = newFile;
                    written = alreadyWritten;
                    foundBytes = alreadyWritten;
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
        List<Runnable> woken;
        synchronized (monitor) {
            written = newWritten;
            woken = takeWakeUps();
        }
        woken.forEach(this::wake);
    }

    /** Who is to be told when a reader begins to wait far ahead of the prefix. */
    void whenFar(Runnable told) {
        synchronized (monitor) {
            whenFar = told;
        }
    }

    /** The first byte far ahead of the prefix that a reader waits for. */
    OptionalLong firstWantedFarAhead() {
        synchronized (monitor) {
            return wakeUps.values().stream()
                    .mapToLong(Long::longValue)
                    .filter(this::isFar)
                    .min();
        }
    }

    /** How far the readable prefix goes. */
    long written() {
        synchronized (monitor) {
            return written;
        }
    }

    /**
     * Claims a range ahead of the prefix for somebody else than who writes the prefix.
     *
     * @return false if the prefix comes too near, or it is all over
     */
    boolean beginAhead(long from) {
        synchronized (monitor) {
            return !state.isFinal() && isFar(from) && ahead.putIfAbsent(from, from) == null;
        }
    }

    /**
     * Claims a range ahead of the prefix, however near.
     *
     * @param distance so far it must at least be from the last byte that is there before it
     * @return false if its first byte is there or claimed, or comes too soon, or it is all over
     */
    boolean beginAhead(long from, long distance) {
        synchronized (monitor) {
            Map.Entry<Long, Long> before = ahead.floorEntry(from);
            long there = Math.max(written, before == null ? 0 : before.getValue());
            return !state.isFinal() && from - there >= distance && ahead.putIfAbsent(from, from) == null;
        }
    }

    /**
     * Missing bytes that belong together.
     *
     * @param from the first of them
     * @param to the first that is there again or claimed
     * @param rangeFrom where the range ahead begins that ends at them; -1 if the prefix does
     */
    record Hole(long from, long to, long rangeFrom) {}

    /** All that is missing, in order; only once the head is known. */
    List<Hole> holes() {
        List<Hole> holes = new ArrayList<>();
        synchronized (monitor) {
            long end = written;
            long rangeFrom = -1;
            for (Map.Entry<Long, Long> range : ahead.entrySet()) {
                if (range.getKey() > end) {
                    holes.add(new Hole(end, range.getKey(), rangeFrom));
                }
                if (range.getValue() >= end) {
                    end = range.getValue();
                    rangeFrom = range.getKey();
                }
            }
            if (end < head.lengthBytes()) {
                holes.add(new Hole(end, head.lengthBytes(), rangeFrom));
            }
        }
        return holes;
    }

    /** The range that begins at a byte now ends here. */
    void filledAhead(long from, long to) {
        List<Runnable> woken;
        synchronized (monitor) {
            ahead.put(from, to);
            woken = takeWakeUps();
        }
        woken.forEach(this::wake);
    }

    /** Nobody fetches that range any more; what is there of it stays. */
    void endAhead(long from) {
        synchronized (monitor) {
            // Only if it is empty.
            boolean unused = ahead.remove(from, from);
        }
    }

    /** Up to where bytes are there from a byte on in what was fetched ahead; the same byte if it was not. */
    long aheadOf(long position) {
        synchronized (monitor) {
            return endOfRange(position);
        }
    }

    /** Where the next range begins that is claimed at or after a byte; {@link Long#MAX_VALUE} if none is. */
    long nextAhead(long position) {
        synchronized (monitor) {
            Long next = ahead.ceilingKey(position);
            return next == null ? Long.MAX_VALUE : next;
        }
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
        boolean unused = end(DownloadState.COMPLETE, null, null);
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
        boolean missed = end(DownloadState.FAILED, why, null);
        started.completeExceptionally(new DownloadFailedException(why));
        return missed;
    }

    /**
     * No more bytes will come here, since they are not kept: each reader goes on alone. Only while it is streaming.
     *
     * @param why for whoever needs the file kept
     */
    void leaveRest(Rest newRest, DownloadFailure why) {
        boolean unused = end(DownloadState.FAILED, why, newRest);
    }

    /** Returns whether somebody reads it. */
    private boolean end(DownloadState end, DownloadFailure why, Rest newRest) {
        List<Runnable> woken;
        GrowingFile unused;
        boolean read;
        synchronized (monitor) {
            if (state.isFinal()) {
                return false;
            }
            read = readers > 0;
            failure = why;
            rest = newRest;
            become(end);
            unused = fileIfUnused();
            woken = takeWakeUps();
        }
        close(unused);
        woken.forEach(this::wake);
        over.complete(null);
        return read;
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
            return file == null || file.isOnDisk() ? source : source + ", not kept";
        }
    }

    @Override
    public int read(long position, ByteBuffer target, Runnable onMore) throws IOException {
        long readable;
        GrowingFile from;
        Runnable far = null;
        synchronized (monitor) {
            began.putIfAbsent(onMore, position);
            readable = readableUpTo(position, onMore) - position;
            from = file;
            if (readable <= 0) {
                if (rest != null) {
                    throw new NotKeptException(rest);
                }
                if (state == DownloadState.FAILED) {
                    throw new DownloadFailedException(failure);
                }
                if (state == DownloadState.COMPLETE) {
                    // Of a file whose length was not known when it began.
                    return -1;
                }
                wakeUps.put(onMore, position);
                far = isFar(position) ? whenFar : () -> {};
            }
        }
        if (far != null) {
            far.run();
            return 0;
        }
        int limit = target.limit();
        if (readable < target.remaining()) {
            target.limit(target.position() + (int) readable);
        }
        try {
            return from.read(target, position);
        } finally {
            target.limit(limit);
        }
    }

    @Override
    public void forget(Runnable onMore) {
        synchronized (monitor) {
            wakeUps.remove(onMore);
            began.remove(onMore);
        }
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
        GrowingFile unused = null;
        Runnable told = () -> {};
        synchronized (monitor) {
            readers--;
            waiting -= waited ? 1 : 0;
            if (state.isFinal()) {
                unused = fileIfUnused();
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

    private boolean isFar(long position) {
        return position - written >= FAR_BYTES;
    }

    /** Who has not begun ahead of the prefix gets no last byte that was fetched ahead: that comes with the proof. */
    private long readableUpTo(long position, Runnable reader) {
        long end = endOfRange(position);
        if (!ahead.isEmpty() && end > written && end == head.lengthBytes() && began.get(reader) <= written) {
            end--;
        }
        return Math.max(written, end);
    }

    private long endOfRange(long position) {
        long end = position;
        Map.Entry<Long, Long> range = ahead.floorEntry(end);
        while (range != null && range.getValue() > end) {
            end = range.getValue();
            range = ahead.floorEntry(end);
        }
        return end;
    }

    /** All who have something to read, and at the end all. */
    private List<Runnable> takeWakeUps() {
        List<Runnable> taken = new ArrayList<>();
        wakeUps.entrySet().removeIf(waiting -> {
            boolean ready = state.isFinal() || readableUpTo(waiting.getValue(), waiting.getKey()) > waiting.getValue();
            if (ready) {
                taken.add(waiting.getKey());
            }
            return ready;
        });
        return taken;
    }

    private GrowingFile fileIfUnused() {
        return readers == 0 ? file : null;
    }

    // Only outside the monitor.

    private void wake(Runnable reader) {
        try {
            reader.run();
        } catch (RuntimeException e) {
            // None of them is registered any more: one that fails must not cost the others their wake-up.
            LOG.log(Level.WARNING, path + ": one of its readers could not be woken", e);
        }
    }

    private void close(GrowingFile unused) {
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
