package flexo.prefetch;

import flexo.repository.PackageRelations;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Resolves package names against repositories. Pure.
 *
 * <p>A name matches a package, or else a package that provides it; the first repository with a match wins. Since the
 * order in {@code pacman.conf} is unknown, Arch's own repositories come first, in their usual order, and testing
 * repositories last. Version constraints are ignored: the packages of a repository fit together.
 */
final class PackageNames {
    private static final List<String> OFFICIAL = List.of("core", "extra", "multilib");
    private static final Comparator<String> ORDER = Comparator.<String, Boolean>comparing(PackageNames::isForTesting)
            .thenComparing(PackageNames::rank)
            .thenComparing(directory -> directory);

    /** A package in its repository's directory. */
    record Found(String directory, PackageRelations relations) {}

    /**
     * The resolved names.
     *
     * @param found the packages without duplicates
     * @param unknown names that no repository has
     */
    record Resolution(List<Found> found, List<String> unknown) {}

    private final Map<String, Found> byName = new HashMap<>();
    private final Map<String, Found> byProvided = new HashMap<>();

    /** Resolves against these repositories, by directory. */
    PackageNames(Map<String, List<PackageRelations>> repositories) {
        SortedMap<String, List<PackageRelations>> inOrder = new TreeMap<>(ORDER);
        inOrder.putAll(repositories);
        inOrder.forEach((directory, packages) -> {
            for (PackageRelations one : packages) {
                Found found = new Found(directory, one);
                byName.putIfAbsent(one.name(), found);
                one.provides().forEach(provided -> byProvided.putIfAbsent(nameIn(provided), found));
            }
        });
    }

    /** Resolves names, and optionally their dependencies, recursively. */
    Resolution resolve(Collection<String> names, boolean dependencies) {
        Map<String, Found> found = new LinkedHashMap<>();
        Set<String> unknown = new LinkedHashSet<>();
        Set<String> provided = new LinkedHashSet<>();
        Set<String> asked = Set.copyOf(names);
        Set<String> seen = new LinkedHashSet<>(names);
        Deque<String> open = new ArrayDeque<>(seen);
        while (!open.isEmpty()) {
            String name = open.remove();
            Found one = byName.getOrDefault(name, byProvided.get(name));
            // A provider that is fetched anyway is good enough, but an explicitly named package is meant literally.
            boolean dispensable = provided.contains(name) && !(asked.contains(name) && byName.containsKey(name));
            if (one == null) {
                unknown.add(name);
            } else if (!dispensable && found.putIfAbsent(one.relations().name(), one) == null) {
                one.relations().provides().forEach(it -> provided.add(nameIn(it)));
                if (dependencies) {
                    one.relations().depends().stream()
                            .map(PackageNames::nameIn)
                            .filter(seen::add)
                            .forEach(open::add);
                }
            }
        }
        return new Resolution(List.copyOf(found.values()), List.copyOf(unknown));
    }

    /** The name in a dependency or provision, without the version. */
    private static String nameIn(String relation) {
        int end = 0;
        while (end < relation.length() && "<>=".indexOf(relation.charAt(end)) < 0) {
            end++;
        }
        return relation.substring(0, end);
    }

    private static boolean isForTesting(String directory) {
        String repository = repository(directory);
        return repository.endsWith("testing") || repository.endsWith("staging") || repository.endsWith("unstable");
    }

    private static int rank(String directory) {
        int rank = OFFICIAL.indexOf(repository(directory));
        return rank < 0 ? OFFICIAL.size() : rank;
    }

    private static String repository(String directory) {
        int slash = directory.indexOf('/');
        return slash < 0 ? directory : directory.substring(0, slash);
    }
}
