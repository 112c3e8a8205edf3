package flexo.app;

import flexo.alpm.RepositoryPath;
import flexo.mirror.FileSizes;
import flexo.repository.KnownPackages;
import flexo.repository.PackageFile;
import java.util.OptionalLong;

/** The package sizes listed in databases, for the choice of mirrors. */
record ListedSizes(KnownPackages packages) implements FileSizes {
    @Override
    public OptionalLong sizeBytes(RepositoryPath path) {
        return packages.fileInMemory(path).stream()
                .mapToLong(PackageFile::sizeBytes)
                .filter(size -> size > 0)
                .findFirst();
    }
}
