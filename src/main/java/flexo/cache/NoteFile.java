package flexo.cache;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A small file with state for the next start. It is replaced atomically: after a full disk or a crash it contains the
 * last state or the one before, never a part. Write failures and recoveries are logged once; a directory that takes no
 * files at all is logged once for all its notes.
 *
 * <p>The monitor serialises writes, which may take as long as the disk.
 */
public final class NoteFile {
    private static final Logger LOG = Logger.getLogger(NoteFile.class.getName());

    /** Directories that take no files, as the log says already. */
    private static final Set<Path> REFUSING = ConcurrentHashMap.newKeySet();

    private final Path path;
    private final String loss;
    private boolean failing;
    /** Whether the failure is a line in the log of its own. */
    private boolean told;

    /** The contents. */
    @FunctionalInterface
    public interface Note {
        /** Writes them, without closing the stream. */
        void writeTo(OutputStream out) throws IOException;
    }

    /**
     * A file that need not exist yet, nor its directory.
     *
     * @param loss the consequence if it cannot be written, for people: a whole sentence without its full stop
     */
    public NoteFile(Path path, String loss) {
        this.path = path;
        this.loss = loss;
    }

    /** Notes that the log says already why a directory takes no files. */
    public static void toldOf(Path directory) {
        REFUSING.add(directory);
    }

    /** Its path. */
    public Path path() {
        return path;
    }

    /**
     * Replaces the contents.
     *
     * @return whether that succeeded; if not, the former contents remain, and the caller should try again later
     */
    public synchronized boolean replace(Note note) {
        try {
            SmallFile.replace(path, note);
            REFUSING.remove(path.getParent());
            if (told) {
                LOG.log(Level.INFO, "{0} can be written again", path);
            }
            failing = false;
            told = false;
            return true;
        } catch (IOException e) {
            tell("written", e);
            return false;
        }
    }

    /** Removes it, if it exists. */
    public synchronized void delete() {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            tell("removed", e);
        }
    }

    private void tell(String what, IOException e) {
        boolean news = !failing && (directoryTakesFiles() || REFUSING.add(path.getParent()));
        LOG.log(
                news ? Level.WARNING : Level.FINE,
                "{0} cannot be {1} by the user {2}: {3}. {4}; it is tried again later",
                new Object[] {path, what, System.getProperty("user.name"), DiskFailure.reason(e), loss});
        failing = true;
        told |= news;
    }

    private boolean directoryTakesFiles() {
        Path existing = path.getParent();
        while (existing.getParent() != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        return Files.isDirectory(existing) && Files.isWritable(existing);
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
