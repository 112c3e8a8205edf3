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
 * Prefetching: finds out what is to be fetched, when a run is due or somebody asks, and puts it into the
 * {@link PrefetchQueue}.
 *
 * <p>One thing is found out at a time; who asks meanwhile is answered after that. Databases are refreshed first each time,
 * since clients that list us as a {@code CacheServer} never ask us for them.
 *
 * <p>The monitor guards all that changes; nothing waits in it.
 */
public final class Prefetch implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Prefetch.class.getName());

    /**
     * So often it is looked whether a run is due, at least: the clock may be set meanwhile. Names that were put off are
     * looked up again after as much.
     */
    static final Duration AT_MOST = Duration.ofMinutes(10);
    /** So many may wait for an answer; a script that has lost its way would ask for ever. */
    static final int MOST_ASKING = 16;
    /** What is looked for where no client has asked for any repository yet. */
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

    /** When the next run is due; empty for never. */
    private Optional<Instant> due = Optional.empty();

    /** The next look whether it is; null before the start. */
    private ScheduledFuture<?> look;
    /** The next look at the names that were put off; null if none is waited for. */
    private ScheduledFuture<?> resumption;
    /** Completed when all that was asked so far is found out. */
    private CompletionStage<?> last = CompletableFuture.completedFuture(null);

    private int asking;
    private boolean closed;

    /**
     * Prefetching that has not begun.
     *
     * @param settings asked whenever something is decided; a run that is due outside of the quiet hours begins with them
     * @param queue takes what is found; closed with this
     * @param handedIn keeps the names that were asked for until they are fetched
     * @param timer calls when a run is due; nothing else happens on it
     * @param executor finds out
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

    /** Goes on with the names that were asked for before the last restart, and follows the schedule. Returns at once. */
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

    /** Looks up again what is put off, if anything is. */
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

    /** By the timer. */
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

    /** Begins to follow the schedule, or to follow another one that has taken its place. */
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
     * Looks for newer versions of the packages that clients use, and lets them be fetched.
     *
     * @return what will be fetched; fails with an {@link IllegalStateException} if too many are asking, or it was closed
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
     * Lets packages be fetched by their names.
     *
     * @param dependencies whether what they depend on is fetched, too
     * @return what will be fetched, and what will not; fails as {@link #updates} does
     */
    public CompletionStage<PrefetchAnswer> ahead(Collection<String> names, boolean dependencies) {
        return byName(names, dependencies).thenApply(NamedPackages.Found::answer);
    }

    private CompletionStage<NamedPackages.Found> byName(Collection<String> names, boolean dependencies) {
        return inTurn(() -> databases.all().isEmpty() ? USUAL : List.of(), () -> {
            NamedPackages.Found found = named.find(databases.all(), names, dependencies);
            // Before they are in the queue, where they may fail at once and be put off again.
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

    /** When the next run is due; empty for never. */
    public synchronized Optional<Instant> due() {
        return due;
    }

    /** How many packages wait to be fetched. */
    public int waiting() {
        return queue.size();
    }

    /** What was done since the start. */
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

    /** By the timer. */
    private void lookAgain() {
        boolean run = false;
        synchronized (this) {
            if (closed || due.isEmpty()) {
                return;
            }
            Instant now = clock.instant();
            // If the clock was set back, what was due by the former time may be far away.
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
            // A moment more than none, or a timer that is early would come back in a circle.
            long nanos = Math.max(TimeUnit.MILLISECONDS.toNanos(1), pause.toNanos());
            look = timer.schedule(this::lookAgain, nanos, TimeUnit.NANOSECONDS);
        }
        if (run) {
            var unused = updates();
        }
    }

    /** Begins nothing more; what is being fetched is left to who ends downloads. */
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
