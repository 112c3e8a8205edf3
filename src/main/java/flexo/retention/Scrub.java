package flexo.retention;

import flexo.alpm.RefusedPathException;
import flexo.alpm.RepositoryPath;
import flexo.cache.CacheEntry;
import flexo.cache.FileDigest;
import flexo.cache.NoteFile;
import flexo.cache.PackageCache;
import flexo.cache.VerifiedFiles;
import flexo.cache.WrongFiles;
import flexo.repository.KnownPackages;
import flexo.repository.PackageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Verifies all cached packages in slow rounds. A package that does not match its database is removed before a client
 * requests it.
 *
 * <p>It works in small steps: a step reads a piece of a file, or finds the next file, and schedules the next step. So
 * it holds no thread while it waits. Only a running step accesses the fields. The monitor separates a running step from
 * the last one, which closes open files. The progress survives a restart.
 */
public final class Scrub implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Scrub.class.getName());
    private static final int PIECE_BYTES = 1 << 20;
    /** The most files that are not cached which one step skips. */
    private static final int LOOKS_AT_ONCE = 200;
    /** The number of files between two writes of the position. */
    private static final int FILES_PER_NOTE = 50;
    /** The pause at the start, while other work takes priority, and after an error. */
    private static final Duration BREATH = Duration.ofMinutes(1);
    /** The time from the start of one round to the start of the next; disks rot no faster. */
    private static final Duration ROUND = Duration.ofDays(30);

    private final PackageCache cache;
    private final KnownPackages packages;
    private final VerifiedFiles verified;
    private final WrongFiles wrong;
    private final NoteFile positionFile;
    private final long bytesPerSecond;
    private final ScheduledExecutorService timer;
    private final Executor storage;
    private final InstantSource clock;

    private volatile boolean closed;
    /** Null before the first step. */
    private volatile ScrubView view;

    private long filesRead;
    private long filesWrong;
    /** Null before the first step. */
    private ScrubPosition position;
    /** The remaining directories of this round. */
    private final Deque<String> directories = new ArrayDeque<>();

    private boolean inRound;
    /** The current directory. */
    private String directory = "";
    /** The remaining names in it. */
    private Iterator<String> names = Collections.emptyIterator();

    private int filesSinceNote;
    /** Null between two files. */
    private Reading reading;

    /** The file that is being read. */
    private record Reading(
            RepositoryPath path, CacheEntry entry, String sha256, FileChannel channel, FileDigest digest) {}

    /**
     * A scrub that has not begun.
     *
     * @param notes the directory in which the progress is saved; need not exist yet
     * @param verified records matching packages
     * @param wrong removes the others
     * @param bytesPerSecond the rate of reading; positive
     * @param storage runs its steps
     */
    public Scrub(
            Path notes,
            PackageCache cache,
            KnownPackages packages,
            VerifiedFiles verified,
            WrongFiles wrong,
            long bytesPerSecond,
            ScheduledExecutorService timer,
            Executor storage,
            InstantSource clock) {
        this.positionFile =
                new NoteFile(notes.resolve("scrub"), "After a restart cached packages are read again that need not be");
        this.cache = cache;
        this.packages = packages;
        this.verified = verified;
        this.wrong = wrong;
        this.bytesPerSecond = bytesPerSecond;
        this.timer = timer;
        this.storage = storage;
        this.clock = clock;
    }

    /** Schedules the first step. */
    public void start() {
        goOnAfter(BREATH);
    }

    /** The progress; empty before the first step. */
    public Optional<ScrubView> view() {
        return Optional.ofNullable(view);
    }

    private void goOnAfter(Duration pause) {
        if (closed) {
            return;
        }
        try {
            ScheduledFuture<?> unused =
                    timer.schedule(() -> storage.execute(this::step), pause.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            // Shutting down.
            LOG.log(Level.FINE, "The check of cached packages has stopped", e);
        }
    }

    private synchronized void step() {
        if (closed) {
            endReading();
            return;
        }
        Duration pause;
        try {
            pause = reading != null ? readOn() : lookOn();
        } catch (IOException | RuntimeException e) {
            LOG.log(Level.WARNING, "A cached package could not be checked against its database; it stays as it is", e);
            endReading();
            pause = BREATH;
        }
        if (position != null) {
            view = new ScrubView(position.roundBegins(), position.after(), filesRead, filesWrong);
        }
        goOnAfter(pause);
    }

    /** Finds the next file that can be verified. */
    private Duration lookOn() throws IOException {
        Instant now = clock.instant();
        if (position == null) {
            position = ScrubPosition.read(positionFile.path(), now);
        }
        if (!inRound) {
            Duration early = Duration.between(now, position.roundBegins());
            // Otherwise the clock was set back since.
            if (early.compareTo(Duration.ZERO) > 0 && early.compareTo(ROUND) <= 0) {
                return early;
            }
            directories.addAll(packages.directories());
            inRound = true;
        }
        for (int looks = 0; looks < LOOKS_AT_ONCE; looks++) {
            if (names.hasNext()) {
                if (look(names.next())) {
                    return Duration.ZERO;
                }
            } else if (directories.isEmpty()) {
                return endRound(now);
            } else {
                directory = directories.remove();
                names = packages.listed(directory).iterator();
            }
        }
        return Duration.ZERO;
    }

    private Duration endRound(Instant now) {
        inRound = false;
        Instant next = position.roundBegins().plus(ROUND);
        position = new ScrubPosition(next.isAfter(now) ? next : now, "");
        position.write(positionFile);
        return BREATH;
    }

    /** Opens a file if it is cached, was not handled in this round, and its SHA-256 is known. */
    private boolean look(String fileName) throws IOException {
        RepositoryPath path;
        try {
            path = RepositoryPath.ofDecoded(directory.isEmpty() ? fileName : directory + "/" + fileName);
        } catch (RefusedPathException e) {
            // No client can request it.
            return false;
        }
        if (path.toString().compareTo(position.after()) <= 0) {
            return false;
        }
        Optional<String> sha256 = packages.file(path).map(PackageFile::sha256).filter(known -> !known.isEmpty());
        Optional<CacheEntry> entry = sha256.isEmpty() ? Optional.empty() : cache.find(path);
        if (entry.isEmpty()) {
            return false;
        }
        reading = new Reading(
                path,
                entry.get(),
                sha256.get(),
                FileChannel.open(entry.get().file(), StandardOpenOption.READ),
                new FileDigest());
        return true;
    }

    private Duration readOn() throws IOException {
        long left = reading.entry().head().lengthBytes() - reading.digest().coveredBytes();
        ByteBuffer piece = ByteBuffer.allocate((int) Math.min(PIECE_BYTES, Math.max(1, left)));
        int count = reading.channel().read(piece);
        if (count > 0) {
            reading.digest().update(piece.flip());
            return Duration.ofNanos(count * TimeUnit.SECONDS.toNanos(1) / bytesPerSecond);
        }
        judge(reading.digest().finish().equals(reading.sha256()));
        return Duration.ZERO;
    }

    private void judge(boolean good) {
        Reading done = reading;
        endReading();
        filesRead++;
        filesWrong += good ? 0 : 1;
        if (good) {
            verified.add(done.path(), done.entry().head(), done.sha256());
        } else {
            var unused = wrong.remove(done.path(), done.entry());
        }
        position = new ScrubPosition(position.roundBegins(), done.path().toString());
        filesSinceNote++;
        if (filesSinceNote >= FILES_PER_NOTE) {
            filesSinceNote = 0;
            position.write(positionFile);
        }
    }

    private void endReading() {
        if (reading == null) {
            return;
        }
        try {
            reading.channel().close();
        } catch (IOException e) {
            // It was only read, so nothing is lost.
            LOG.log(Level.WARNING, reading.path() + " could not be closed", e);
        }
        reading = null;
    }

    /** Stops after the running step. */
    @Override
    public void close() {
        closed = true;
        // In a step of its own, since only steps access open files.
        storage.execute(this::step);
    }
}
