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
 * When sweeps run. There is one kind: a sweep goes through everything, on the given executor, never on the thread that asks
 * for it.
 *
 * <p>It runs soon after the start; half a minute after the last file of a burst was cached; at once when the cache passes a
 * limit, the disk is too full, or a download waits for room; again soon if a file stayed only because it was in use; once a
 * day; and when somebody asks. Everybody who asks before it has begun gets the same one.
 *
 * <p>A cache directory that somebody else has filled is protected by {@link Takeover} at first.
 *
 * <p>The monitor guards the fields; nothing waits in it.
 */
public final class Sweeps implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Sweeps.class.getName());

    /** The start is busy enough, and files that a starting script writes should be whole. */
    static final Duration FIRST = Duration.ofSeconds(15);
    /** More often where unused files go sooner. */
    static final Duration EVERY = Duration.ofDays(1);
    /** An update of a system brings hundreds of packages; one sweep does for all of them. */
    static final Duration QUIET = Duration.ofSeconds(30);
    /** A burst that goes on and on does not put the sweep off any longer. */
    static final Duration LONGEST_BURST = Duration.ofMinutes(5);
    /** Exponential backoff, from {@link #QUIET} to this, while files stay in use. */
    static final Duration LONGEST_PAUSE = Duration.ofMinutes(16);
    /** How much of the record of uses a crash may cost; longer where more has to be written. */
    static final Duration SAVE_SOON = Duration.ofSeconds(10);

    private static final int USES_WRITTEN_PER_SECOND = 1000;
    /** How long the room that could not be made is not tried again. */
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

    /** What the last sweep left and what was cached since; only the latter before the first sweep. */
    private Occupied occupied = Occupied.NOTHING;
    /** Whether the last sweep could not keep the limits: passing them is no reason for another one then. */
    private boolean overLimit;
    /** The next sweep at the latest; null if none is planned. */
    private ScheduledFuture<?> next;
    /** The sweep that follows if nothing more is cached; null if nothing was. */
    private ScheduledFuture<?> afterBurst;

    private Duration pauseWhileInUse = QUIET;
    private boolean stopped;

    /** The last report; null before the first sweep has ended. */
    private volatile SweepReport last;

    /**
     * Sweeps that have not begun.
     *
     * @param uses loaded before the first sweep, saved now and then and at the end
     * @param takeover says whether files may be removed yet
     * @param timer starts tasks; nothing of a sweep runs on it
     * @param executor runs one task after the other
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

    /** Begins: reads the record of uses, and sweeps a little later, all in the background. */
    public void start() {
        run(takeover::look);
        run(uses::load);
        sweepWithin(FIRST);
    }

    /** A client uses a file: that is recorded now, and saved soon. Returns at once; takes files of any kind. */
    public void used(RepositoryPath path) {
        if (uses.used(path)) {
            ScheduledFuture<?> unused =
                    later(SAVE_SOON.plusSeconds(uses.size() / USES_WRITTEN_PER_SECOND), () -> run(uses::save));
        }
    }

    /** Lets other settings count from now on, with a sweep at once. Returns at once, too. */
    public void use(RetentionSettings settings) {
        run(() -> {
            sweep.use(settings);
            room.tryAgain();
            takeover.tellAgain();
            begin();
        });
    }

    /**
     * A file was put into the cache. Returns at once, after a look at the free space on the disk; takes files of any kind.
     */
    public void cached(RepositoryPath path, long bytes) {
        if (path.kind().mutable()) {
            // Databases replace each other, again and again.
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

    /** Finds out what a sweep would remove now. The report fails if the application stops before. */
    public CompletionStage<SweepReport> dryRun() {
        return askedDry.ask(this::run);
    }

    /**
     * Sweeps as soon as possible, a directory that was taken over, too: somebody wants it. The report fails if the
     * application stops before.
     */
    public CompletionStage<SweepReport> now() {
        takeover.approve();
        return asked.ask(this::run);
    }

    /**
     * Removes the least recently used files, so that something can be cached. One sweep serves everybody who asks before it
     * begins. Room that could not be made is tried again after a while, with other settings, or when enough has become
     * usable.
     *
     * @param usableBytes how many bytes are to be usable on the disk now
     * @param inTheEndBytes how many will have to be for the whole file: if they cannot be, nothing is removed
     * @return completed when that was tried, never exceptionally
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
     * Whether a file can be cached and nothing has to be removed for it, as far as is known: before the first sweep only
     * new files count. Asks the file system.
     */
    public boolean hasRoomFor(RepositoryPath path, long bytes) {
        Optional<Bounds> bounds = sweep.bounds();
        synchronized (this) {
            return bounds.map(it -> it.allow(occupied, path.directory(), bytes)).orElse(true);
        }
    }

    /** What has been removed since the start. */
    public RemovalCounts removed() {
        return sweep.removed();
    }

    /** The report of the last sweep; empty before the first one has ended. */
    public Optional<SweepReport> last() {
        return Optional.ofNullable(last);
    }

    /**
     * The room for files at one moment.
     *
     * @param limit what all files may take; empty if that is not limited
     * @param usableBytes what may still be written to the disk
     */
    public record Room(OptionalLong limit, long usableBytes) {}

    /** Asks the file system; empty if it does not say. */
    public Optional<Room> room() {
        return sweep.bounds()
                .map(bounds -> new Room(
                        bounds.settings().cacheSizeLimit(bounds.space()),
                        bounds.space().usableBytes()));
    }

    /** How long it is until the next sweep at the latest; empty if one is just beginning, or none is planned. */
    public synchronized Optional<Duration> untilNext() {
        return Optional.ofNullable(next)
                .map(planned -> Duration.ofNanos(planned.getDelay(TimeUnit.NANOSECONDS)))
                .filter(left -> !left.isNegative());
    }

    /** Ends it: a sweep that runs breaks off after the file it is at; the record of uses is saved here and now. */
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
        // Even if it breaks off.
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
            // Nothing can be done about it yet.
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
        // What is to go after less than a day must not wait for a day after that.
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

    /** Returns null when everything stops. */
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

    /** Runs after everything that waits; not at all once it was stopped. */
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
