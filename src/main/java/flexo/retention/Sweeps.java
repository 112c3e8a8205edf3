package flexo.retention;

import flexo.alpm.FileKind;
import flexo.alpm.RepositoryPath;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * When sweeps run: one at a time, each by one task on the given executor, never on the thread of who asks for one.
 *
 * <p>Soon after packages were cached their other versions are looked at, many packages in one go; everything is looked at
 * soon after the start, once a day at least, and when the cache has outgrown its limits.
 *
 * <p>The monitor guards what is wanted; nothing waits in it.
 */
public final class Sweeps implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Sweeps.class.getName());

    /** The start is busy enough, and files that a starting script writes should be whole. */
    static final Duration FIRST = Duration.ofSeconds(15);

    /** More often where packages that no client uses go sooner. */
    static final Duration EVERY = Duration.ofDays(1);
    /** An update of a system brings hundreds of packages; one look at their directory does for many. */
    static final Duration SOON = Duration.ofSeconds(2);

    static final Duration SAVE = Duration.ofHours(1);
    /** How much of what clients use is forgotten if the process dies; longer where more has to be written. */
    static final Duration SAVE_SOON = Duration.ofSeconds(10);

    private static final int USES_WRITTEN_PER_SECOND = 1000;
    /** How long the size alone calls for no further sweep, when one could not make enough room though nothing was in use. */
    static final Duration NO_USE = Duration.ofHours(1);
    /** So often the time is doubled after which it is seen whether what is in use can go: up to a quarter of an hour. */
    private static final int MOST_IN_VAIN = 9;
    /** How long what was to spare when it was not enough counts as what is to spare. */
    static final Duration IN_VAIN = Duration.ofMinutes(1);

    private final RetentionSweep sweep;
    private final LastUses uses;
    private final ScheduledExecutorService timer;
    private final OneAtATime sweeping;
    private final RoomDemand room = new RoomDemand();
    private final AskedSweep asked = new AskedSweep(this::sweepEverything);
    private final AskedSweep askedDry;

    // Guarded by the monitor:

    /** Packages that were cached. */
    private Looks cached = new Looks();
    /** Whether the disk was found too full, and nobody has seen to that yet. */
    private boolean diskIsFull;

    /** The next sweep of everything; null before the first. */
    private ScheduledFuture<?> next;

    private boolean stopped;

    // Only changed by the one task that runs:

    /** Empty until everything was looked at. */
    private volatile Optional<Occupied> occupied = Optional.empty();

    /** What was left because it was in use. */
    private Looks heldUp = new Looks();
    /** Whether the timer is going to have that looked at again; others may do so before. */
    private boolean lookIsDue;
    /** How many times in succession something was left again. */
    private int looksInVain;

    /** How many times in succession the cache was too large with something in use. */
    private int sweepsInVain;
    /** Whether the last sweep of everything left the cache too large. */
    private boolean roomCannotBeMade;

    /** The last report; null before the first sweep of everything. */
    private volatile SweepReport last;

    /**
     * Sweeps that have not begun.
     *
     * @param sweep what is run
     * @param uses loaded before the first sweep, saved now and then and at the end
     * @param timer starts tasks; nothing of a sweep runs on it
     * @param executor runs one task at a time for this object
     */
    public Sweeps(RetentionSweep sweep, LastUses uses, ScheduledExecutorService timer, Executor executor) {
        this.sweep = sweep;
        this.uses = uses;
        this.timer = timer;
        this.sweeping = new OneAtATime(executor);
        askedDry = new AskedSweep(() -> sweep.everything(true));
    }

    /** Begins: what was recorded of uses is read now, the first sweep follows, all in the background. */
    public void start() {
        run(uses::load);
        later(FIRST, () -> run(this::sweepRegularly));
        later(SAVE, this::everyHour);
    }

    /** A client uses a file: that is remembered now, and saved soon. Returns at once; any kind may be told of. */
    public void used(RepositoryPath path) {
        if (uses.used(path)) {
            later(SAVE_SOON.plusSeconds(uses.size() / USES_WRITTEN_PER_SECOND), () -> run(uses::save));
        }
    }

    /**
     * From the next sweep on these settings count, and that one, of everything, comes at once. Returns at once, too.
     *
     * @param settings what is kept
     */
    public void use(RetentionSettings settings) {
        run(() -> {
            sweep.use(settings);
            room.tryAgain();
            roomCannotBeMade = false;
            sweepRegularly();
        });
    }

    /**
     * A file was put into the cache. Returns at once; other versions of its package are looked at soon.
     *
     * <p>If too little is free on the disk now, that is seen to at once. Asks the file system.
     *
     * @param path the file; any kind may be told of
     */
    public void soon(RepositoryPath path) {
        FileKind kind = path.kind();
        if (kind != FileKind.PACKAGE && kind != FileKind.SIGNATURE) {
            return;
        }
        boolean full = sweep.bounds().map(Bounds::isDiskTooFull).orElse(false);
        boolean first;
        boolean firstFull;
        synchronized (this) {
            first = cached.isEmpty();
            cached.add(path.directory(), path.fileName());
            firstFull = full && !diskIsFull;
            diskIsFull |= full;
        }
        if (first) {
            later(SOON, () -> run(this::sweepCached));
        }
        if (firstFull) {
            // In the time in which others are waited for, a fast line fills a disk.
            run(this::sweepFullDisk);
        }
    }

    /**
     * Finds out what a sweep of everything would remove now. Who asks before another's has begun gets the same one.
     *
     * @return the report; fails if the application stops before
     */
    public CompletionStage<SweepReport> dryRun() {
        return askedDry.ask(sweeping::run);
    }

    /**
     * Sweeps everything as soon as what is being swept now is done. Who asks before another's has begun gets the same one.
     *
     * @return the report; fails if the application stops before
     */
    public CompletionStage<SweepReport> now() {
        return asked.ask(sweeping::run);
    }

    /**
     * Removes what was not used for longest, so that something can be cached. Who asks before it has begun is served by the
     * same sweep. What could not be made is tried again after a while, or when so much more is usable, or by other settings.
     *
     * @param usableBytes how many bytes should be usable on the disk then
     * @return completed when that was tried, never exceptionally
     */
    public CompletionStage<Void> makeRoom(long usableBytes) {
        return room.add(
                usableBytes,
                sweep.bounds().stream()
                        .mapToLong(bounds -> bounds.space().usableBytes())
                        .findFirst(),
                () -> run(this::sweepForRoom));
    }

    private void sweepForRoom() {
        RoomDemand.Taken taken = room.take();
        try {
            RetentionSweep.Room made = sweep.makeRoom(taken.bytes());
            occupied = Optional.of(made.report().occupied());
            lookAgainAt(sweep.heldUp());
            if (made.spareBytes().isPresent()) {
                room.inVain(made.spareBytes().getAsLong());
                later(IN_VAIN, room::tryAgain);
            }
        } finally {
            taken.tried().complete(null);
        }
    }

    /**
     * Whether a file can be cached without anything being removed for it, by all that is known: what was written in the last
     * seconds, and what lies there before the first sweep, does not count yet. Asks the file system.
     */
    public boolean hasRoomFor(RepositoryPath path, long bytes) {
        return sweep.bounds()
                .map(bounds -> bounds.allow(occupied.orElse(Occupied.NOTHING), path.directory(), bytes))
                .orElse(true);
    }

    /** What has been removed since the start. */
    public RemovalCounts removed() {
        return sweep.removed();
    }

    /** The report of the last sweep of everything; empty before the first one has ended. */
    public Optional<SweepReport> last() {
        return Optional.ofNullable(last);
    }

    /** Ends it: a sweep that runs breaks off after the file it is at; what was recorded of uses is saved here and now. */
    @Override
    public void close() {
        synchronized (this) {
            stopped = true;
        }
        sweeping.stop();
        sweep.stop();
        asked.stop();
        askedDry.stop();
        room.stop();
        uses.save();
    }

    private void sweepRegularly() {
        // What is to go after less than a day is not to wait for a day after that.
        Duration pause = sweep.shortestPurgeUnusedAfter()
                .filter(age -> age.compareTo(EVERY) < 0)
                .orElse(EVERY);
        synchronized (this) {
            if (next != null) {
                next.cancel(false);
            }
            if (!stopped) {
                next = timer.schedule(() -> run(this::sweepRegularly), pause.toMillis(), TimeUnit.MILLISECONDS);
            }
        }
        SweepReport unused = sweepEverything();
    }

    private void everyHour() {
        run(uses::save);
        later(SAVE, this::everyHour);
    }

    private void later(Duration delay, Runnable task) {
        synchronized (this) {
            if (!stopped) {
                ScheduledFuture<?> unused = timer.schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
            }
        }
    }

    private void run(Runnable work) {
        sweeping.run(work);
    }

    private SweepReport sweepEverything() {
        uses.takeOthers();
        SweepReport report = sweep.everything(false);
        if (!report.complete()) {
            return report;
        }
        last = report;
        lookAgainAt(sweep.heldUp());
        occupied = Optional.of(report.occupied());
        boolean tooLarge = needsRoom();
        if (tooLarge && !roomCannotBeMade) {
            boolean inUse = sweep.hasLeftInUse();
            later(inUse ? pause(sweepsInVain) : NO_USE, () -> run(this::tryLimitsAgain));
            sweepsInVain = inUse ? sweepsInVain + 1 : 0;
        }
        roomCannotBeMade = tooLarge;
        RemovalCounts.Count sum = report.sum();
        LOG.log(
                sum.files() > 0 ? Level.INFO : Level.FINE,
                "{0} files were removed from the cache, {1} bytes; {2} are left",
                new Object[] {sum.files(), sum.bytes(), report.bytes()});
        uses.save();
        return report;
    }

    private void tryLimitsAgain() {
        roomCannotBeMade = false;
        if (needsRoom()) {
            SweepReport unused = sweepEverything();
        } else {
            sweepsInVain = 0;
        }
    }

    /** Before what was in use is looked at again: longer and longer, while it is. */
    private static Duration pause(int looksInVain) {
        return SOON.multipliedBy(1L << Math.min(looksInVain, MOST_IN_VAIN));
    }

    private void sweepFullDisk() {
        synchronized (this) {
            diskIsFull = false;
        }
        if (!roomCannotBeMade && needsRoom()) {
            SweepReport unused = sweepEverything();
        }
    }

    private void sweepCached() {
        Looks looks;
        synchronized (this) {
            looks = cached;
            cached = new Looks();
        }
        Looks again = heldUp;
        heldUp = new Looks();
        if (looks.areTooMany() || again.areTooMany()) {
            SweepReport unused = sweepEverything();
            return;
        }
        Set<String> places = new HashSet<>(looks.places());
        places.addAll(again.places());
        for (String place : places) {
            long more = sweep.some(place, looks.in(place), again.in(place));
            occupied = occupied.map(before -> before.plus(sweep.limitKey(place), more));
            lookAgainAt(sweep.heldUp());
        }
        looksInVain = heldUp.isEmpty() ? 0 : looksInVain;
        if (!roomCannotBeMade && needsRoom()) {
            SweepReport unused = sweepEverything();
        }
    }

    /** What is in use now goes when it is not. */
    private void lookAgainAt(Looks left) {
        left.places().forEach(place -> left.in(place).forEach(name -> heldUp.add(place, name)));
        if (!heldUp.isEmpty() && !lookIsDue) {
            lookIsDue = true;
            later(pause(looksInVain), () -> run(this::sweepHeldUp));
            looksInVain++;
        }
    }

    private void sweepHeldUp() {
        lookIsDue = false;
        sweepCached();
    }

    private boolean needsRoom() {
        Optional<Occupied> known = occupied;
        // Before anybody has looked it may be.
        return sweep.bounds()
                .map(bounds ->
                        known.map(bounds::areExceeded).orElse(bounds.settings().areLimiting()))
                .orElse(false);
    }
}
