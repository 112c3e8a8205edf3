package flexo.download;

import flexo.alpm.RepositoryPath;
import flexo.cache.DiskFailure;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The disk of the cache for downloads: reserves room, and logs once when the disk begins to refuse files, and once when
 * it takes them again.
 *
 * <p>Guarded by its own monitor, which never blocks.
 */
public final class CacheDisk {
    private static final Logger LOG = Logger.getLogger(CacheDisk.class.getName());
    /** The time for which a download waits for room; clients read the available bytes meanwhile. */
    private static final Duration ROOM_WAIT = Duration.ofMillis(1500);

    private final Path directory;
    private final Room room;
    private final ScheduledExecutorService timer;

    /** The bytes reserved by running downloads. */
    private long promisedBytes;

    private boolean refusing;

    /**
     * The disk of a cache directory.
     *
     * @param directory the cache directory, for people
     * @param refusing whether it takes no files now, as the log says already
     * @param timer ends waits for room
     */
    public CacheDisk(Path directory, boolean refusing, Room room, ScheduledExecutorService timer) {
        this.refusing = refusing;
        this.directory = directory;
        this.room = room;
        this.timer = timer;
    }

    /** The bytes that one download will write soon. Releasing it twice, or without a reservation, has no effect. */
    final class Reservation {
        private long bytes;

        /** Whether this many more bytes are reserved. */
        boolean covers(long count) {
            synchronized (CacheDisk.this) {
                return bytes >= count;
            }
        }

        /** Reserves bytes if they are available, replacing a former reservation. */
        boolean reserve(long wanted) {
            release();
            OptionalLong usable = room.usableBytes();
            synchronized (CacheDisk.this) {
                if (usable.isPresent() && usable.getAsLong() - promisedBytes < wanted) {
                    return false;
                }
                bytes = wanted;
                promisedBytes += wanted;
                return true;
            }
        }

        /** Notes that bytes were written, and are no longer usable. */
        void written(long count) {
            synchronized (CacheDisk.this) {
                long part = Math.min(bytes, count);
                bytes -= part;
                promisedBytes -= part;
            }
        }

        void release() {
            written(Long.MAX_VALUE);
        }
    }

    Reservation reservation() {
        return new Reservation();
    }

    /**
     * Makes room for the next bytes of a file.
     *
     * @param bytes the bytes to be written soon
     * @param missing the bytes still to come, as far as the mirror can be trusted
     * @return completed after the attempt, or when it has taken too long
     */
    CompletionStage<Void> makeRoom(long bytes, long missing) {
        OptionalLong usable = room.usableBytes();
        long others;
        synchronized (this) {
            others = promisedBytes;
        }
        if (usable.isPresent() && usable.getAsLong() >= bytes + others) {
            // There is room, but not for us: a quota, which shows only when it is exceeded.
            others = usable.getAsLong();
        }
        CompletableFuture<Void> tried = new CompletableFuture<>();
        Runnable patienceIsOver = () -> tried.complete(null);
        ScheduledFuture<?> patience = timer.schedule(patienceIsOver, ROOM_WAIT.toNanos(), TimeUnit.NANOSECONDS);
        var unused = room.make(bytes + others, missing + others).whenComplete((done, failure) -> tried.complete(null));
        return tried.whenComplete((done, failure) -> patience.cancel(false));
    }

    /** Whether more room would help. */
    static boolean isLackOfRoom(IOException refusal) {
        String message = String.valueOf(refusal.getMessage()).toLowerCase(Locale.ROOT);
        // The Java platform reports ENOSPC and EDQUOT only by the system's message.
        return refusal instanceof NoRoomException
                || message.contains("no space left")
                || message.contains("quota exceeded");
    }

    /** Notes that a file was refused. */
    public void refused(RepositoryPath path, IOException why) {
        synchronized (this) {
            if (refusing) {
                LOG.log(Level.FINE, path + ": not kept", why);
                return;
            }
            refusing = true;
        }
        LOG.log(
                Level.WARNING,
                "The cache directory {0} does not take {1} (user {2}): {3}. Clients get their files all the same, from the"
                        + " mirrors and without caching. {4}; no restart is needed.",
                new Object[] {directory, path, System.getProperty("user.name"), DiskFailure.reason(why), advice(why)});
    }

    private static String advice(IOException why) {
        if (isLackOfRoom(why)) {
            return "Free some space there; cache_size_limit or cache_min_free keep it free";
        }
        return why instanceof AccessDeniedException
                ? "Let that user write there"
                : "See that the file system is mounted, writable and in order";
    }

    /** Notes that a file was stored. */
    public void took(RepositoryPath path) {
        synchronized (this) {
            if (!refusing) {
                return;
            }
            refusing = false;
        }
        LOG.log(Level.INFO, "The cache directory {0} takes files again, {1} was the first", new Object[] {
            directory, path
        });
    }

    /** Whether the last file was refused. */
    public synchronized boolean isRefusing() {
        return refusing;
    }
}
