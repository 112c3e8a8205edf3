package flexo.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Optional;

/**
 * Tells when a file has been changed, by looking at it now and then.
 *
 * <p>A change counts when two looks in a row have found the same, so that a file that is just being written is left alone. That a file
 * was replaced by another one, as editors do, is a change like any other, and so is that it has come or gone. Used by one thread at
 * a time.
 */
final class FileWatch {
    private final Path file;
    private Stamp known;
    /** What the last look found. */
    private Stamp seen;

    private boolean atRest;

    /** What tells one state of a file from another; a link is followed. */
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

    /** Takes the present state for the known one. */
    FileWatch(Path file) {
        this.file = file;
        this.known = Stamp.of(file);
        this.seen = known;
    }

    /** {@return whether the last two looks found the same} */
    boolean atRest() {
        return atRest;
    }

    /** Looks, and tells whether a change has come to rest; each is told once. */
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
