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
 * One application among all that use a cache directory at this moment: in one process or in several, on one machine or, where
 * the file system locks files for all, on several.
 *
 * <p>Each has the lowest number that is free, and holds the lock on a file of that number for as long as it lives, however it
 * ends. What it writes has the number in its name, so nobody else touches that while it lives; who comes after may take it over.
 *
 * <p>The system gives a lock to a process, and takes it when the process closes any handle of the file. So applications in one
 * process, which do not know each other's classes, first agree by system properties, and open no file of another. Safe for threads.
 */
public final class Instance implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Instance.class.getName());

    /** None of our settings' names begin so. */
    private static final String PROPERTY = "flexo-instance:";

    private static final String FIRST = "";
    private static final String UNLOCKED = "0";
    /** More than ever use one directory; who finds none free goes without. */
    private static final List<String> TAGS =
            List.of(FIRST, "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16");

    private static final int MOST_UNLOCKED = 36 * 36 * 36;

    private final Path directory;
    /** Our tag where files cannot be locked; no number begins so. */
    private final String unlocked;

    /** Null while we have no number. */
    private volatile Held held;

    /** Guarded by this, as are the two that follow. */
    private boolean shared;

    private FileTime lastSeen;
    private boolean closed;

    /** A number that is ours. */
    private record Held(String tag, String property, FileChannel file) {
        void release() throws IOException {
            file.close();
            System.getProperties().remove(property);
        }
    }

    /** The right to what an instance has left that lives no more; to be closed soon. */
    interface Estate extends AutoCloseable {
        @Override
        void close() throws IOException;
    }

    private Instance(Path directory, String unlocked) {
        this.directory = directory;
        this.unlocked = unlocked;
    }

    /** One that uses a cache directory, which need not be there yet. */
    public static Instance in(Path root) {
        String random = Integer.toString(ThreadLocalRandom.current().nextInt(MOST_UNLOCKED), 36);
        return new Instance(root.resolve(CacheMark.NAME), UNLOCKED + random);
    }

    /** One beside which there is no other. */
    static Instance alone() {
        return new Instance(null, FIRST);
    }

    /** Takes a number, by which others learn that it lives. */
    public void begin() {
        String unused = tag();
    }

    /** What tells its files from those of others; empty for the first, whose files have no further name. */
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
            // The cache directory is not marked: it is not ours, or may only be read.
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

    /** Empty if another instance has it. */
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
                // To open a pipe would wait for its reader.
                throw new IOException(file + " is no file");
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
     * The right to what others with this tag have left, to be closed soon.
     *
     * @return empty if one of them lives, or that cannot be told
     */
    Optional<Estate> estate(String tag) {
        if (directory == null || tag.equals(unlocked)) {
            return Optional.empty();
        }
        if (tag.startsWith(UNLOCKED)) {
            // Who has it holds no lock; it goes by the age of what is left.
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

    /** Whether what has this tag belongs to nobody who can be seen to live. */
    static boolean isOfUnlocked(String tag) {
        return tag.startsWith(UNLOCKED);
    }

    /** The tags of all others that have been here. */
    List<String> others() {
        return directory == null
                ? List.of()
                : TAGS.stream()
                        .filter(tag -> !isOurs(tag) && Files.exists(lockFile(tag)))
                        .toList();
    }

    /**
     * Whether others may use the directory at this moment: a file that was found may be gone, or be another, before it is
     * opened. Looks at the file system.
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
            // Nobody has been here yet.
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

    /** Ends it: what it has left is anybody's. */
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
