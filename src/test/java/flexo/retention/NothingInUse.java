package flexo.retention;

import flexo.alpm.RepositoryPath;
import java.util.Collection;

/** A cache that nobody asks anything of. */
record NothingInUse() implements FilesInUse {
    @Override
    public boolean inUse(RepositoryPath path) {
        return false;
    }

    @Override
    public boolean claim(Collection<RepositoryPath> paths) {
        return true;
    }

    @Override
    public void release(Collection<RepositoryPath> paths) {
        // Nobody waits.
    }
}
