package flexo.download;

import flexo.alpm.RepositoryPath;
import java.util.Optional;

/** Tells a download the expected properties of its package file. */
public interface ExpectedFiles {
    /** The properties known now; empty if the databases beside the file have not been read yet. Never blocks. */
    Optional<ExpectedFile> known(RepositoryPath path);

    /** The properties after reading the databases beside the file, which may block on the disk. */
    ExpectedFile learned(RepositoryPath path);

    /** Knows no file. */
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
