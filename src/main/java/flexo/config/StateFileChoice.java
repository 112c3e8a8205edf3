package flexo.config;

import java.nio.file.Path;

/**
 * Where a file lies in which something is remembered from one start to the next.
 *
 * <p>The usual directory belongs to a service; whoever just runs the WAR cannot write there, and should not lose what was
 * learned for it.
 */
public final class StateFileChoice {
    private static final Path USUAL_DIRECTORY = Path.of("/var/cache/flexo/state");

    private StateFileChoice() {}

    /**
     * Chooses: the file as it is set, unless it is in its usual directory and that cannot be written to; then one of the
     * same name below the container's base.
     *
     * @param set the setting, which is the usual file if nothing was set
     * @param containerBase a directory the container may write to
     */
    public static Path choose(Path set, Path containerBase) {
        return choose(set, containerBase, USUAL_DIRECTORY);
    }

    static Path choose(Path set, Path containerBase, Path usualDirectory) {
        if (!usualDirectory.equals(set.getParent()) || CacheDirectoryChoice.canBeWritten(usualDirectory)) {
            return set;
        }
        return containerBase.toAbsolutePath().resolve("flexo-state").resolve(set.getFileName());
    }
}
