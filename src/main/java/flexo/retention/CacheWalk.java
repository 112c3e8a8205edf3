package flexo.retention;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The way through the cache directory, from one group of files to the next. What vanishes meanwhile is as if it had never
 * been there; what cannot be read is complained of and passed over. One thread at a time.
 */
final class CacheWalk {
    private static final Logger LOG = Logger.getLogger(RetentionSweep.class.getName());

    private final Path root;
    private final Complaints complaints;
    private final BooleanSupplier stopped;

    /**
     * Of a cache.
     *
     * @param stopped asked after each group whether to break off
     */
    CacheWalk(Path root, Complaints complaints, BooleanSupplier stopped) {
        this.root = root;
        this.complaints = complaints;
        this.stopped = stopped;
    }

    /** Something that is done with a group of files. */
    @FunctionalInterface
    interface Step {
        void with(FileGroup group) throws IOException;
    }

    /** Something that is done in a directory. */
    @FunctionalInterface
    private interface Visit {
        void in(Path directory) throws IOException;
    }

    /** Through all directories. */
    void everything(Step step) {
        Deque<String> places = new ArrayDeque<>(List.of(""));
        while (!places.isEmpty() && !stopped.getAsBoolean()) {
            String place = places.pop();
            SortedSet<String> below = new TreeSet<>();
            visit(
                    place,
                    directory -> FileGroups.visitAll(directory, names -> {
                        below.addAll(look(directory, place, names, step));
                        return !stopped.getAsBoolean();
                    }));
            below.forEach(name -> places.push(place.isEmpty() ? name : place + "/" + name));
        }
    }

    /** To some groups of one directory, named as in {@link FileGroups#groupOf}. */
    void some(String place, Set<String> groups, Step step) {
        visit(
                place,
                directory -> FileGroups.visit(directory, groups, names -> {
                    SortedSet<String> unused = look(directory, place, names, step);
                    return !stopped.getAsBoolean();
                }));
    }

    private void visit(String place, Visit visit) {
        try {
            // The root itself may be a link; nothing below it is followed.
            Path directory = root.toRealPath().resolve(place);
            if (Files.exists(directory) && !Files.isWritable(directory)) {
                complaints.tell(
                        place,
                        "cannot be written to by the user " + System.getProperty("user.name"),
                        new AccessDeniedException(directory.toString()));
            }
            visit.in(directory);
        } catch (NoSuchFileException e) {
            // Nothing has been cached yet, or somebody removes directories.
            LOG.log(Level.FINE, "{0} is not there", root.resolve(place));
        } catch (IOException e) {
            complaints.tell(place, "cannot be read", e);
        }
    }

    /** Returns the directories among the names. */
    private SortedSet<String> look(Path directory, String place, List<String> names, Step step) {
        SortedSet<String> directories = new TreeSet<>();
        try {
            step.with(FileGroup.of(directory, place, names, directories));
        } catch (IOException e) {
            complaints.tell(place, "has files that cannot be looked at", e);
        }
        return directories;
    }
}
