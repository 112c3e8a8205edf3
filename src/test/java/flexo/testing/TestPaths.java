package flexo.testing;

import flexo.alpm.RefusedPathException;
import flexo.alpm.RepositoryPath;

/** Paths as tests write them. */
public final class TestPaths {
    private TestPaths() {}

    /** The path below the mirror's root, without a leading slash. */
    public static RepositoryPath path(String plain) {
        try {
            return RepositoryPath.parse("/" + plain);
        } catch (RefusedPathException e) {
            throw new IllegalArgumentException(plain, e);
        }
    }
}
