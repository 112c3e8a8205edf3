package flexo.prefetch;

import flexo.cache.NoteFile;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The names of packages that were handed in and are not fetched yet, so that a restart does not lose them: a list as
 * {@link PackageList} reads it, in a file that is there only as long as it is needed.
 *
 * <p>The monitor lets one thread at a time bring the file up to date, so that it never becomes older.
 */
public final class HandedIn {
    private static final Logger LOG = Logger.getLogger(HandedIn.class.getName());
    private static final String HEADING = "# Packages that are to be fetched ahead; removed when all are there.\n";

    private final NoteFile file;
    /** What an earlier process left and no database could tell anything of yet. */
    private final Set<String> unresolved = new HashSet<>();

    /**
     * In a cache directory.
     *
     * @param root the cache directory; need not exist yet
     */
    public HandedIn(Path root) {
        file = new NoteFile(
                root.resolve(".prefetch"),
                "The names of packages that were handed in to be fetched are lost if Flexo ends before they are there");
    }

    /** The names that an earlier process left; they stay in the file until they are {@link #resolved}. */
    synchronized List<String> read() {
        List<String> names = readFile();
        unresolved.addAll(names);
        return names;
    }

    /** What can be known of these names is known. */
    synchronized void resolved(Collection<String> names) {
        names.forEach(unresolved::remove);
    }

    private List<String> readFile() {
        try {
            return PackageList.parse(Files.readString(file.path())).names();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (CharacterCodingException e) {
            LOG.log(Level.WARNING, "{0} is no list of packages: {1}. It is left as it is", new Object[] {file, e});
            return List.of();
        } catch (IOException e) {
            LOG.log(
                    Level.WARNING,
                    "{0} cannot be read: {1}. The packages it names are not fetched ahead",
                    new Object[] {file, e});
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
            Set<String> all = new TreeSet<>(unresolved);
            all.addAll(names);
            write(all);
        });
    }

    private void write(Set<String> names) {
        if (names.isEmpty()) {
            file.delete();
            return;
        }
        String text = HEADING + String.join("\n", names) + "\n";
        boolean unused = file.replace(out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }
}
