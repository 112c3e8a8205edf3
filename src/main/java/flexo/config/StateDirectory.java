package flexo.config;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The directory of our own state: results of mirror tests, notes about the cache, tokens. It lies outside the served
 * files, and belongs to one cache directory.
 *
 * @param directory absolute; created when a file is written
 * @param systemds whether it comes from systemd
 */
public record StateDirectory(Path directory, boolean systemds) {
    /** The state directory of the original Flexo, and the default of settings for files in it. */
    private static final Path USUAL = Path.of("/var/cache/flexo/state");

    /**
     * Chooses the directory: the state directory from systemd ({@code flexo} in it for a foreign container), else one
     * beside the cache directory, which is {@code /var/cache/flexo/state} for {@code /var/cache/flexo/pkg}, else, if
     * only the cache directory is writable, a hidden one in it, which no request can name.
     *
     * @param environment the environment of the process
     * @param cacheDirectory absolute
     * @param hidden our hidden name in the cache directory
     */
    public static StateDirectory choose(
            Map<String, String> environment, ContainerDirectories container, Path cacheDirectory, String hidden) {
        Optional<Path> systemds = CacheDirectoryChoice.givenBySystemd(environment.get("STATE_DIRECTORY"), container)
                .filter(it -> !liesIn(cacheDirectory, it));
        if (systemds.isPresent()) {
            return new StateDirectory(systemds.get(), true);
        }
        Path beside = cacheDirectory.resolveSibling(
                cacheDirectory.endsWith("pkg")
                        ? CacheDirectoryChoice.STATE
                        : cacheDirectory.getFileName() + "-" + CacheDirectoryChoice.STATE);
        return new StateDirectory(
                CacheDirectoryChoice.canBeWritten(beside)
                        ? beside
                        : cacheDirectory.resolve(hidden).resolve(CacheDirectoryChoice.STATE),
                false);
    }

    /** The path of a file. */
    public Path file(String name) {
        return directory.resolve(name);
    }

    /**
     * The path of a file with a setting of its own: the setting, unless it is in its usual directory and that is not
     * writable or lies below the cache directory, or the state directory comes from systemd.
     *
     * @param set the setting, or its default
     */
    public Path file(Path set, Path cacheDirectory) {
        return file(set, cacheDirectory, USUAL);
    }

    Path file(Path set, Path cacheDirectory, Path usual) {
        boolean isOurs = usual.equals(set.getParent())
                && (systemds || !CacheDirectoryChoice.canBeWritten(usual) || liesIn(cacheDirectory, usual));
        return isOurs ? file(set.getFileName().toString()) : set;
    }

    /** Whether a path is in a directory, or the directory itself. */
    private static boolean liesIn(Path directory, Path path) {
        return ContainerDirectories.realPath(path).startsWith(ContainerDirectories.realPath(directory));
    }
}
