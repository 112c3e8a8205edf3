package flexo.config;

import java.util.List;

/**
 * What clients may ask for.
 *
 * @param repositories the first directories of paths that are served, such as {@code core} or {@code custom_repo/arm};
 *     without slashes at the ends; empty means all
 * @param paths globs of paths without a leading slash, as {@link java.nio.file.FileSystem#getPathMatcher} reads them; empty
 *     means all
 */
public record Restrictions(List<String> repositories, List<String> paths) {
    /** Copies the lists. */
    public Restrictions {
        repositories = List.copyOf(repositories);
        paths = List.copyOf(paths);
    }
}
