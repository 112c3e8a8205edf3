package flexo.mirror;

import flexo.alpm.RepositoryPath;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where old packages and old states of repositories are to be had.
 *
 * @param days below it lies {@code yyyy/mm/dd/} and what the official repositories were on that day
 * @param pool of all packages, from which one that no mirror has is fetched; empty if it is not
 */
public record Archive(Mirror days, Optional<Mirror> pool) {
    /** The first segment of all its paths; it is not known to the archive itself. */
    public static final String DIRECTORY = "archive";

    private static final Pattern DAY = Pattern.compile(DIRECTORY + "/\\d{4}/\\d{2}/\\d{2}/.+");

    /** Whether a path is of the archive, and of a certain day: what lies there never changes, databases included. */
    public static boolean isOfDay(RepositoryPath path) {
        return DAY.matcher(path.toString()).matches();
    }
}
