package flexo.mirror;

import flexo.alpm.FileKind;
import flexo.alpm.PackageFileName;
import flexo.alpm.RefusedPathException;
import flexo.alpm.RepositoryPath;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The archive's pool of all packages that the official repositories ever had, by name:
 * {@code l/linux/linux-6.1-1-x86_64.pkg.tar.zst}.
 *
 * <p>It is asked for files that every mirror lacks. While it fails, it rests like any mirror.
 */
public final class PackagePool {
    private final Mirror pool;
    private final RankedMirrors mirrors;

    /** The pool at a base URL. */
    public PackagePool(Mirror pool, MirrorHealth health, FileSizes sizes, Clock clock) {
        this.pool = pool;
        this.mirrors = new RankedMirrors("the package pool", health, sizes, clock);
        mirrors.useAside(List.of(pool));
    }

    boolean is(Mirror mirror) {
        return pool.equals(mirror);
    }

    /** Empty if it cannot have the file, or must not be asked at present. */
    Optional<MirrorLease> lease(RepositoryPath path) {
        return packageIn(path).isEmpty() ? Optional.empty() : mirrors.promising(path, Set.of());
    }

    /** The pool's URL of a file that it was leased for. */
    URI uri(RepositoryPath path) {
        String name = packageIn(path).orElseThrow().name();
        try {
            return pool.uri(RepositoryPath.ofDecoded(name.substring(0, 1) + "/" + name + "/" + path.fileName()));
        } catch (RefusedPathException e) {
            throw new IllegalStateException(path + ": its parts are no path", e);
        }
    }

    /** The package of an official repository that this file is, or signs. */
    private static Optional<PackageFileName> packageIn(RepositoryPath path) {
        List<String> segments = path.segments();
        if (segments.size() != 4 || !segments.get(1).equals("os")) {
            return Optional.empty();
        }
        return path.kind() == FileKind.PACKAGE
                ? PackageFileName.parse(path.fileName())
                : PackageFileName.parseSignature(path.fileName());
    }
}
