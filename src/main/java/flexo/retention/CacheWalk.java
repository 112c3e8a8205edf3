package flexo.retention;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A walk through the cache directory, group of files by group. It skips hidden directories, symbolic links to
 * directories, and files that vanish meanwhile. It logs a directory that cannot be read, and goes on with the next one.
 * One thread at a time.
 */
final class CacheWalk {
    private static final Logger LOG = Logger.getLogger(RetentionSweep.class.getName());

    private final Path root;
    private final Complaints complaints;
    private final BooleanSupplier stopped;

    /**
     * Walks this cache.
     *
     * @param stopped checked after each group; true ends the walk
     */
    CacheWalk(Path root, Complaints complaints, BooleanSupplier stopped) {
        this.root = root;
        this.complaints = complaints;
        this.stopped = stopped;
    }

    /** The action for a group of files. */
    @FunctionalInterface
    interface Step {
        void with(FileGroup group) throws IOException;
    }

    /** Applies an action to every group. */
    void everything(Step step) {
        Deque<String> places = new ArrayDeque<>(List.of(""));
        while (!places.isEmpty() && !stopped.getAsBoolean()) {
            String place = places.pop();
            visit(place, step).forEach(name -> places.push(place.isEmpty() ? name : place + "/" + name));
        }
    }

    /** Returns the names of the subdirectories. */
    private SortedSet<String> visit(String place, Step step) {
        SortedSet<String> directories = new TreeSet<>();
        try {
            // The root itself may be a link; nothing below it is followed.
            Path directory = root.toRealPath().resolve(place);
            // Of the root others tell, who put files there.
            if (!place.isEmpty() && Files.exists(directory) && !Files.isWritable(directory)) {
                complaints.tell(
                        place,
                        "cannot be written to by the user " + System.getProperty("user.name"),
                        new AccessDeniedException(directory.toString()));
            }
            FileGroups.visit(directory, names -> {
                try {
                    step.with(FileGroup.of(directory, place, names, directories));
                } catch (IOException e) {
                    complaints.tell(place, "has files that cannot be looked at", e);
                }
                return !stopped.getAsBoolean();
            });
        } catch (NoSuchFileException e) {
            // Nothing has been cached yet, or somebody is removing directories.
            LOG.log(Level.FINE, "{0} is not there", root.resolve(place));
        } catch (IOException e) {
            complaints.tell(place, "cannot be read", e);
        }
        return directories;
    }
}
