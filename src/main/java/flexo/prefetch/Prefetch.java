package flexo.prefetch;

import flexo.alpm.RefusedPathException;
import flexo.alpm.RepositoryPath;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Prefetching: determines the packages to fetch when a run is due or on request, and fills the {@link PrefetchQueue}.
 *
 * <p>Requests are processed one at a time, in order. Databases are revalidated before each, since clients that list us
 * as a {@code CacheServer} never ask us for them.
 *
 * <p>The monitor guards all mutable state; it never blocks.
 */
public final class Prefetch implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Prefetch.class.getName());

    /**
     * The longest time until the schedule is checked again, since the clock may be set. Also the delay until unresolved
     * names are tried again.
     */
    static final Duration AT_MOST = Duration.ofMinutes(10);
    /** The most waiting requests; a runaway script would otherwise pile them up. */
    static final int MOST_ASKING = 16;
    /** The databases to check before any client has used a repository. */
    private static final List<RepositoryPath> USUAL = List.of(
            usual("core/os/x86_64/core.db"),
            usual("extra/os/x86_64/extra.db"),
            usual("multilib/os/x86_64/multilib.db"));

    private final Supplier<PrefetchSettings> settings;
    private final CurrentDatabases databases;
    private final Updates updates;
    private final NamedPackages named;
    private final PrefetchQueue queue;
    private final HandedIn handedIn;
    private final ScheduledExecutorService timer;
    private final Executor executor;
    private final InstantSource clock;

    // Guarded by the monitor:

    /** The time of the next run; empty for never. */
    private Optional<Instant> due = Optional.empty();

    /** The next check of the schedule; null before the start. */
    private ScheduledFuture<?> look;
    /** The next attempt for unresolved names; null if there is none. */
    private ScheduledFuture<?> resumption;
    /** Completed when all requests so far have been processed. */
    private CompletionStage<?> last = CompletableFuture.completedFuture(null);

    private int asking;
    private boolean closed;

    /**
     * Prefetching that has not begun.
     *
     * @param settings read at each decision; a run that is due outside the quiet hours waits for them
     * @param queue receives the packages; closed with this
     * @param handedIn keeps the requested names until they are fetched
     * @param timer fires when a run is due; does no other work
     * @param executor runs the work
     */
    public Prefetch(
            Supplier<PrefetchSettings> settings,
            CurrentDatabases databases,
            Updates updates,
            NamedPackages named,
            PrefetchQueue queue,
            HandedIn handedIn,
            ScheduledExecutorService timer,
            Executor executor,
            InstantSource clock) {
        this.settings = settings;
        this.databases = databases;
        this.updates = updates;
        this.named = named;
        this.queue = queue;
        this.handedIn = handedIn;
        this.timer = timer;
        this.executor = executor;
        this.clock = clock;
        queue.whenNamedAreOver(() -> handedIn.update(queue::named));
        queue.whenNamedFails(this::isTriedAgain);
    }

    /** Resumes the names that were requested before the last restart, and follows the schedule. Never blocks. */
    public void start() {
        executor.execute(() -> {
            handedIn.read();
            resume();
        });
        followSchedule();
    }

    private void resume() {
        List<String> names = handedIn.due();
        if (names.isEmpty()) {
            resumeLater();
        } else {
            var unused = byName(names, false).whenComplete((found, failure) -> resumeLater());
        }
    }

    /** Schedules another attempt for unresolved names, if there are any. */
    private void resumeLater() {
        if (!handedIn.hasPutOff()) {
            return;
        }
        synchronized (this) {
            if (!closed && resumption == null) {
                resumption = timer.schedule(this::resumeNow, AT_MOST.toNanos(), TimeUnit.NANOSECONDS);
            }
        }
    }

    /** Called by the timer. */
    private void resumeNow() {
        synchronized (this) {
            resumption = null;
            if (closed) {
                return;
            }
        }
        executor.execute(this::resume);
    }

    private boolean isTriedAgain(String name) {
        boolean again = handedIn.failed(name);
        if (again) {
            resumeLater();
        }
        return again;
    }

    private static RepositoryPath usual(String path) {
        try {
            return RepositoryPath.ofDecoded(path);
        } catch (RefusedPathException e) {
            throw new IllegalArgumentException(path, e);
        }
    }

    /** Follows the schedule, or a new one that has replaced it. */
    public void followSchedule() {
        synchronized (this) {
            due = settings.get().schedule().first(clock.instant());
            if (look != null) {
                look.cancel(false);
            }
        }
        lookAgain();
    }

    /**
     * Queues newer versions of the packages that clients use.
     *
     * @return the packages queued; fails with an {@link IllegalStateException} if there are too many requests, or this
     *     was closed
     */
    public CompletionStage<PrefetchAnswer> updates() {
        return inTurn(List::of, () -> {
            List<Wanted> found = updates.find();
            queue.replaceUpdates(found);
            LOG.log(
                    found.isEmpty() ? Level.FINE : Level.INFO,
                    "Newer versions of packages that clients use, which are fetched now: {0}",
                    found.size());
            List<String> paths =
                    found.stream().map(wanted -> wanted.path().toString()).toList();
            return new PrefetchAnswer(paths, List.of(), List.of(), List.of());
        });
    }

    /**
     * Queues packages by name.
     *
     * @param dependencies whether to include dependencies
     * @return the packages queued, and the others; fails as {@link #updates} does
     */
    public CompletionStage<PrefetchAnswer> ahead(Collection<String> names, boolean dependencies) {
        return byName(names, dependencies).thenApply(NamedPackages.Found::answer);
    }

    private CompletionStage<NamedPackages.Found> byName(Collection<String> names, boolean dependencies) {
        return inTurn(() -> databases.all().isEmpty() ? USUAL : List.of(), () -> {
            NamedPackages.Found found = named.find(databases.all(), names, dependencies);
            // Before they are queued, where they may fail at once and be put off again.
            handedIn.resolved(names, found.undecided());
            queue.add(found.wanted());
            handedIn.update(queue::named);
            resumeLater();
            LOG.log(
                    Level.INFO,
                    "Packages that were asked for by name: {0} are fetched now, {1} are cached"
                            + " already, {2} are too large, {3} are unknown",
                    new Object[] {
                        found.wanted().size(),
                        found.answer().present().size(),
                        found.answer().tooLarge().size(),
                        found.answer().unknown().size()
                    });
            return found;
        });
    }

    /** The time of the next run; empty for never. */
    public synchronized Optional<Instant> due() {
        return due;
    }

    /** The number of queued packages. */
    public int waiting() {
        return queue.size();
    }

    /** The counts since the start. */
    public PrefetchCounts counts() {
        return queue.counts();
    }

    private <T> CompletionStage<T> inTurn(Supplier<List<RepositoryPath>> others, Supplier<T> findOut) {
        synchronized (this) {
            if (closed || asking >= MOST_ASKING) {
                return CompletableFuture.failedFuture(new IllegalStateException(
                        closed ? "Flexo is being stopped" : "too many are asking at the same time"));
            }
            asking++;
            CompletionStage<T> mine = last.handle((before, failure) -> null)
                    .thenComposeAsync(unused -> databases.refreshed(others.get()), executor)
                    .thenApplyAsync(unused -> findOut.get(), executor)
                    .whenComplete((answer, failure) -> ended(failure));
            last = mine;
            return mine;
        }
    }

    private void ended(Throwable failure) {
        synchronized (this) {
            asking--;
        }
        if (failure != null) {
            LOG.log(Level.SEVERE, "The packages to be prefetched could not be determined", failure);
        }
    }

    /** Called by the timer. */
    private void lookAgain() {
        boolean run = false;
        synchronized (this) {
            if (closed || due.isEmpty()) {
                return;
            }
            Instant now = clock.instant();
            // If the clock was set back, the due time may now be far in the future.
            PrefetchSettings chosen = settings.get();
            Optional<Instant> next = chosen.schedule().next(now);
            due = due.filter(time -> next.map(time::isBefore).orElse(true)).or(() -> next);
            Duration wait = due.map(time -> Duration.between(now, time)).orElse(AT_MOST);
            if (wait.isNegative() || wait.isZero()) {
                run = chosen.quietHours().contain(now);
                due = run ? next : due;
                wait = run
                        ? next.map(time -> Duration.between(now, time)).orElse(AT_MOST)
                        : chosen.quietHours().untilTheyBegin(now);
            }
            Duration pause = wait.compareTo(AT_MOST) < 0 ? wait : AT_MOST;
            // At least a millisecond: a timer that fires early would otherwise spin.
            long nanos = Math.max(TimeUnit.MILLISECONDS.toNanos(1), pause.toNanos());
            look = timer.schedule(this::lookAgain, nanos, TimeUnit.NANOSECONDS);
        }
        if (run) {
            var unused = updates();
        }
    }

    /** Starts nothing more; running downloads are ended by their owner. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            if (look != null) {
                look.cancel(false);
            }
            if (resumption != null) {
                resumption.cancel(false);
            }
        }
        queue.close();
    }
}
