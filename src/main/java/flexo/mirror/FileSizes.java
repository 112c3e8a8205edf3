package flexo.mirror;

import flexo.alpm.RepositoryPath;
import java.util.OptionalLong;

/** The port through which the choice of a mirror learns how large a file is before anybody was asked for it. */
@FunctionalInterface
public interface FileSizes {

    /** The size in bytes; empty if it is not known. Does not block. */
    OptionalLong sizeBytes(RepositoryPath path);

    /** Knows nothing. */
    static FileSizes unknown() {
        return path -> OptionalLong.empty();
    }
}
