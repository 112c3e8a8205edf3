package flexo.mirror;

import flexo.alpm.RepositoryPath;
import java.util.OptionalLong;

/** Tells the choice of a mirror the size of a file before a mirror is asked. */
@FunctionalInterface
public interface FileSizes {

    /** The size in bytes; empty if unknown. Never blocks. */
    OptionalLong sizeBytes(RepositoryPath path);

    /** Knows no sizes. */
    static FileSizes unknown() {
        return path -> OptionalLong.empty();
    }
}
