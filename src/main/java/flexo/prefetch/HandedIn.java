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
 * The names of packages that were handed in and are not fetched yet, so that neither a restart nor an outage loses them: a
 * list as {@link PackageList} reads it, in a file that is there only as long as it is needed.
 *
 * <p>The monitor lets one thread at a time bring the file up to date, so that it never becomes older.
 */
public final class HandedIn {
    private static final Logger LOG = Logger.getLogger(HandedIn.class.getName());
    private static final String HEADING = "# Packages that are to be fetched ahead; removed when all are there.\n";

    /**
     * So often a package is tried that cannot be had. As each pause is twice the one before, the last time is almost a day
     * after the first; what fails for other reasons than an outage is not downloaded over and over.
     */
    static final int TRIES = 8;

    private static final int MOST_BYTES = 8 << 20;

    private final NoteFile file;
    /** What we have read from the file, or written into it, the last time. */
    private final Set<String> known = new HashSet<>();

    /** Names that are to be looked up again, and how many looks they let pass until then. */
    private final Map<String, Integer> putOff = new HashMap<>();
    /** How often what a name stands for could not be had; forgotten when the name leaves the file. */
    private final Map<String, Integer> failures = new HashMap<>();

    /**
     * In a directory of notes.
     *
     * @param notes need not exist yet
     */
    public HandedIn(Path notes) {
        file = new NoteFile(
                notes.resolve("prefetch"),
                "The names of packages that were handed in to be fetched are lost if Flexo ends before they are there");
    }

    /** Takes in the names that an earlier process left; they stay in the file until they are {@link #resolved}. */
    synchronized void read() {
        List<String> names = readFile();
        known.addAll(names);
        names.forEach(name -> putOff(name, 0));
    }

    /** The names that are to be looked up now; called once for each look. */
    synchronized List<String> due() {
        putOff.replaceAll((name, looks) -> Math.max(0, looks - 1));
        return putOff.entrySet().stream()
                .filter(entry -> entry.getValue() == 0)
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    /** Whether any name is to be looked up again. */
    synchronized boolean hasPutOff() {
        return !putOff.isEmpty();
    }

    /**
     * Names have been looked up, so they are put off no longer.
     *
     * @param undecided those, of them or what they depend on, that are to be looked up again all the same
     */
    synchronized void resolved(Collection<String> names, Collection<String> undecided) {
        names.forEach(putOff::remove);
        undecided.forEach(name -> putOff(name, 1));
    }

    /**
     * What a name stands for could not be had.
     *
     * @return whether it is tried again; false if it has failed too often
     */
    synchronized boolean failed(String name) {
        int times = failures.merge(name, 1, Integer::sum);
        if (times < TRIES) {
            return putOff(name, 1 << (times - 1));
        }
        failures.remove(name);
        return false;
    }

    /** Only under the monitor; tells whether there was room for it. */
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
     * Brings the file up to date.
     *
     * @param waiting the names that are still to be fetched; empty if the file is to stay as it is
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
        // What is left was handed in to another instance with the same state directory.
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
