package flexo.download;

import flexo.alpm.RepositoryPath;
import java.util.Optional;

/** The port through which a download learns what its package file must be. */
public interface ExpectedFiles {
    /** What is known at this moment; empty if the databases beside it have not been read yet. Never blocks. */
    Optional<ExpectedFile> known(RepositoryPath path);

    /** What is known once the databases beside the file have been read, which may block on the disk. */
    ExpectedFile learned(RepositoryPath path);

    /** Nothing is known of any file. */
    static ExpectedFiles none() {
        return new ExpectedFiles() {
            @Override
            public Optional<ExpectedFile> known(RepositoryPath path) {
                return Optional.of(ExpectedFile.UNKNOWN);
            }

            @Override
            public ExpectedFile learned(RepositoryPath path) {
                return ExpectedFile.UNKNOWN;
            }
        };
    }
}
