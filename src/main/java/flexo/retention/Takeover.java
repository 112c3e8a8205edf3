package flexo.retention;

import flexo.cache.NoteFile;
import flexo.cache.SmallFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Protects a cache directory that somebody else has filled: another program, or a backup. For a day sweeps are dry runs, so
 * that the administrator sees in the log what they would remove, and can change the settings. A note remembers the day.
 *
 * <p>One thread at a time may use it, except for {@link #approve}.
 */
public final class Takeover {
    private static final Logger LOG = Logger.getLogger(Takeover.class.getName());
    private static final Duration GRACE = Duration.ofDays(1);
    private static final int MOST_BYTES = 8192;

    private final Path root;
    private final LastUses time;
    private final NoteFile note;

    // Guarded by the monitor:

    /** When files may go, in the time of uses; null while nothing is known of the directory. */
    private Instant from;
    /** Whether the note says something else. */
    private boolean changed;

    /** Whether the log says what the present settings would remove. */
    private volatile boolean told;

    /**
     * Of a cache directory of which nothing is known yet.
     *
     * @param root the cache directory
     * @param notes the directory of the note; need not exist
     * @param time tells the time of uses, which nobody sets
     */
    public Takeover(Path root, Path notes, LastUses time) {
        this.root = root;
        this.time = time;
        note = new NoteFile(
                notes.resolve("swept-directory"), "After a restart nothing is removed from the cache for another day");
    }

    /** Looks at the directory; before anything is put there, and before the first sweep. */
    void look() {
        try {
            List<String> lines = SmallFile.readText(note.path(), MOST_BYTES)
                    .orElse("")
                    .lines()
                    .toList();
            if (lines.size() > 1 && lines.get(1).equals(root.toString())) {
                become(Instant.ofEpochMilli(Long.parseLong(lines.get(0))));
                return;
            }
        } catch (IOException | NumberFormatException e) {
            LOG.log(Level.FINE, note + " says nothing of " + root, e);
        }
        if (isEmpty()) {
            approve();
            // Now: a process that dies before its first sweep would take its own files for somebody else's.
            save();
        }
    }

    private boolean isEmpty() {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(root, file -> !Files.isHidden(file))) {
            return !files.iterator().hasNext();
        } catch (NoSuchFileException e) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Files may go from now on. Returns at once; {@link #save} is to follow. */
    void approve() {
        become(Instant.EPOCH);
    }

    private synchronized void become(Instant when) {
        changed |= !when.equals(from);
        from = when;
    }

    /** Writes the note if it has changed. */
    void save() {
        byte[] text;
        synchronized (this) {
            if (!changed) {
                return;
            }
            changed = false;
            text = (from.toEpochMilli() + "\n" + root + "\n").getBytes(StandardCharsets.UTF_8);
        }
        boolean unused = note.replace(out -> out.write(text));
    }

    /** Whether a sweep must be a dry run. */
    boolean isProtected() {
        Instant when = from();
        return when == null || time.now().isBefore(when);
    }

    /** How long it will be so. */
    Duration left() {
        return Duration.between(time.now(), from());
    }

    /** The settings have changed, and so has what would go. */
    void tellAgain() {
        told = false;
    }

    /** A dry run has shown what would go. The grace begins with the first one; if nothing would go, none is needed. */
    void shown(SweepReport dry) {
        RemovalCounts.Count sum = dry.sum();
        if (sum.files() == 0) {
            approve();
            return;
        }
        // No note of ours is about a later moment.
        if (from() == null || from().isAfter(time.now().plus(GRACE))) {
            become(time.now().plus(GRACE));
        }
        if (!told) {
            told = true;
            LOG.log(
                    Level.WARNING,
                    "Nothing is removed from the cache directory {0} yet, since others may have filled it. By the settings"
                            + " num_versions_retain, purge_unused_after, cache_size_limit and cache_min_free {1} files"
                            + " would go, {2} bytes, and {3} bytes would stay. GET /sweep lists them. They go at {4},"
                            + " unless these settings are changed until then, or at once by POST /sweep",
                    new Object[] {
                        root,
                        sum.files(),
                        sum.bytes(),
                        dry.bytes(),
                        time.onTheClock(from()).toString()
                    });
        }
    }

    private synchronized Instant from() {
        return from;
    }
}
