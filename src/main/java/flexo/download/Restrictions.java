package flexo.download;

import flexo.alpm.FileKind;
import flexo.alpm.RepositoryPath;
import java.util.List;

/**
 * The files that clients may request: those below one of the directories whose path matches one of the globs.
 *
 * @param directories such as {@code core} or {@code custom_repo/arm}, without leading and trailing slashes; empty
 *     allows all
 * @param globs empty allows all
 */
public record Restrictions(List<String> directories, List<Glob> globs) {
    /** Allows everything. */
    public static final Restrictions NONE = new Restrictions(List.of(), List.of());

    public Restrictions {
        directories = List.copyOf(directories);
        globs = List.copyOf(globs);
    }

    /** Whether a file may be requested; its signature may be, too. */
    boolean allow(RepositoryPath path) {
        if (!directories.isEmpty() && directories.stream().noneMatch(path::isBelow)) {
            return false;
        }
        return globs.isEmpty() || fits(path) || (isSignature(path) && fits(path.signed()));
    }

    private static boolean isSignature(RepositoryPath path) {
        return path.kind() == FileKind.SIGNATURE || path.kind() == FileKind.DATABASE_SIGNATURE;
    }

    private boolean fits(RepositoryPath path) {
        return globs.stream().anyMatch(glob -> glob.fits(path.toString()));
    }
}
