package flexo.prefetch;

import flexo.alpm.PackageFileName;
import flexo.alpm.PackageVersion;
import java.time.Instant;
import java.util.Optional;

/**
 * The cached versions of one package, for one architecture in one directory.
 *
 * @param name the package
 * @param arch its architecture
 * @param newest the newest cached version
 * @param used the last use of any version by a client; empty if none is known
 */
record CachedPackage(String name, String arch, PackageVersion newest, Optional<Instant> used) {
    private static final String ANY = "any";

    static CachedPackage of(PackageFileName file, Optional<Instant> used) {
        return new CachedPackage(file.name(), file.arch(), file.version(), used);
    }

    /** Merges another version into this. */
    CachedPackage and(CachedPackage other) {
        Optional<Instant> later =
                used.filter(mine -> other.used.map(mine::isAfter).orElse(true)).or(other::used);
        return new CachedPackage(name, arch, newest.compareTo(other.newest) >= 0 ? newest : other.newest, later);
    }

    /**
     * Whether a file belongs to this package; a package for any architecture may become one for a specific one, and
     * back.
     */
    boolean isSamePackageAs(PackageFileName file) {
        return name.equals(file.name())
                && (arch.equals(file.arch()) || arch.equals(ANY) || file.arch().equals(ANY));
    }
}
