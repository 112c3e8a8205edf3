package flexo.cache;

import flexo.alpm.RepositoryPath;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * The cache directory as one application uses it.
 *
 * @param directory its path; need not exist yet
 * @param mark the permission to use it
 * @param instance the application
 */
public record CacheRoot(Path directory, CacheMark mark, Instance instance) {
    /** The cache directory of an application that starts. */
    public static CacheRoot of(Path directory, CacheMark mark) {
        return new CacheRoot(directory, mark, Instance.in(directory));
    }

    /** A directory that is ours without a mark, and not shared. */
    public static CacheRoot alone(Path directory) {
        return new CacheRoot(directory, CacheMark.unneeded(directory), Instance.alone());
    }

    /** Whether it may be read. */
    boolean isOurs() {
        return mark.isOurs();
    }

    /** The names around a file's path, for reading. */
    PartNames place(RepositoryPath path) {
        return names(path, "");
    }

    /**
     * The names around a file's path, for writing.
     *
     * @throws IOException if the directory is not ours, or cannot be created
     */
    PartNames names(RepositoryPath path) throws IOException {
        mark.demand();
        return names(path, instance.tag());
    }

    /** The names of another instance. */
    PartNames names(RepositoryPath path, String tag) {
        try {
            return new PartNames(directory, directory.resolve(path.toString()), tag);
        } catch (InvalidPathException e) {
            // The locale's file names cannot represent the path's characters.
            throw new IllegalArgumentException("'" + path + "' cannot be a file name on this system", e);
        }
    }
}
