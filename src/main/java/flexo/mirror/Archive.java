package flexo.mirror;

import flexo.alpm.RepositoryPath;
import java.util.regex.Pattern;

/** The paths of the archive: {@code archive/yyyy/mm/dd/} and what the official repositories were on that day. */
public final class Archive {
    /** The first segment of all its paths; it is not known to the archive itself. */
    public static final String DIRECTORY = "archive";

    private static final Pattern DAY = Pattern.compile(DIRECTORY + "/\\d{4}/\\d{2}/\\d{2}/.+");

    private Archive() {}

    /** Whether a path is of the archive, and of a certain day: what lies there never changes, databases included. */
    public static boolean isOfDay(RepositoryPath path) {
        return DAY.matcher(path.toString()).matches();
    }
}
