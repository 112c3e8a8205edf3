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
 * The packages that are to be fetched ahead: one at a time, only in the quiet hours, and only while no client waits for a
 * download; one that runs when a client begins to wait is put off, unless it is the very one the client waits for.
 *
 * <p>It holds no thread: each end of a fetch, each change of the clients and each moment that was waited for calls for a look
 * at what is next. The monitor guards all that changes; nothing waits in it.
 */
public final class PrefetchQueue implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(PrefetchQueue.class.getName());

    /** A system that is updated asks for one file after another; the line is not free between them. */
    static final Duration AFTER_CLIENTS = Duration.ofSeconds(3);
    /** The clock may be set while the quiet hours are waited for. */
    static final Duration AT_MOST = Duration.ofMinutes(10);
    /** More than all of Arch has. */
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

    /** In the order in which they are fetched. */
    private Map<RepositoryPath, Wanted> waiting = new LinkedHashMap<>();
    /** The one that is being fetched; null if none is. */
    private Wanted current;
    /** The next look; null if none is waited for. */
    private ScheduledFuture<?> look;

    private PrefetchCounts counts = PrefetchCounts.NONE;
    private volatile Runnable whenNamedAreOver = () -> {};
    private volatile Predicate<String> whenNamedFails = name -> false;

    private volatile boolean closed;

    /** Whether there is nothing to do, so that clients need not be minded. */
    private volatile boolean idle = true;
    /** When a client last began or ceased to wait. */
    private volatile long clientsChangedNanos;

    /**
     * An empty queue.
     *
     * @param settings asked whenever something is decided
     * @param source fetches
     * @param room what does not fit is left out
     * @param inherit takes a package that was fetched, and when a client used the version before it
     * @param timer calls for the next look; nothing else happens on it
     * @param executor looks at what is next, and begins to fetch it
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

    /** Adds what was asked for by name; beyond a bound that no real list reaches, the rest is dropped. */
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

    /** Takes newer versions in, in place of those that were to be fetched by what was known before. */
    void replaceUpdates(Collection<Wanted> updates) {
        synchronized (this) {
            waiting.values().removeIf(former -> !former.isNamed());
        }
        add(updates);
    }

    /** Called by any thread, whatever it holds, when a client may have begun or ceased to wait. */
    public void clientsChanged() {
        clientsChangedNanos = nanoTime.getAsLong();
        if (!idle && !closed) {
            executor.execute(this::minded);
        }
    }

    /** What was done since the start. */
    public synchronized PrefetchCounts counts() {
        return counts;
    }

    /** The names of packages that were asked for by name and are not over; empty if it was closed. */
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
     * Who is to be told when the last package that was asked for by name is over.
     *
     * @param told called on the executor
     */
    void whenNamedAreOver(Runnable told) {
        whenNamedAreOver = told;
    }

    /**
     * Who is to be told when a package that was asked for by name could not be had, though mirrors may have it.
     *
     * @param told takes the package's name and says whether it will be added again; called on the executor
     */
    void whenNamedFails(Predicate<String> told) {
        whenNamedFails = told;
    }

    /** How many packages are to be fetched, the one that is being fetched included. */
    public synchronized int size() {
        return waiting.size() + (current == null ? 0 : 1);
    }

    /** Begins nothing more. */
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

    /** Begins the next one, if it is time for it. */
    private void advance() {
        boolean clientsWait = source.clientsWait();
        Wanted next;
        synchronized (this) {
            if (closed || current != null || clientsWait) {
                // Whoever is waited for calls again.
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

    // Only under the monitor.

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
        // A moment more than none, or a clock of milliseconds would be asked in a circle.
        long nanos = Math.max(TimeUnit.MILLISECONDS.toNanos(1), pause.toNanos());
        look = timer.schedule(() -> executor.execute(this::advance), nanos, TimeUnit.NANOSECONDS);
    }

    // Outside of it.

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
        // Who began to wait in between has found nothing to interrupt.
        if (source.clientsWait()) {
            source.interrupt(next.path());
        }
    }

    private void packageEnded(Wanted one, Ahead ahead) {
        if (ahead.end() != End.FETCHED) {
            ended(one, ahead, ahead);
            return;
        }
        // It mostly comes with its package, but a slow mirror is not waited for there.
        var unused =
                fetchAhead(one.path().signature()).thenAcceptAsync(signature -> ended(one, ahead, signature), executor);
    }

    /** Never fails: all others would wait behind one that never ends. */
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
                // Mirrors lag behind their databases: that none has it yet is nothing to worry about.
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
