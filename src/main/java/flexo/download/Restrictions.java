package flexo.download;

import flexo.alpm.FileKind;
import flexo.alpm.RepositoryPath;
import java.nio.file.FileSystems;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;

/** What clients may ask for. Immutable. */
public final class Restrictions {
    private final List<String> directories;
    private final List<PathMatcher> globs;

    /**
     * Files that lie below one of the directories, and whose path one of the globs fits.
     *
     * @param directories such as {@code core} or {@code custom_repo/arm}; if there is none, all
     * @param globs as {@link java.nio.file.FileSystem#getPathMatcher} reads them; if there is none, all
     */
    public Restrictions(List<String> directories, List<String> globs) {
        this.directories = List.copyOf(directories);
        this.globs = globs.stream()
                .map(glob -> FileSystems.getDefault().getPathMatcher("glob:" + glob))
                .toList();
    }

    /** Everything. */
    public static Restrictions none() {
        return new Restrictions(List.of(), List.of());
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
        try {
            Path relative = Path.of(path.toString());
            return globs.stream().anyMatch(glob -> glob.matches(relative));
        } catch (InvalidPathException e) {
            // It cannot be a file here, so it is none that was meant.
            return false;
        }
    }
}
