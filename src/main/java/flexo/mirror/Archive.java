package flexo.mirror;

import flexo.alpm.RepositoryPath;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The archive of old packages and repository states.
 *
 * @param days its base URL, below which {@code yyyy/mm/dd/} contains the official repositories of that day
 * @param pool the pool of all packages, asked for those that no mirror has; empty to ask none
 */
public record Archive(Mirror days, Optional<Mirror> pool) {
    /** The first segment of all its paths for clients; the archive itself does not use it. */
    public static final String DIRECTORY = "archive";

    private static final Pattern DAY = Pattern.compile(DIRECTORY + "/\\d{4}/\\d{2}/\\d{2}/.+");

    /** Whether a path belongs to an archived day: nothing there ever changes, not even databases. */
    public static boolean isOfDay(RepositoryPath path) {
        return DAY.matcher(path.toString()).matches();
    }
}
