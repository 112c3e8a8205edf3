package flexo.retention;

import flexo.alpm.RepositoryPath;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Schedules sweeps. All are full sweeps, and run on the given executor, never on the caller's thread.
 *
 * <p>A sweep runs soon after the start; half a minute after the last file of a burst was cached; at once when the cache
 * exceeds a limit, the disk is too full, or a download waits for room; again soon if a file stayed only because it was
 * in use; once a day; and on request. All requests before a sweep begins share it.
 *
 * <p>A cache directory that somebody else has filled is protected by {@link Takeover} at first.
 *
 * <p>The monitor guards the fields; it never blocks.
 */
public final class Sweeps implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Sweeps.class.getName());

    /** Later than other work at the start, and than files that a start-up script may be writing. */
    static final Duration FIRST = Duration.ofSeconds(15);
    /** More often if unused files are purged sooner. */
    static final Duration EVERY = Duration.ofDays(1);
    /** Debounce: an update of a system brings hundreds of packages, and one sweep is enough for all. */
    static final Duration QUIET = Duration.ofSeconds(30);
    /** The longest time for which a continuous burst can delay the sweep. */
    static final Duration LONGEST_BURST = Duration.ofMinutes(5);
    /** The maximum of the exponential backoff from {@link #QUIET} while files stay in use. */
    static final Duration LONGEST_PAUSE = Duration.ofMinutes(16);
    /** The uses that a crash may lose; more if writing takes longer. */
    static final Duration SAVE_SOON = Duration.ofSeconds(10);

    private static final int USES_WRITTEN_PER_SECOND = 1000;
    /** The time for which a failed attempt to make room is not repeated. */
    static final Duration TRY_AGAIN = Duration.ofMinutes(1);

    private final RetentionSweep sweep;
    private final LastUses uses;
    private final Takeover takeover;
    private final ScheduledExecutorService timer;
    private final Executor executor;
    private final RoomDemand room = new RoomDemand();
    private final AskedSweep asked = new AskedSweep(this::sweep);
    private final AskedSweep askedDry;

    // Guarded by the monitor:

    /** The size after the last sweep plus the files cached since; before the first sweep only the latter. */
    private Occupied occupied = Occupied.NOTHING;
    /** Whether the last sweep could not keep the limits; exceeding them then triggers no further sweep. */
    private boolean overLimit;
    /** The next planned sweep; null if there is none. */
    private ScheduledFuture<?> next;
    /** The debounced sweep after a burst; null if nothing was cached. */
    private ScheduledFuture<?> afterBurst;

    private Duration pauseWhileInUse = QUIET;
    private boolean stopped;

    /** The last report; null before the first sweep has ended. */
    private volatile SweepReport last;

    /**
     * Sweeps that have not begun.
     *
     * @param uses loaded before the first sweep, saved periodically and at the end
     * @param takeover decides whether files may be removed yet
     * @param timer starts tasks; no part of a sweep runs on it
     * @param executor runs one task at a time
     */
    public Sweeps(
            RetentionSweep sweep, LastUses uses, Takeover takeover, ScheduledExecutorService timer, Executor executor) {
        this.sweep = sweep;
        this.uses = uses;
        this.takeover = takeover;
        this.timer = timer;
        this.executor = executor;
        askedDry = new AskedSweep(sweep::dryRun);
    }

    /** Loads the last uses and schedules the first sweep, in the background. */
    public void start() {
        run(takeover::look);
        run(uses::load);
        sweepWithin(FIRST);
    }

    /** Records that a client uses a file, to be saved soon. Never blocks; accepts files of any kind. */
    public void used(RepositoryPath path) {
        if (uses.used(path)) {
            ScheduledFuture<?> unused =
                    later(SAVE_SOON.plusSeconds(uses.size() / USES_WRITTEN_PER_SECOND), () -> run(uses::save));
        }
    }

    /** Replaces the settings, and sweeps at once. Never blocks. */
    public void use(RetentionSettings settings) {
        run(() -> {
            sweep.use(settings);
            room.tryAgain();
            takeover.tellAgain();
            begin();
        });
    }

    /**
     * Counts a newly cached file. Blocks only to measure the disk; accepts files of any kind.
     */
    public void cached(RepositoryPath path, long bytes) {
        if (path.kind().mutable()) {
            // Databases replace one another.
            return;
        }
        Optional<Bounds> bounds = sweep.bounds();
        boolean atOnce;
        synchronized (this) {
            if (bounds.isPresent()) {
                occupied = occupied.plus(bounds.get().settings().limitKey(path.directory()), bytes);
            }
            atOnce = !overLimit && bounds.map(it -> it.areExceeded(occupied)).orElse(false);
            cancel(afterBurst);
            afterBurst = later(QUIET, this::begin);
        }
        sweepWithin(LONGEST_BURST);
        if (atOnce) {
            begin();
        }
    }

    /** Reports what a sweep would remove now. The report fails if the application stops first. */
    public CompletionStage<SweepReport> dryRun() {
        return askedDry.ask(this::run);
    }

    /**
     * Sweeps as soon as possible, even in a protected directory, since somebody requests it. The report fails if the
     * application stops first.
     */
    public CompletionStage<SweepReport> now() {
        takeover.approve();
        return asked.ask(this::run);
    }

    /**
     * Evicts the least recently used files, so that a file can be cached. All requests before a sweep begins share it.
     * If it could not free enough, the next attempt is made after a while, with other settings, or when enough has
     * become usable.
     *
     * @param usableBytes the bytes that must be usable now
     * @param inTheEndBytes the bytes needed for the whole file; if they cannot be freed, nothing is removed
     * @return completed after the attempt, never exceptionally
     */
    public CompletionStage<Void> makeRoom(long usableBytes, long inTheEndBytes) {
        OptionalLong usable = sweep.bounds().stream()
                .mapToLong(bounds -> bounds.space().usableBytes())
                .findFirst();
        return room.add(new RoomDemand.Need(usableBytes, inTheEndBytes), usable)
                ? asked.ask(this::run).handle((report, failure) -> null)
                : CompletableFuture.completedFuture(null);
    }

    /**
     * Whether a file can be cached without any removal, as far as is known: before the first sweep only new files are
     * counted. Measures the disk.
     */
    public boolean hasRoomFor(RepositoryPath path, long bytes) {
        Optional<Bounds> bounds = sweep.bounds();
        synchronized (this) {
            return bounds.map(it -> it.allow(occupied, path.directory(), bytes)).orElse(true);
        }
    }

    /** The removals since the start. */
    public RemovalCounts removed() {
        return sweep.removed();
    }

    /** The report of the last sweep; empty before the first one has ended. */
    public Optional<SweepReport> last() {
        return Optional.ofNullable(last);
    }

    /**
     * The capacity for files at one moment.
     *
     * @param limit the size limit of all files; empty if there is none
     * @param usableBytes the bytes that can still be written to the disk
     */
    public record Capacity(OptionalLong limit, long usableBytes) {}

    /** Measures the disk; empty if that fails. */
    public Optional<Capacity> capacity() {
        return sweep.bounds()
                .map(bounds -> new Capacity(
                        bounds.settings().cacheSizeLimit(bounds.space()),
                        bounds.space().usableBytes()));
    }

    /** The time until the next planned sweep; empty if one is just beginning, or none is planned. */
    public synchronized Optional<Duration> untilNext() {
        return Optional.ofNullable(next)
                .map(planned -> Duration.ofNanos(planned.getDelay(TimeUnit.NANOSECONDS)))
                .filter(left -> !left.isNegative());
    }

    /** Stops: a running sweep ends after the current file; the last uses are saved on this thread. */
    @Override
    public void close() {
        synchronized (this) {
            stopped = true;
        }
        sweep.stop();
        asked.stop();
        askedDry.stop();
        uses.save();
    }

    private void begin() {
        var unused = asked.ask(this::run);
    }

    private SweepReport sweep() {
        synchronized (this) {
            cancel(next);
            cancel(afterBurst);
            next = null;
        }
        // Even if it fails.
        sweepWithin(EVERY);
        uses.takeOthers();
        List<RoomDemand.Need> wanted = room.take();
        if (takeover.isProtected()) {
            SweepReport dry = sweep.dryRun();
            if (!dry.complete() || remainsProtected(dry)) {
                return dry;
            }
        }
        takeover.save();
        RetentionSweep.Result result = sweep.sweep(wanted);
        if (result.report().complete()) {
            learn(result);
        }
        return result.report();
    }

    private boolean remainsProtected(SweepReport dry) {
        takeover.shown(dry);
        takeover.save();
        synchronized (this) {
            occupied = dry.occupied().plus(Occupied.ALL, dry.sum().bytes());
            // Another sweep could not help yet.
            overLimit = true;
        }
        boolean remains = takeover.isProtected();
        if (remains) {
            sweepWithin(takeover.left());
        }
        return remains;
    }

    private void learn(RetentionSweep.Result result) {
        SweepReport report = result.report();
        last = report;
        if (result.spareBytes().isPresent()) {
            room.isNotEnough(result.spareBytes().getAsLong());
            ScheduledFuture<?> unused = later(TRY_AGAIN, room::tryAgain);
        }
        Optional<Bounds> bounds = sweep.bounds();
        Duration pause;
        synchronized (this) {
            occupied = report.occupied();
            overLimit = bounds.map(it -> it.areExceeded(occupied)).orElse(false);
            if (result.heldUp() || (overLimit && result.inUseBytes() > 0)) {
                pause = pauseWhileInUse;
                pauseWhileInUse = shorter(pause.multipliedBy(2), LONGEST_PAUSE);
            } else {
                pause = EVERY;
                pauseWhileInUse = QUIET;
            }
        }
        // Files that are purged after less than a day must not wait a day longer.
        sweepWithin(shorter(
                pause,
                bounds.flatMap(it -> it.settings().shortestPurgeUnusedAfter()).orElse(EVERY)));
        RemovalCounts.Count sum = report.sum();
        LOG.log(
                sum.files() > 0 ? Level.INFO : Level.FINE,
                "{0} files were removed from the cache, {1} bytes; {2} are left",
                new Object[] {sum.files(), sum.bytes(), report.bytes()});
        uses.save();
    }

    /** Plans a sweep, unless an earlier one is planned. */
    private synchronized void sweepWithin(Duration delay) {
        if (next == null || next.getDelay(TimeUnit.NANOSECONDS) > delay.toNanos()) {
            cancel(next);
            next = later(delay, this::begin);
        }
    }

    /** Returns null during shutdown. */
    private synchronized ScheduledFuture<?> later(Duration delay, Runnable task) {
        return stopped ? null : timer.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    private static void cancel(ScheduledFuture<?> planned) {
        if (planned != null) {
            planned.cancel(false);
        }
    }

    private static Duration shorter(Duration one, Duration two) {
        return one.compareTo(two) < 0 ? one : two;
    }

    /** Queues a task; drops it after the stop. */
    private void run(Runnable work) {
        if (isStopped()) {
            return;
        }
        executor.execute(() -> {
            try {
                if (!isStopped()) {
                    work.run();
                }
            } catch (RuntimeException | Error e) {
                LOG.log(Level.SEVERE, "A sweep of the cache broke off; the next one will try again", e);
            }
        });
    }

    private synchronized boolean isStopped() {
        return stopped;
    }
}
