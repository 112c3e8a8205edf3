package flexo.prefetch;

import flexo.alpm.PackageFileName;
import flexo.alpm.PackageVersion;
import java.time.Instant;
import java.util.Optional;

/**
 * What is cached of one package, one name and architecture in one directory, as far as it decides about prefetching.
 *
 * @param name the package
 * @param arch its architecture
 * @param newest the newest version that is cached
 * @param used when a client last used any version; empty if none ever did, as far as is known
 */
record CachedPackage(String name, String arch, PackageVersion newest, Optional<Instant> used) {
    private static final String ANY = "any";

    static CachedPackage of(PackageFileName file, Optional<Instant> used) {
        return new CachedPackage(file.name(), file.arch(), file.version(), used);
    }

    /** Together with another of its versions. */
    CachedPackage and(CachedPackage other) {
        Optional<Instant> later =
                used.filter(mine -> other.used.map(mine::isAfter).orElse(true)).or(other::used);
        return new CachedPackage(name, arch, newest.compareTo(other.newest) >= 0 ? newest : other.newest, later);
    }

    /** Whether a file is of the same package; one that is for any architecture may become one for some, and back. */
    boolean isSamePackageAs(PackageFileName file) {
        return name.equals(file.name())
                && (arch.equals(file.arch()) || arch.equals(ANY) || file.arch().equals(ANY));
    }
}
