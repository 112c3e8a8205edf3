package flexo.retention;

import flexo.alpm.FileKind;
import flexo.alpm.RepositoryPath;
import flexo.cache.DiskFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The last use of each cached file by a client. The atime would not do: most file systems do not maintain it, and
 * backups change it.
 *
 * <p>Thread-safe; methods that access the disk say so. A crash loses the uses since the last {@link #save}. A file
 * without a record counts as used when it was put there, see {@link RetentionPolicy}.
 *
 * <p>The clock may be wrong, so uses have a timeline of their own, {@link UseTime}. All instants are on that timeline
 * unless stated otherwise; {@link #now} is its present.
 */
public final class LastUses {
    private static final Logger LOG = Logger.getLogger(LastUses.class.getName());
    /** About 100 bytes each, and at most a 32nd of the heap. */
    static final int MOST_FILES = (int) Math.min(200_000, Runtime.getRuntime().maxMemory() / 32 / 100);

    private final UseFile file;
    /**
     * Held while the file is read or written, so that no older state overwrites a newer one; taken before the monitor.
     */
    private final Object writing = new Object();

    // Guarded by the monitor, which never blocks, except to log that the clock was set:

    /** The last use in milliseconds by {@link #key}, in the order of recording. */
    private final Map<Long, Long> uses = new LinkedHashMap<>();

    private final UseTime time;
    private long recordedSince;
    /** Initially true, so that the start of recording is saved. */
    private boolean changed = true;

    private boolean usedSinceSave;

    /**
     * Nothing is recorded yet.
     *
     * @param notes the directory of the file {@code last-uses}; need not exist yet
     * @param clock the wall clock
     * @param nanoTime as {@link System#nanoTime}
     */
    public LastUses(Path notes, InstantSource clock, LongSupplier nanoTime) {
        this.file = new UseFile(notes.resolve("last-uses"));
        time = new UseTime(clock, nanoTime);
        recordedSince = time.now();
    }

    /**
     * Records that a client uses a file now. Databases and signatures are ignored: databases stay, and signatures go
     * with their files.
     *
     * @return whether it is the first use since {@link #save}, so that another save is due
     */
    boolean used(RepositoryPath path) {
        FileKind kind = path.kind();
        if (kind == FileKind.DATABASE || kind == FileKind.DATABASE_SIGNATURE || kind == FileKind.SIGNATURE) {
            return false;
        }
        long key = key(path);
        synchronized (this) {
            put(key, time.now());
            boolean first = !usedSinceSave;
            usedSinceSave = true;
            return first;
        }
    }

    /**
     * Records that a client used a file at a moment of the wall clock; a future moment counts as now. Databases and
     * signatures are ignored.
     */
    void usedAt(RepositoryPath path, Instant clockTime) {
        FileKind kind = path.kind();
        if (kind == FileKind.DATABASE || kind == FileKind.DATABASE_SIGNATURE || kind == FileKind.SIGNATURE) {
            return;
        }
        long key = key(path);
        synchronized (this) {
            long millis = Math.max(1, time.now() - Math.max(0, time.since(clockTime.toEpochMilli())));
            if (uses.getOrDefault(key, 0L) < millis) {
                put(key, millis);
            }
        }
    }

    /**
     * Lets a package inherit the last use of another version, for whose users it was fetched, unless a client has used
     * it itself.
     *
     * @param use from {@link #lastUse}
     */
    public void inherit(RepositoryPath path, Instant use) {
        long key = key(path);
        synchronized (this) {
            if (!uses.containsKey(key)) {
                put(key, millis(use));
            }
        }
    }

    /** Guarded by the monitor. Beyond the limit, the file recorded first is dropped. */
    private void put(long key, long millis) {
        changed = true;
        uses.remove(key);
        uses.put(key, millis);
        if (uses.size() > MOST_FILES) {
            Iterator<Long> first = uses.keySet().iterator();
            first.next();
            first.remove();
        }
    }

    /** The last use of a file by a client; empty if unknown. */
    public Optional<Instant> lastUse(RepositoryPath path) {
        long key = key(path);
        Long millis;
        synchronized (this) {
            millis = uses.get(key);
        }
        return Optional.ofNullable(millis).map(Instant::ofEpochMilli);
    }

    /** Drops a file that was removed. */
    synchronized void forget(RepositoryPath path) {
        changed |= uses.remove(key(path)) != null;
    }

    /** The start of recording. */
    synchronized Instant recordedSince() {
        return Instant.ofEpochMilli(recordedSince);
    }

    /** The number of recorded files. */
    synchronized int size() {
        return uses.size();
    }

    /**
     * Adds the uses saved by an earlier process. Reads the disk; call once, before the first sweep. A missing or
     * damaged file counts as empty.
     */
    void load() {
        synchronized (writing) {
            try {
                file.read().ifPresent(this::add);
            } catch (IOException e) {
                LOG.log(
                        Level.WARNING,
                        "The times of last use are lost, because {0} cannot be read: {1}. Files count as used now, or"
                                + " when they were put into the cache",
                        new Object[] {file, DiskFailure.reason(e)});
            }
        }
    }

    private synchronized void add(UseFile.Content saved) {
        long moved = time.goOnFrom(saved.written());
        Map<Long, Long> sinceTheStart = new LinkedHashMap<>(uses);
        recordedSince = Math.min(recordedSince + moved, saved.recordedSince());
        uses.clear();
        saved.uses().forEach(this::put);
        sinceTheStart.forEach((key, millis) -> put(key, Math.max(1, millis + moved)));
    }

    /**
     * Adds the uses that another instance with the same state directory has saved since the last read. Reads the disk;
     * on failure nothing changes.
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
            if (uses.getOrDefault(key, 0L) < millis) {
                put(key, Math.min(millis, now));
            }
        });
    }

    /** The present. */
    public synchronized Instant now() {
        return Instant.ofEpochMilli(time.now());
    }

    /** A moment on the wall clock as it is set now; for people. */
    public synchronized Instant onTheClock(Instant moment) {
        return time.onTheClock(moment.toEpochMilli());
    }

    /**
     * The age of a file at a moment. The answer does not depend on when it is asked for, so that compared files do not
     * age meanwhile.
     *
     * @param fileTime the file's time, by the wall clock of then
     * @param moment on the timeline of uses; between the start and now
     * @return negative if the file's time is later by either clock
     */
    synchronized Duration since(Instant fileTime, Instant moment) {
        long passed = time.now() - moment.toEpochMilli();
        long ago = time.since(fileTime.toEpochMilli());
        return Duration.ofMillis(ago < 0 ? ago : Math.max(0, ago - passed));
    }

    /** Writes the records to disk, if they have changed. On failure, the next call tries again. */
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
                content = new UseFile.Content(time.moment(), recordedSince, new LinkedHashMap<>(uses));
            }
            if (!file.write(content)) {
                synchronized (this) {
                    changed = true;
                }
            }
        }
    }

    /**
     * The key of a file: a 64-bit hash of its path. A collision among some hundred thousand files is less likely than a
     * broken disk, and costs no more than a wrong last use.
     */
    static long key(RepositoryPath path) {
        String name = path.toString();
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < name.length(); i++) {
            hash = (hash ^ name.charAt(i)) * 0x100000001b3L;
        }
        hash = (hash ^ hash >>> 32) * 0x9e3779b97f4a7c15L;
        hash ^= hash >>> 29;
        return hash == 0 ? 1 : hash;
    }

    /** Milliseconds since 1970, at least 1. */
    static long millis(Instant time) {
        return Math.max(1, time.toEpochMilli());
    }
}
