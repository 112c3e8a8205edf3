package flexo.download;

import flexo.alpm.RepositoryPath;
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
 * The disk of the cache as downloads see it: whether the next file fits, and whether the last ones were taken, which is
 * told once when it ends and once when it is so again.
 *
 * <p>Guarded by its own monitor; nothing blocks in it.
 */
public final class CacheDisk {
    private static final Logger LOG = Logger.getLogger(CacheDisk.class.getName());
    /** How long a download waits for room; clients are given what is there meanwhile. */
    private static final Duration ROOM_WAIT = Duration.ofMillis(1500);

    private final Path directory;
    private final Room room;
    private final ScheduledExecutorService timer;

    /** What running downloads have reserved. */
    private long promisedBytes;

    private boolean refusing;

    /**
     * Of a cache directory.
     *
     * @param directory the cache directory, for people
     * @param timer ends waiting for room
     */
    public CacheDisk(Path directory, Room room, ScheduledExecutorService timer) {
        this.directory = directory;
        this.room = room;
        this.timer = timer;
    }

    /** What one download is going to write soon. Released once more, or without having been reserved, it does nothing. */
    final class Reservation {
        private long bytes;

        /** Whether so many more bytes are reserved. */
        boolean covers(long count) {
            synchronized (CacheDisk.this) {
                return bytes >= count;
            }
        }

        /** Reserves, if there is so much that nobody else has reserved; in place of what was reserved before. */
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

        /** So many of them are written, and no longer usable. */
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
     * @param bytes how many are to be written soon
     * @param missing how many are still to come, as far as the mirror can be believed
     * @return completed when that was tried, or has taken too long
     */
    CompletionStage<Void> makeRoom(long bytes, long missing) {
        OptionalLong usable = room.usableBytes();
        long others;
        synchronized (this) {
            others = promisedBytes;
        }
        if (usable.isPresent() && usable.getAsLong() >= bytes + others) {
            // There is room, and it is refused to us: a quota, which only shows when it is exceeded.
            others = usable.getAsLong();
        }
        CompletableFuture<Void> tried = new CompletableFuture<>();
        Runnable patienceIsOver = () -> tried.complete(null);
        ScheduledFuture<?> patience = timer.schedule(patienceIsOver, ROOM_WAIT.toNanos(), TimeUnit.NANOSECONDS);
        var unused = room.make(bytes + others, missing + others).whenComplete((done, failure) -> tried.complete(null));
        return tried.whenComplete((done, failure) -> patience.cancel(false));
    }

    /** Whether room helps against a refusal. */
    static boolean isLackOfRoom(IOException refusal) {
        String message = String.valueOf(refusal.getMessage()).toLowerCase(Locale.ROOT);
        // The Java platform has no other word for ENOSPC and EDQUOT than the system's message.
        return refusal instanceof NoRoomException
                || message.contains("no space left")
                || message.contains("quota exceeded");
    }

    /** A file does not go to disk. */
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
                new Object[] {directory, path, System.getProperty("user.name"), why, advice(why)});
    }

    private static String advice(IOException why) {
        if (isLackOfRoom(why)) {
            return "Free some space there; cache_size_limit or cache_min_free keep it free";
        }
        return why instanceof AccessDeniedException
                ? "Let that user write there"
                : "See that the file system is mounted, writable and in order";
    }

    /** A file has gone to disk. */
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

    /** Whether the last file was not taken. */
    public synchronized boolean isRefusing() {
        return refusing;
    }
}
