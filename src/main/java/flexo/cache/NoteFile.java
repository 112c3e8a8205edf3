package flexo.cache;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A small file in which we note something for the next start. Whatever a full disk or a crash does, it holds what was
 * noted last or what was noted before, never a part of it. That it cannot be written is told once, and that it can again.
 *
 * <p>The monitor lets one thread at a time write, which may take as long as the disk.
 */
public final class NoteFile {
    private static final Logger LOG = Logger.getLogger(NoteFile.class.getName());

    private final Path path;
    private final String loss;
    private boolean failing;

    /** What is noted. */
    @FunctionalInterface
    public interface Note {
        /** Writes it, and closes nothing. */
        void writeTo(OutputStream out) throws IOException;
    }

    /**
     * A file that need not exist yet, nor its directory.
     *
     * @param loss what it means that it cannot be written, for people: a whole sentence without its full stop
     */
    public NoteFile(Path path, String loss) {
        this.path = path;
        this.loss = loss;
    }

    /** Where it lies. */
    public Path path() {
        return path;
    }

    /**
     * Replaces what was noted.
     *
     * @return whether that was possible; if not, the former note is still there, and it should be tried again later
     */
    public synchronized boolean replace(Note note) {
        try {
            SmallFile.replace(path, note);
            if (failing) {
                LOG.log(Level.INFO, "{0} can be written again", path);
            }
            failing = false;
            return true;
        } catch (IOException e) {
            tell("written", e);
            return false;
        }
    }

    /** Removes it, if it is there. */
    public synchronized void delete() {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            tell("removed", e);
        }
    }

    private void tell(String what, IOException e) {
        LOG.log(
                failing ? Level.FINE : Level.WARNING,
                "{0} cannot be {1} by the user {2}: {3}. {4}; it is tried again later",
                new Object[] {path, what, System.getProperty("user.name"), DiskFailure.reason(e), loss});
        failing = true;
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
