package flexo.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Optional;

/**
 * Detects changes of a file by periodic checks.
 *
 * <p>A change counts when two checks in a row have found the same state, so that a file is left alone while it is being
 * written. A file that was replaced, as editors do, or created or deleted, has changed, too. One thread at a time.
 */
final class FileWatch {
    private final Path file;
    private Stamp known;
    /** The state at the last check. */
    private Stamp seen;

    private boolean atRest;

    /** A fingerprint of the file's state; links are followed. */
    private record Stamp(Optional<Object> key, Optional<FileTime> modified, long size) {
        static Stamp of(Path file) {
            try {
                BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
                return new Stamp(
                        Optional.ofNullable(attributes.fileKey()),
                        Optional.of(attributes.lastModifiedTime()),
                        attributes.size());
            } catch (IOException e) {
                return new Stamp(Optional.empty(), Optional.empty(), 0);
            }
        }
    }

    /** Starts with the present state as the known one. */
    FileWatch(Path file) {
        this.file = file;
        this.known = Stamp.of(file);
        this.seen = known;
    }

    /** {@return whether the last two checks found the same} */
    boolean atRest() {
        return atRest;
    }

    /** Checks the file, and returns whether a change has settled; true once for each change. */
    boolean changed() {
        Stamp now = Stamp.of(file);
        atRest = now.equals(seen);
        boolean changed = atRest && !now.equals(known);
        seen = now;
        if (changed) {
            known = now;
        }
        return changed;
    }
}
