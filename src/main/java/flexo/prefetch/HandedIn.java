package flexo.prefetch;

import flexo.cache.DiskFailure;
import flexo.cache.NoteFile;
import flexo.cache.SmallFile;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The names of packages handed in but not yet fetched, kept so that they survive a restart or an outage: a list in the
 * format of {@link PackageList}, in a file that is deleted when the list is empty.
 *
 * <p>The monitor serialises updates of the file, so that it never goes back in time.
 */
public final class HandedIn {
    private static final Logger LOG = Logger.getLogger(HandedIn.class.getName());
    private static final String HEADING = "# Packages that are to be fetched ahead; removed when all are there.\n";

    /**
     * The attempts for a package that is unavailable. With exponential backoff the last one is almost a day after the
     * first; a permanent failure does not cause endless downloads.
     */
    static final int TRIES = 8;

    private static final int MOST_BYTES = 8 << 20;

    private final NoteFile file;
    /** The names last read from the file, or written to it. */
    private final Set<String> known = new HashSet<>();

    /** Names to be resolved again, and the number of looks until then. */
    private final Map<String, Integer> putOff = new HashMap<>();
    /** The failures by name; dropped when the name leaves the file. */
    private final Map<String, Integer> failures = new HashMap<>();

    /**
     * Keeps the list in a directory of notes.
     *
     * @param notes need not exist yet
     */
    public HandedIn(Path notes) {
        file = new NoteFile(
                notes.resolve("prefetch"),
                "The names of packages that were handed in to be fetched are lost if Flexo ends before they are there");
    }

    /** Loads the names that an earlier process left; they stay in the file until they are {@link #resolved}. */
    synchronized void read() {
        List<String> names = readFile();
        known.addAll(names);
        names.forEach(name -> putOff(name, 0));
    }

    /** The names to be resolved now; call once for each look. */
    synchronized List<String> due() {
        putOff.replaceAll((name, looks) -> Math.max(0, looks - 1));
        return putOff.entrySet().stream()
                .filter(entry -> entry.getValue() == 0)
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    /** Whether any name is to be resolved again. */
    synchronized boolean hasPutOff() {
        return !putOff.isEmpty();
    }

    /**
     * Notes that names were resolved.
     *
     * @param undecided names, given or required as dependencies, to be resolved again nevertheless
     */
    synchronized void resolved(Collection<String> names, Collection<String> undecided) {
        names.forEach(putOff::remove);
        undecided.forEach(name -> putOff(name, 1));
    }

    /**
     * Notes that the package for a name is unavailable.
     *
     * @return whether it will be tried again; false after too many failures
     */
    synchronized boolean failed(String name) {
        int times = failures.merge(name, 1, Integer::sum);
        if (times < TRIES) {
            return putOff(name, 1 << (times - 1));
        }
        failures.remove(name);
        return false;
    }

    /** Guarded by the monitor; returns whether there was room for the name. */
    private boolean putOff(String name, int looks) {
        if (putOff.size() >= PackageList.MOST_NAMES && !putOff.containsKey(name)) {
            return false;
        }
        putOff.put(name, looks);
        return true;
    }

    private List<String> readFile() {
        try {
            return PackageList.parse(SmallFile.readText(file.path(), MOST_BYTES).orElse(""))
                    .names();
        } catch (CharacterCodingException e) {
            LOG.log(Level.WARNING, "{0} is no list of packages: it is not UTF-8. It is left as it is", file);
            return List.of();
        } catch (IOException e) {
            LOG.log(
                    Level.WARNING,
                    "{0} cannot be read: {1}. The packages it names are not fetched ahead",
                    new Object[] {file, DiskFailure.reason(e)});
            return List.of();
        }
    }

    /**
     * Updates the file.
     *
     * @param waiting the names still to be fetched; empty if the file is to stay as it is
     */
    synchronized void update(Supplier<Optional<Set<String>>> waiting) {
        waiting.get().ifPresent(names -> {
            Set<String> all = new TreeSet<>(putOff.keySet());
            all.addAll(names);
            failures.keySet().retainAll(all);
            write(all);
        });
    }

    private void write(Set<String> ours) {
        Set<String> names = new TreeSet<>(readFile());
        // The rest was handed in to another instance with the same state directory.
        names.removeAll(known);
        names.addAll(ours);
        known.clear();
        known.addAll(ours);
        if (names.isEmpty()) {
            file.delete();
            return;
        }
        String text = HEADING + String.join("\n", names) + "\n";
        boolean unused = file.replace(out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }
}
