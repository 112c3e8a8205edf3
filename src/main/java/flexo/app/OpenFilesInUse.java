package flexo.app;

import flexo.alpm.RepositoryPath;
import flexo.download.OpenFiles;
import flexo.retention.FilesInUse;
import java.util.Collection;

/** What the sweeps must leave alone: the files that downloads write and clients read. */
record OpenFilesInUse(OpenFiles openFiles) implements FilesInUse {
    @Override
    public boolean inUse(RepositoryPath path) {
        return openFiles.contains(path);
    }

    @Override
    public boolean claim(Collection<RepositoryPath> paths) {
        return openFiles.claim(paths);
    }

    @Override
    public void release(Collection<RepositoryPath> paths) {
        openFiles.release(paths);
    }
}
