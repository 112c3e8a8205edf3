package flexo.database;

import flexo.alpm.PackageVersion;
import flexo.repository.PackageFile;
import flexo.repository.RepositoryDatabase;
import java.util.HashMap;
import java.util.Map;

/**
 * The age of one state of a database relative to another, by their common packages; the times of mirrors prove nothing.
 */
enum DatabaseAge {
    NEWER,
    OLDER,
    /** No version is lower, but packages are gone, possibly the one built last. */
    LESS,
    /** Their packages do not tell. */
    UNDECIDED;

    /** The age of an offered state. */
    static DatabaseAge of(RepositoryDatabase offered, RepositoryDatabase known) {
        int built = offered.newestBuild().isPresent() && known.newestBuild().isPresent()
                ? offered.newestBuild().get().compareTo(known.newestBuild().get())
                : 0;
        if (built > 0) {
            // No older state lists a package that was built since.
            return NEWER;
        }
        int raised = raised(offered, known);
        if (raised != 0) {
            return raised > 0 ? NEWER : OLDER;
        }
        return built < 0 || isPartOf(offered, known) ? LESS : UNDECIDED;
    }

    private static boolean isPartOf(RepositoryDatabase offered, RepositoryDatabase known) {
        return offered.size() < known.size()
                && offered.files().values().stream()
                        .allMatch(file ->
                                known.file(file.fileName()).filter(file::equals).isPresent());
    }

    /** The number of common packages with a higher version minus those with a lower one. */
    private static int raised(RepositoryDatabase offered, RepositoryDatabase known) {
        Map<String, PackageVersion> versions = new HashMap<>();
        for (PackageFile file : known.files().values()) {
            if (!offered.file(file.fileName())
                    .map(same -> same.version().equals(file.version()))
                    .orElse(false)) {
                versions.merge(file.name(), PackageVersion.of(file.version()), DatabaseAge::later);
            }
        }
        Map<String, PackageVersion> others = new HashMap<>();
        for (PackageFile file : offered.files().values()) {
            if (versions.containsKey(file.name())) {
                others.merge(file.name(), PackageVersion.of(file.version()), DatabaseAge::later);
            }
        }
        return others.entrySet().stream()
                .mapToInt(other -> Integer.signum(other.getValue().compareTo(versions.get(other.getKey()))))
                .sum();
    }

    private static PackageVersion later(PackageVersion one, PackageVersion other) {
        return one.compareTo(other) < 0 ? other : one;
    }
}
