package flexo.download;

import flexo.alpm.FileKind;
import flexo.alpm.RepositoryPath;
import java.util.List;

/**
 * What clients may ask for: files that lie below one of the directories, and whose path one of the globs fits.
 *
 * @param directories such as {@code core} or {@code custom_repo/arm}, without slashes at the ends; if there is none, all
 * @param globs if there is none, all
 */
public record Restrictions(List<String> directories, List<Glob> globs) {
    /** Everything. */
    public static final Restrictions NONE = new Restrictions(List.of(), List.of());

    /** Copies the lists. */
    public Restrictions {
        directories = List.copyOf(directories);
        globs = List.copyOf(globs);
    }

    /** Whether a file may be asked for; the signature of one that may, may too. */
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
