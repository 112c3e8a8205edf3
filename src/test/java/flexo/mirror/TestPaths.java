package flexo.mirror;

import flexo.alpm.RefusedPathException;
import flexo.alpm.RepositoryPath;

/** Paths that tests write down. */
final class TestPaths {

    private TestPaths() {}

    /** The file at a path that is known to be fine. */
    static RepositoryPath path(String path) {
        try {
            return RepositoryPath.parse("/" + path);
        } catch (RefusedPathException e) {
            throw new AssertionError(e);
        }
    }
}
