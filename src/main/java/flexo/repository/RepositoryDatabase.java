package flexo.repository;

import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One parsed repository database: the expected properties of each package file. An immutable value.
 *
 * <p>Fifteen thousand packages take about six megabytes.
 */
public final class RepositoryDatabase {
    /** Never modified after construction. */
    private final Map<String, PackageFile> files;
    /** Null if no package has a build date. */
    private final Instant newestBuild;

    private final long keptBytes;

    private RepositoryDatabase(Map<String, PackageFile> files, Instant newestBuild) {
        this.files = files;
        this.newestBuild = newestBuild;
        this.keptBytes =
                files.values().stream().mapToLong(PackageFile::keptBytes).sum();
    }

    /**
     * Creates a database of these package files.
     *
     * @param files with distinct file names
     * @param newestBuild the build date of the newest package, if it is known
     * @throws IllegalArgumentException if a file name occurs twice
     */
    public static RepositoryDatabase of(Collection<PackageFile> files, Optional<Instant> newestBuild) {
        // Not Map.copyOf: a mirror could choose file names with colliding hashes, for which it takes minutes.
        Map<String, PackageFile> byName = new HashMap<>(files.size() * 4 / 3 + 1);
        for (PackageFile file : files) {
            if (byName.put(file.fileName(), file) != null) {
                throw new IllegalArgumentException(file.fileName() + " occurs twice");
            }
        }
        return new RepositoryDatabase(byName, newestBuild.orElse(null));
    }

    /** Creates a database that owns this map, which is not copied. */
    static RepositoryDatabase owning(Map<String, PackageFile> files, Optional<Instant> newestBuild) {
        return new RepositoryDatabase(files, newestBuild.orElse(null));
    }

    /** All package files by file name, unordered and unmodifiable. */
    public Map<String, PackageFile> files() {
        return Collections.unmodifiableMap(files);
    }

    /** The entry for a package file; empty if there is none. */
    public Optional<PackageFile> file(String fileName) {
        return Optional.ofNullable(files.get(fileName));
    }

    /** Its approximate memory cost in bytes. */
    public long keptBytes() {
        return keptBytes;
    }

    /** The number of package files; 0 for an empty repository. */
    public int size() {
        return files.size();
    }

    /**
     * The {@code %BUILDDATE%} of the package built last; empty if there is none.
     *
     * <p>A packager's clock may be wrong, so this only orders two states of one repository; it is no wall-clock time.
     */
    public Optional<Instant> newestBuild() {
        return Optional.ofNullable(newestBuild);
    }

    @Override
    public String toString() {
        return files.size() + " package files";
    }
}
