package flexo.repository;

import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One parsed repository database: what must be true of each of its package files. A value; safe for all threads.
 *
 * <p>Fifteen thousand packages take about six megabytes.
 */
public final class RepositoryDatabase {
    /** Never changed once it is here. */
    private final Map<String, PackageFile> files;
    /** Null if the database says of no package when it was built. */
    private final Instant newestBuild;

    private final long keptBytes;

    private RepositoryDatabase(Map<String, PackageFile> files, Instant newestBuild) {
        this.files = files;
        this.newestBuild = newestBuild;
        this.keptBytes =
                files.values().stream().mapToLong(PackageFile::keptBytes).sum();
    }

    /**
     * A database with these package files.
     *
     * @param files no two of the same file name
     * @param newestBuild when the last of them was built, if it is known
     * @throws IllegalArgumentException if a file name occurs twice
     */
    public static RepositoryDatabase of(Collection<PackageFile> files, Optional<Instant> newestBuild) {
        // Not Map.copyOf: file names chosen to collide make that one take minutes, and a mirror chooses them.
        Map<String, PackageFile> byName = new HashMap<>(files.size() * 4 / 3 + 1);
        for (PackageFile file : files) {
            if (byName.put(file.fileName(), file) != null) {
                throw new IllegalArgumentException(file.fileName() + " occurs twice");
            }
        }
        return new RepositoryDatabase(byName, newestBuild.orElse(null));
    }

    /** A database with these package files; the map is not copied, and belongs to it from now on. */
    static RepositoryDatabase owning(Map<String, PackageFile> files, Optional<Instant> newestBuild) {
        return new RepositoryDatabase(files, newestBuild.orElse(null));
    }

    /** All package files by their file names, in no order; cannot be changed. */
    public Map<String, PackageFile> files() {
        return Collections.unmodifiableMap(files);
    }

    /** What the database says about a package file; empty if it does not name it. */
    public Optional<PackageFile> file(String fileName) {
        return Optional.ofNullable(files.get(fileName));
    }

    /** The memory it takes, roughly. */
    public long keptBytes() {
        return keptBytes;
    }

    /** How many package files it names; 0 for an empty repository. */
    public int size() {
        return files.size();
    }

    /**
     * When the package that was built last was built, by its own {@code %BUILDDATE%}; empty if none says so.
     *
     * <p>A packager's clock may be wrong, so it orders two states of one repository and is no time of the day.
     */
    public Optional<Instant> newestBuild() {
        return Optional.ofNullable(newestBuild);
    }

    /** Its size, for logs. */
    @Override
    public String toString() {
        return files.size() + " package files";
    }
}
