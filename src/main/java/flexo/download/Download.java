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
 * One file that is being fetched: the available bytes, and all readers that wait for more.
 *
 * <p>It connects one producer with many readers, and is passive: {@link Failover} fetches the bytes and reports them;
 * readers ask for them, and are woken when asking again is worthwhile. Its guarantees to readers:
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
 *   <li>What is not kept is not shared. Where the disk refuses the file, the download ends with a {@link Remainder}: each
 *       reader gets the bytes below {@code written} as ever, and then goes on alone.
 * </ul>
 *
 * <p>Readers are identified by their wake-ups. {@code monitor} guards all mutable state. Inside it there is no disk
 * access, callback or logging: notifications are collected inside, and run outside. The file is closed when the state
 * is final and the number of readers is zero.
 */
public final class Download implements Content {
    private static final Logger LOG = Logger.getLogger(Download.class.getName());
    /** The distance ahead of the prefix at which a reader may be worth a transfer of its own; larger than any write. */
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
    /** The bytes found in an earlier part file. */
    private long foundBytes;
    /** Null until the first byte. */
    private ContentHead head;
    /** Null until the first byte, and for a download of a head alone. */
    private GrowingFile file;
    /** The current or last mirror; for people. */
    private String source = "";
    /** Null unless FAILED. */
    private DownloadFailure failure;
    /** The rest with which readers continue alone after it has FAILED; null if they cannot. */
    private Remainder rest;
    /** Whether it was given up while no client needed it: it is about to fail. */
    private boolean withdrawn;

    private int readers = 1;
    /** The readers that wait for the file; a prefetch does not. */
    private int waiting;
    /** The ranges ahead of the prefix: their starts, and their current ends. */
    private final NavigableMap<Long, Long> ahead = new TreeMap<>();
    /** The start of each reader. */
    private final Map<Runnable, Long> began = new HashMap<>();
    /** The byte that each registered reader waits for. */
    private final Map<Runnable, Long> wakeUps = new LinkedHashMap<>();
    /** Called when a reader begins to wait far ahead of the prefix. */
    private Runnable whenFar = () -> {};
    /** Called when no client waits for it any more. */
    private Runnable whenAbandoned = () -> {};

    /** A download with its first reader, the client that started it. */
    public Download(RepositoryPath path) {
        this(path, Demand.ofClient(), true);
    }

    /**
     * A download with its first reader, which need not be a client.
     *
     * @param waits whether that reader waits for it
     */
    Download(RepositoryPath path, Demand demand, boolean waits) {
        this.path = path;
        this.demand = demand;
        this.waiting = waits ? 1 : 0;
    }

    /** The rest of a file for a single reader. */
    Download(RepositoryPath path, Pipe pipe) {
        this(path);
        this.file = pipe;
    }

    /**
     * Sets the {@code Via} header of the request that started it, to be passed on to mirrors.
     *
     * @return this
     */
    public Download handingOn(String proxies) {
        via = proxies;
        return this;
    }

    /** That {@code Via} header; empty if there is none. */
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

    /** Its mirrors. */
    Course course() {
        return course;
    }

    /** A snapshot for people. */
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

    /** The reason of its failure; empty if it has not failed. */
    public Optional<DownloadFailure> failure() {
        synchronized (monitor) {
            return Optional.ofNullable(failure);
        }
    }

    /** Completed when the state is final. */
    public CompletionStage<Void> over() {
        return over;
    }

    /**
     * Adds a client.
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
     * Adds a reader, like {@link #join}, that is no client.
     *
     * @param waits whether it waits for the file; otherwise it leaves by {@link #ceaseToAttend}
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

    /**
     * Sets the listener for the moment when no client waits any more, if it has not ended; may be called by any reader.
     */
    void whenAbandoned(Runnable told) {
        synchronized (monitor) {
            whenAbandoned = told;
        }
    }

    /** Whether no client waits for it, and it has not ended. */
    boolean isAbandoned() {
        synchronized (monitor) {
            return waiting == 0 && !state.isFinal();
        }
    }

    /**
     * Like {@link #withdraw}, but also if a client has wanted it and left.
     *
     * @return false if a client waits for it, or it has ended
     */
    boolean withdrawIfAbandoned() {
        synchronized (monitor) {
            withdrawn |= isAbandoned();
            return withdrawn;
        }
    }

    /**
     * Prevents clients from joining, so that it can be cancelled without harm.
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

    /** Whether every byte is available, though possibly not yet published. */
    boolean isWhole() {
        synchronized (monitor) {
            return head != null && file != null && written == head.lengthBytes();
        }
    }

    // Reports of the producer. The calls come one after another, though from different threads.

    /** The first bytes may be read, or the first ones from another mirror have arrived: the head is final. */
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

    /** Moves the end of the readable prefix. */
    void advanced(long newWritten) {
        List<Runnable> woken;
        synchronized (monitor) {
            written = newWritten;
            woken = takeWakeUps();
        }
        woken.forEach(this::wake);
    }

    /** Sets the listener for readers that begin to wait far ahead of the prefix. */
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

    /** The end of the readable prefix. */
    long written() {
        synchronized (monitor) {
            return written;
        }
    }

    /**
     * Claims a range ahead of the prefix for another writer than the prefix's.
     *
     * @return false if the prefix is too near, or the download has ended
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

    /** Ends the fetching of that range; its bytes stay. */
    void endAhead(long from) {
        synchronized (monitor) {
            // Only if it is empty.
            boolean unused = ahead.remove(from, from);
        }
    }

    /** The end of the available bytes from a position on in the ranges ahead; the position itself if there are none. */
    long aheadOf(long position) {
        synchronized (monitor) {
            return endOfRange(position);
        }
    }

    /** The start of the next range claimed at or after a byte; {@link Long#MAX_VALUE} if there is none. */
    long nextAhead(long position) {
        synchronized (monitor) {
            Long next = ahead.ceilingKey(position);
            return next == null ? Long.MAX_VALUE : next;
        }
    }

    /** The mirror failed, and another is asked for the rest. */
    void resuming() {
        synchronized (monitor) {
            if (state == DownloadState.STREAMING) {
                become(DownloadState.RESUMING);
            }
        }
    }

    /** Every byte is available; or none was needed, and nobody waits for any. */
    void complete() {
        boolean unused = end(DownloadState.COMPLETE, null, null);
    }

    /** Only the head was requested, and it is known. */
    void completeWithHead(ContentHead newHead, String newSource) {
        synchronized (monitor) {
            head = newHead;
            source = newSource;
        }
        complete();
        started.complete(this);
    }

    /**
     * Fails it, unless it has ended already.
     *
     * @return whether it has readers, which thereby learn the reason
     */
    boolean fail(DownloadFailure why) {
        boolean missed = end(DownloadState.FAILED, why, null);
        started.completeExceptionally(new DownloadFailedException(why));
        return missed;
    }

    /**
     * Ends it without storing more: each reader continues alone. Only while it is streaming.
     *
     * @param why the reason, for readers that need the file cached
     */
    void leaveRest(Remainder newRest, DownloadFailure why) {
        boolean unused = end(DownloadState.FAILED, why, newRest);
    }

    /** Returns whether it has readers. */
    private boolean end(DownloadState end, DownloadFailure why, Remainder newRest) {
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

    // Requests of readers.

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
                    // The length was unknown when it began.
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

    /** Removes a reader that did not wait for it. */
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

    // Called inside the monitor.

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

    /** All readers with available bytes, and at the end all. */
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

    // Called outside the monitor.

    private void wake(Runnable reader) {
        try {
            reader.run();
        } catch (RuntimeException e) {
            // None of them is registered any more: a failing one must not cost the others their wake-up.
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
