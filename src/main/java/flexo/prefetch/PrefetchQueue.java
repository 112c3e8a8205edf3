package flexo.prefetch;

import flexo.alpm.RepositoryPath;
import flexo.download.AheadSource;
import flexo.download.AheadSource.Ahead;
import flexo.download.AheadSource.End;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;

/**
 * The queue of packages to prefetch: one at a time, only in the quiet hours, and only while no client waits for a
 * download. A running prefetch is put off when a client begins to wait, unless it waits for that very file.
 *
 * <p>It holds no thread: the end of a fetch, a change of waiting clients, and a timer each trigger a look at the queue.
 * The monitor guards all mutable state; it never blocks.
 */
public final class PrefetchQueue implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(PrefetchQueue.class.getName());

    /** A system update requests one file after another; the line is not idle between them. */
    static final Duration AFTER_CLIENTS = Duration.ofSeconds(3);
    /** The clock may be set while waiting for the quiet hours. */
    static final Duration AT_MOST = Duration.ofMinutes(10);
    /** More packages than Arch has. */
    private static final int MOST = 20_000;

    private final Supplier<PrefetchSettings> settings;
    private final AheadSource source;
    private final FreeSpace room;
    private final BiConsumer<RepositoryPath, Instant> inherit;
    private final ScheduledExecutorService timer;
    private final Executor executor;
    private final LongSupplier nanoTime;
    private final InstantSource clock;

    // Guarded by the monitor:

    /** In the order of fetching. */
    private Map<RepositoryPath, Wanted> waiting = new LinkedHashMap<>();
    /** The package being fetched; null if there is none. */
    private Wanted current;
    /** The next look; null if none is scheduled. */
    private ScheduledFuture<?> look;

    private PrefetchCounts counts = PrefetchCounts.NONE;
    private volatile Runnable whenNamedAreOver = () -> {};
    private volatile Predicate<String> whenNamedFails = name -> false;

    private volatile boolean closed;

    /** Whether there is nothing to do, so that clients need not be watched. */
    private volatile boolean idle = true;
    /** The last time a client began or ceased to wait. */
    private volatile long clientsChangedNanos;

    /**
     * An empty queue.
     *
     * @param settings read at each decision
     * @param source fetches packages
     * @param room packages that do not fit are skipped
     * @param inherit receives a fetched package, and the last use of the version before it
     * @param timer triggers the next look; does no other work
     * @param executor looks at the queue and begins fetches
     */
    public PrefetchQueue(
            Supplier<PrefetchSettings> settings,
            AheadSource source,
            FreeSpace room,
            BiConsumer<RepositoryPath, Instant> inherit,
            ScheduledExecutorService timer,
            Executor executor,
            LongSupplier nanoTime,
            InstantSource clock) {
        this.settings = settings;
        this.source = source;
        this.room = room;
        this.inherit = inherit;
        this.timer = timer;
        this.executor = executor;
        this.nanoTime = nanoTime;
        this.clock = clock;
        this.clientsChangedNanos = nanoTime.getAsLong() - AFTER_CLIENTS.toNanos();
    }

    /** Adds packages requested by name; those beyond a limit that no real list reaches are dropped. */
    void add(Collection<Wanted> wanted) {
        synchronized (this) {
            for (Wanted one : wanted) {
                if (waiting.size() < MOST) {
                    waiting.putIfAbsent(one.path(), one);
                }
            }
        }
        advanceSoon();
    }

    /** Replaces the queued updates by newer ones. */
    void replaceUpdates(Collection<Wanted> updates) {
        synchronized (this) {
            waiting.values().removeIf(former -> !former.isNamed());
        }
        add(updates);
    }

    /** To be called when a client may have begun or ceased to wait; safe on any thread, whatever locks it holds. */
    public void clientsChanged() {
        clientsChangedNanos = nanoTime.getAsLong();
        if (!idle && !closed) {
            executor.execute(this::minded);
        }
    }

    /** The counts since the start. */
    public synchronized PrefetchCounts counts() {
        return counts;
    }

    /** The names of packages requested by name that are not finished; empty if this was closed. */
    synchronized Optional<Set<String>> named() {
        if (closed) {
            return Optional.empty();
        }
        Set<String> names = new TreeSet<>();
        Stream.concat(waiting.values().stream(), Stream.ofNullable(current))
                .filter(Wanted::isNamed)
                .flatMap(wanted -> wanted.name().stream())
                .forEach(names::add);
        return Optional.of(names);
    }

    /**
     * Sets a listener for the end of the last package requested by name.
     *
     * @param told called on the executor
     */
    void whenNamedAreOver(Runnable told) {
        whenNamedAreOver = told;
    }

    /**
     * Sets a listener for packages requested by name that were unavailable, though mirrors may have them.
     *
     * @param told takes the package's name and returns whether it will be added again; called on the executor
     */
    void whenNamedFails(Predicate<String> told) {
        whenNamedFails = told;
    }

    /** The number of packages to fetch, including the one being fetched. */
    public synchronized int size() {
        return waiting.size() + (current == null ? 0 : 1);
    }

    /** Starts nothing more. */
    @Override
    public synchronized void close() {
        closed = true;
        waiting.clear();
        if (look != null) {
            look.cancel(false);
        }
    }

    private void minded() {
        if (!source.clientsWait()) {
            advance();
            return;
        }
        Wanted running;
        synchronized (this) {
            running = current;
        }
        if (running != null) {
            source.interrupt(running.path());
        }
    }

    private void advanceSoon() {
        if (closed) {
            return;
        }
        idle = false;
        executor.execute(this::advance);
    }

    /** Begins the next fetch, if it is time for it. */
    private void advance() {
        boolean clientsWait = source.clientsWait();
        Wanted next;
        synchronized (this) {
            if (closed || current != null || clientsWait) {
                // Whatever is waited for will trigger another look.
                return;
            }
            if (waiting.isEmpty()) {
                idle = true;
                return;
            }
            Duration pause = pause();
            if (!pause.isZero()) {
                lookAfter(pause);
                return;
            }
            Iterator<Wanted> first = waiting.values().iterator();
            next = first.next();
            first.remove();
            current = next;
        }
        fetch(next);
    }

    // Guarded by the monitor.

    private Duration pause() {
        Instant now = clock.instant();
        QuietHours quietHours = settings.get().quietHours();
        if (!quietHours.contain(now)) {
            Duration until = quietHours.untilTheyBegin(now);
            return until.compareTo(AT_MOST) < 0 ? until : AT_MOST;
        }
        long left = clientsChangedNanos + AFTER_CLIENTS.toNanos() - nanoTime.getAsLong();
        return left > 0 ? Duration.ofNanos(left) : Duration.ZERO;
    }

    private void lookAfter(Duration pause) {
        if (look != null) {
            look.cancel(false);
        }
        // At least a millisecond: a clock of that resolution would otherwise make this spin.
        long nanos = Math.max(TimeUnit.MILLISECONDS.toNanos(1), pause.toNanos());
        look = timer.schedule(() -> executor.execute(this::advance), nanos, TimeUnit.NANOSECONDS);
    }

    // Called without the monitor.

    private void fetch(Wanted next) {
        if (!room.hasRoomFor(next.path(), Math.max(0, next.sizeBytes()))) {
            LOG.log(
                    Level.INFO,
                    "{0}: not prefetched, since its {1} bytes would have to be made room for",
                    new Object[] {next.path(), String.valueOf(next.sizeBytes())});
            over(next, false, counts().plusSkipped());
            return;
        }
        var unused = fetchAhead(next.path()).thenAcceptAsync(ahead -> packageEnded(next, ahead), executor);
        // A client that began to wait in between has found nothing to interrupt.
        if (source.clientsWait()) {
            source.interrupt(next.path());
        }
    }

    private void packageEnded(Wanted one, Ahead ahead) {
        if (ahead.end() != End.FETCHED) {
            ended(one, ahead, ahead);
            return;
        }
        // It usually comes with its package, which does not wait for a slow mirror, though.
        var unused =
                fetchAhead(one.path().signature()).thenAcceptAsync(signature -> ended(one, ahead, signature), executor);
    }

    /** Never fails: a failure would block the rest of the queue. */
    private CompletionStage<Ahead> fetchAhead(RepositoryPath path) {
        try {
            return source.fetchAhead(path, settings.get().slowly()).exceptionally(PrefetchQueue::failed);
        } catch (RuntimeException e) {
            return CompletableFuture.completedFuture(failed(e));
        }
    }

    private static Ahead failed(Throwable why) {
        return new Ahead(End.FAILED, 0, why.toString());
    }

    private void ended(Wanted one, Ahead ahead, Ahead signature) {
        switch (ahead.end()) {
            case FETCHED -> {
                one.used().ifPresent(used -> inherit.accept(one.path(), used));
                LOG.log(Level.INFO, "{0}: prefetched, {1} bytes{2}: {3}", new Object[] {
                    one.path(),
                    String.valueOf(ahead.bytes()),
                    signature.end() == End.FETCHED || signature.end() == End.PRESENT ? "" : " without a signature",
                    one.why()
                });
                over(one, false, counts().plusFetched(ahead.bytes()));
            }
            case PRESENT -> over(one, false, counts());
            case INTERRUPTED -> {
                LOG.log(Level.FINE, "{0}: put off: {1}", new Object[] {one.path(), ahead.why()});
                over(one, true, counts().plusInterrupted());
            }
            case MISSING, FAILED -> {
                // Mirrors lag behind their databases, so it is normal that none has it yet.
                LOG.log(
                        ahead.end() == End.MISSING ? Level.INFO : Level.WARNING,
                        "{0}: could not be prefetched; {1}: {2}",
                        new Object[] {
                            one.path(),
                            isTriedAgain(one, ahead.end())
                                    ? "it will be tried again when it is due"
                                    : "it is not tried again unless its name is handed in once more",
                            ahead.why()
                        });
                over(one, false, counts().plusFailed());
            }
        }
    }

    private boolean isTriedAgain(Wanted one, End end) {
        return !one.isNamed()
                || (end == End.FAILED && one.name().filter(whenNamedFails).isPresent());
    }

    private void over(Wanted one, boolean again, PrefetchCounts now) {
        boolean lastNamed;
        synchronized (this) {
            counts = now;
            current = null;
            if (again && !closed) {
                Map<RepositoryPath, Wanted> former = waiting;
                waiting = new LinkedHashMap<>();
                waiting.put(one.path(), one);
                waiting.putAll(former);
            }
            lastNamed = !closed && one.isNamed() && waiting.values().stream().noneMatch(Wanted::isNamed);
        }
        if (lastNamed) {
            whenNamedAreOver.run();
        }
        advanceSoon();
    }
}
