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
 * Protects a cache directory that somebody else has filled, such as another program or a backup. For a day sweeps are
 * dry runs: the log shows the administrator what they would remove, and there is time to change the settings. A note
 * remembers the deadline.
 *
 * <p>One thread at a time, except for {@link #approve}.
 */
public final class Takeover {
    private static final Logger LOG = Logger.getLogger(Takeover.class.getName());
    private static final Duration GRACE = Duration.ofDays(1);
    private static final int MOST_BYTES = 8192;

    private final Path root;
    private final LastUses time;
    private final NoteFile note;

    // Guarded by the monitor:

    /** The end of the protection, on the timeline of uses; null while the directory is unknown. */
    private Instant from;
    /** Whether the note is out of date. */
    private boolean changed;

    /** Whether the dry run with the current settings was logged. */
    private volatile boolean told;

    /**
     * Starts with an unknown cache directory.
     *
     * @param root the cache directory
     * @param notes the directory of the note; need not exist
     * @param time the timeline of uses, which ignores clock changes
     */
    public Takeover(Path root, Path notes, LastUses time) {
        this.root = root;
        this.time = time;
        note = new NoteFile(
                notes.resolve("swept-directory"), "After a restart nothing is removed from the cache for another day");
    }

    /** Examines the directory; call before anything is put there, and before the first sweep. */
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
            // Now: after a crash before the first sweep, our own files would look like somebody else's.
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

    /** Ends the protection. Never blocks; call {@link #save} afterwards. */
    void approve() {
        become(Instant.EPOCH);
    }

    private synchronized void become(Instant when) {
        changed |= !when.equals(from);
        from = when;
    }

    /** Writes the note if it is out of date. */
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

    /** The time left until the protection ends. */
    Duration left() {
        return Duration.between(time.now(), from());
    }

    /** Notes that the settings have changed; the next dry run is logged again. */
    void tellAgain() {
        told = false;
    }

    /** Logs the result of a dry run. The protection starts with the first one; it is not needed if nothing would go. */
    void shown(SweepReport dry) {
        RemovalCounts.Count sum = dry.sum();
        if (sum.files() == 0) {
            approve();
            return;
        }
        // No note of ours is that far in the future.
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
