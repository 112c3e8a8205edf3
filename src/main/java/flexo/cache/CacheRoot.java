package flexo.cache;

import flexo.alpm.RepositoryPath;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * The cache directory as one application uses it: whether it may, and under which names.
 *
 * @param directory where it lies; need not be there yet
 * @param mark without it the directory is not used
 * @param instance who uses it
 */
public record CacheRoot(Path directory, CacheMark mark, Instance instance) {
    /** Of an application that starts. */
    public static CacheRoot of(Path directory, CacheMark mark) {
        return new CacheRoot(directory, mark, Instance.in(directory));
    }

    /** A directory that is ours without a mark, and nobody else's. */
    public static CacheRoot alone(Path directory) {
        return new CacheRoot(directory, CacheMark.unneeded(directory), Instance.alone());
    }

    /** Whether anything may be taken from it. */
    boolean isOurs() {
        return mark.isOurs();
    }

    /** The names around a file's place, for what is taken from there. */
    PartNames place(RepositoryPath path) {
        return names(path, "");
    }

    /**
     * The names around a file's place, for what we put there.
     *
     * @throws IOException if the directory is not ours, or cannot be made
     */
    PartNames names(RepositoryPath path) throws IOException {
        mark.demand();
        return names(path, instance.tag());
    }

    /** The names that another instance uses. */
    PartNames names(RepositoryPath path, String tag) {
        try {
            return new PartNames(directory, directory.resolve(path.toString()), tag);
        } catch (InvalidPathException e) {
            // Happens where the locale's file names cannot hold the path's characters.
            throw new IllegalArgumentException("'" + path + "' cannot be a file name on this system", e);
        }
    }
}
