package flexo.cache;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * One of the applications that currently use a cache directory: in one process or in several, on one machine or, if the
 * file system supports distributed locks, on several.
 *
 * <p>Each takes the lowest free number, and holds the lock on a file of that number until it ends, even by a crash. The
 * number is part of the names of files it writes, so that no other instance touches them while it is alive; a later one
 * may take them over.
 *
 * <p>The operating system grants locks per process, and releases them when the process closes any handle of the file.
 * So applications in one process, which do not share classes, first coordinate by system properties, and never open one
 * another's file. Thread-safe.
 */
public final class Instance implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Instance.class.getName());

    /** No setting has a name with this prefix. */
    private static final String PROPERTY = "flexo-instance:";

    private static final String FIRST = "";
    private static final String UNLOCKED = "0";
    /** More than ever share one directory; further ones go without. */
    private static final List<String> TAGS =
            List.of(FIRST, "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16");

    private static final int MOST_UNLOCKED = 36 * 36 * 36;

    private final Path directory;
    /** Our tag if files cannot be locked; distinct from all numbers. */
    private final String unlocked;

    /** Null without a number. */
    private volatile Held held;

    /** Guarded by the monitor, as are the next two. */
    private boolean shared;

    private FileTime lastSeen;
    private boolean closed;

    /** A number that we hold. */
    private record Held(String tag, String property, FileChannel file) {
        void release() throws IOException {
            file.close();
            System.getProperties().remove(property);
        }
    }

    /** The right to the files of an instance that is gone; close it soon. */
    interface Estate extends AutoCloseable {
        @Override
        void close() throws IOException;
    }

    private Instance(Path directory, String unlocked) {
        this.directory = directory;
        this.unlocked = unlocked;
    }

    /** An instance for a cache directory, which need not exist yet. */
    public static Instance in(Path root) {
        String random = Integer.toString(ThreadLocalRandom.current().nextInt(MOST_UNLOCKED), 36);
        return new Instance(root.resolve(CacheMark.NAME), UNLOCKED + random);
    }

    /** An instance without others. */
    static Instance alone() {
        return new Instance(null, FIRST);
    }

    /** Takes a number, which shows others that this instance is alive. */
    public void begin() {
        String unused = tag();
    }

    /** The tag in the names of its files; empty for the first instance. */
    String tag() {
        Held now = held;
        if (now != null) {
            return now.tag();
        }
        return directory == null ? FIRST : takeNumber();
    }

    private synchronized String takeNumber() {
        if (held != null || closed) {
            return held == null ? unlocked : held.tag();
        }
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            // The cache directory is not marked: it is not ours, or read-only.
            return unlocked;
        }
        try {
            for (String tag : TAGS) {
                Optional<Held> taken = take(tag, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                if (taken.isPresent()) {
                    held = taken.get();
                    tellOthers();
                    return tag;
                }
            }
        } catch (IOException | UnsupportedOperationException e) {
            LOG.log(
                    Level.FINE,
                    e,
                    () -> "No file can be locked in " + directory + "; what is begun there is not resumed");
        }
        return unlocked;
    }

    private Path lockFile(String tag) {
        return directory.resolve((tag.isEmpty() ? "1" : tag) + ".lock");
    }

    /** Empty if another instance holds it. */
    private Optional<Held> take(String tag, OpenOption... options) throws IOException {
        Path file = lockFile(tag);
        String property = PROPERTY + directory.toRealPath().resolve(file.getFileName());
        if (System.getProperties().putIfAbsent(property, "") != null) {
            return Optional.empty();
        }
        FileChannel channel = null;
        boolean taken = false;
        try {
            if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)
                    && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                // Opening a pipe would block until there is a reader.
                throw new IOException(file + " is no regular file");
            }
            channel = FileChannel.open(file, options);
            taken = channel.tryLock() != null;
            return taken ? Optional.of(new Held(tag, property, channel)) : Optional.empty();
        } finally {
            if (!taken) {
                if (channel != null) {
                    channel.close();
                }
                System.getProperties().remove(property);
            }
        }
    }

    /** They look again when the directory's time has changed. */
    private void tellOthers() throws IOException {
        Files.delete(Files.createTempFile(directory, "look", null));
    }

    /**
     * The right to the files with this tag, to be closed soon.
     *
     * @return empty if an instance with it is alive, or that is unknown
     */
    Optional<Estate> estate(String tag) {
        if (directory == null || tag.equals(unlocked)) {
            return Optional.empty();
        }
        if (tag.startsWith(UNLOCKED)) {
            // Such an instance holds no lock; the age of its files decides.
            return Optional.of(() -> {});
        }
        try {
            return take(tag, StandardOpenOption.CREATE, StandardOpenOption.WRITE)
                    .map(taken -> taken::release);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Whether it is our own. */
    boolean isOurs(String tag) {
        return tag.equals(tag());
    }

    /** Whether this tag belongs to an instance that cannot be checked for life. */
    static boolean isOfUnlocked(String tag) {
        return tag.startsWith(UNLOCKED);
    }

    /** The tags of all other instances so far. */
    List<String> others() {
        return directory == null
                ? List.of()
                : TAGS.stream()
                        .filter(tag -> !isOurs(tag) && Files.exists(lockFile(tag)))
                        .toList();
    }

    /**
     * Whether others may be using the directory now: a file may vanish or be replaced between finding and opening it.
     * Reads the file system.
     */
    boolean isShared() {
        if (directory == null) {
            return false;
        }
        try {
            FileTime now = Files.getLastModifiedTime(directory);
            synchronized (this) {
                if (!now.equals(lastSeen)) {
                    lastSeen = now;
                    shared = others().stream().anyMatch(this::lives);
                }
                return shared;
            }
        } catch (IOException e) {
            // There was no instance yet.
            return false;
        }
    }

    private boolean lives(String tag) {
        Optional<Estate> estate = estate(tag);
        if (estate.isEmpty()) {
            return true;
        }
        try {
            estate.get().close();
        } catch (IOException e) {
            LOG.log(Level.FINE, "The lock of another instance could not be given back", e);
        }
        return false;
    }

    /** Ends this instance; others may take over its files. */
    @Override
    public synchronized void close() throws IOException {
        closed = true;
        if (held != null) {
            held.release();
            held = null;
            tellOthers();
        }
    }
}
