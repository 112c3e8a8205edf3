package flexo.retention;

import flexo.alpm.FileKind;
import flexo.alpm.RepositoryPath;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * When each file of the cache was used last by a client. Kept here, because the time of the last access
 * is mostly not recorded by file systems, and counts backups too.
 *
 * <p>All methods may be called by any thread; those that touch the disk say so. What was recorded after the last
 * {@link #save} is lost in a crash. Where nothing is recorded for a file it counts as used when it was put there, see
 * {@link RetentionPolicy}.
 *
 * <p>The clock may be wrong, so uses are recorded in a time of their own, {@link UseTime}. All instants here are of that,
 * unless it says otherwise; {@link #now} is its present.
 */
public final class LastUses {
    private static final Logger LOG = Logger.getLogger(LastUses.class.getName());

    private final UseFile file;
    /** Held while the file is read or written, so that no older state replaces a newer one; taken before the monitor. */
    private final Object writing = new Object();

    // Guarded by this object's monitor, in which nothing waits but, when the clock was set, for a line of the log:

    private final UseTable uses = new UseTable();
    private final UseTime time;
    private long recordedSince;
    /** True from the start, so that the moment since which uses are recorded is saved. */
    private boolean changed = true;

    private boolean usedSinceSave;

    /**
     * Nothing is recorded yet.
     *
     * @param notes the directory in which {@code last-uses} is kept; need not exist yet
     * @param clock the time
     * @param nanoTime as {@link System#nanoTime}
     */
    public LastUses(Path notes, InstantSource clock, LongSupplier nanoTime) {
        this.file = new UseFile(notes.resolve("last-uses"));
        time = new UseTime(clock, nanoTime);
        recordedSince = time.now();
    }

    /**
     * Records that a client uses a package now; other files are not minded. Takes about a microsecond, but for rare growth.
     *
     * @return whether it is the first use since {@link #save}, so that another is called for
     */
    boolean used(RepositoryPath path) {
        if (path.kind() != FileKind.PACKAGE) {
            return false;
        }
        long key = UseTable.key(path.toString());
        synchronized (this) {
            uses.put(key, time.now());
            changed = true;
            boolean first = !usedSinceSave;
            usedSinceSave = true;
            return first;
        }
    }

    /**
     * Lets a package that was fetched for those who used another version of it take over the last use of that, unless a
     * client has used it itself.
     *
     * @param use as {@link #lastUse} told it
     */
    public void inherit(RepositoryPath path, Instant use) {
        long key = UseTable.key(path.toString());
        synchronized (this) {
            if (uses.get(key) == 0) {
                uses.put(key, millis(use));
                changed = true;
            }
        }
    }

    /** When a client used a package last; empty if that is not known. */
    public Optional<Instant> lastUse(RepositoryPath path) {
        long key = UseTable.key(path.toString());
        long millis;
        synchronized (this) {
            millis = uses.get(key);
        }
        return millis == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(millis));
    }

    /** Forgets a file that was removed. */
    void forget(RepositoryPath path) {
        long key = UseTable.key(path.toString());
        synchronized (this) {
            uses.remove(key);
            changed = true;
        }
    }

    /** Since when uses have been recorded. */
    synchronized Instant recordedSince() {
        return Instant.ofEpochMilli(recordedSince);
    }

    /** How many files are known. */
    synchronized int size() {
        return uses.size();
    }

    /**
     * Adds what was saved by an earlier process. Reads the disk; to be called once, before the first sweep. A file that
     * is missing or damaged is as if there had been none.
     */
    void load() {
        synchronized (writing) {
            try {
                file.read().ifPresent(this::add);
            } catch (IOException e) {
                LOG.log(
                        Level.WARNING,
                        "When files were used last is forgotten, as {0} cannot be read: {1}. They count as used now, or"
                                + " when they were put into the cache",
                        new Object[] {file, message(e)});
            }
        }
    }

    private synchronized void add(UseFile.Content saved) {
        long moved = time.goOnFrom(saved.written());
        uses.move(moved);
        recordedSince = Math.min(recordedSince + moved, saved.recordedSince());
        saved.uses().forEach((key, millis) -> {
            if (uses.get(key) == 0) {
                uses.put(key, millis);
            }
        });
    }

    /**
     * Adds what another instance with the same state directory has saved since. Reads the disk; if that fails, what we have
     * counts.
     */
    void takeOthers() {
        synchronized (writing) {
            try {
                file.readOthers().ifPresent(this::addLater);
            } catch (IOException e) {
                LOG.log(Level.FINE, e, () -> "What others have recorded in " + file + " cannot be read");
            }
        }
    }

    private synchronized void addLater(UseFile.Content saved) {
        long now = time.now();
        recordedSince = Math.min(recordedSince, saved.recordedSince());
        saved.uses().forEach((key, millis) -> {
            if (uses.get(key) < millis) {
                uses.put(key, Math.min(millis, now));
                changed = true;
            }
        });
    }

    /** The present. */
    public synchronized Instant now() {
        return Instant.ofEpochMilli(time.now());
    }

    /** For people: what the clock, as it is set now, showed or would have shown at a moment. */
    public synchronized Instant onTheClock(Instant moment) {
        return time.onTheClock(moment.toEpochMilli());
    }

    /**
     * How long before a moment a file was put somewhere. However long after that moment it is asked for, the answer is the
     * same: files that are compared must not get older meanwhile.
     *
     * @param fileTime when, by the clock of that time
     * @param moment in the time of uses; past, and since the start
     * @return negative if that is in the future, by whatever clock
     */
    synchronized Duration since(Instant fileTime, Instant moment) {
        long passed = time.now() - moment.toEpochMilli();
        long ago = time.since(fileTime.toEpochMilli());
        return Duration.ofMillis(ago < 0 ? ago : Math.max(0, ago - passed));
    }

    /** Writes what is recorded to the disk, if it has changed. If that fails it is tried the next time. */
    void save() {
        synchronized (writing) {
            takeOthers();
            UseFile.Content content;
            synchronized (this) {
                usedSinceSave = false;
                if (!changed) {
                    return;
                }
                changed = false;
                content = new UseFile.Content(time.moment(), recordedSince, uses.copy());
            }
            if (!file.write(content)) {
                synchronized (this) {
                    changed = true;
                }
            }
        }
    }

    /** The milliseconds since 1970, at least 1. */
    static long millis(Instant time) {
        return Math.max(1, time.toEpochMilli());
    }

    private static String message(IOException e) {
        return e.getClass().getSimpleName() + ": " + e.getMessage();
    }
}
