package flexo.app;

import flexo.cache.FileStamp;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Detects changes of a file by periodic checks.
 *
 * <p>A change counts when two checks in a row have found the same state, so that a file is left alone while it is being
 * written. A file that was replaced, as editors do, or created or deleted, has changed, too. One thread at a time.
 */
final class FileWatch {
    private final Path file;
    private Optional<FileStamp> known;
    /** The state at the last check. */
    private Optional<FileStamp> seen;

    private boolean atRest;

    /** Starts with the present state as the known one. */
    FileWatch(Path file) {
        this.file = file;
        this.known = FileStamp.of(file);
        this.seen = known;
    }

    /** {@return whether the last two checks found the same} */
    boolean atRest() {
        return atRest;
    }

    /** Checks the file, and returns whether a change has settled; true once for each change. */
    boolean changed() {
        Optional<FileStamp> now = FileStamp.of(file);
        atRest = now.equals(seen);
        boolean changed = atRest && !now.equals(known);
        seen = now;
        if (changed) {
            known = now;
        }
        return changed;
    }
}
