package flexo.config;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Where is remembered what clients have no business with: results of mirror tests, notes about the cache, tokens. It lies
 * outside of what is served, and belongs to one cache directory.
 *
 * @param directory absolute; it is made when something is put there
 * @param systemds whether systemd gives it
 */
public record StateDirectory(Path directory, boolean systemds) {
    /** Where Flexo keeps its own state, and the settings of files in it by default. */
    private static final Path USUAL = Path.of("/var/cache/flexo/state");

    /**
     * Chooses: the directory systemd gives the service for state ({@code flexo} in it, if that is a foreign container's), else
     * one beside the cache directory, which is {@code /var/cache/flexo/state} for {@code /var/cache/flexo/pkg}, else, where
     * nothing but the cache directory can be written to, a hidden one in it, which no request can name.
     *
     * @param environment of the process
     * @param cacheDirectory absolute
     * @param hidden a name in the cache directory that is ours and hidden
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

    /** The place of a file. */
    public Path file(String name) {
        return directory.resolve(name);
    }

    /**
     * The place of a file with a setting of its own: as it is set, unless it is in its usual directory and that cannot be
     * written to or lies where clients are served from, or systemd gives one.
     *
     * @param set the setting, which is the usual file if nothing was set
     */
    public Path file(Path set, Path cacheDirectory) {
        return file(set, cacheDirectory, USUAL);
    }

    Path file(Path set, Path cacheDirectory, Path usual) {
        boolean isOurs = usual.equals(set.getParent())
                && (systemds || !CacheDirectoryChoice.canBeWritten(usual) || liesIn(cacheDirectory, usual));
        return isOurs ? file(set.getFileName().toString()) : set;
    }

    /** Whether a path leads into a directory, or to it. */
    private static boolean liesIn(Path directory, Path path) {
        return ContainerDirectories.realPath(path).startsWith(ContainerDirectories.realPath(directory));
    }
}
