package flexo.repository;

import flexo.alpm.RepositoryPath;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The package files that the databases of all repositories list: a database speaks for the directory it lies in.
 *
 * <p>A directory may have several databases, or one under several names. Safe for threads.
 */
public final class KnownPackages {
    /** By directory, then by the database's file name. */
    private final ConcurrentMap<String, Map<String, Known>> byDirectory = new ConcurrentHashMap<>();

    private final AtomicLong count = new AtomicLong();

    /** What a database says, and which of all states that were taken in it is. */
    private record Known(long number, RepositoryDatabase database) {}

    /** None yet. */
    public KnownPackages() {}

    /** Takes a database in, in place of its former state. */
    public void put(RepositoryPath database, RepositoryDatabase contents) {
        databasesOf(database).put(database.fileName(), new Known(count.incrementAndGet(), contents));
    }

    /** Takes in what was read from disk, unless a newer state has come meanwhile. */
    public void putIfAbsent(RepositoryPath database, RepositoryDatabase contents) {
        databasesOf(database).putIfAbsent(database.fileName(), new Known(count.incrementAndGet(), contents));
    }

    private Map<String, Known> databasesOf(RepositoryPath database) {
        return byDirectory.computeIfAbsent(database.directory(), directory -> new ConcurrentHashMap<>());
    }

    /** What a database beside the file says of it; of several, the one that was taken in last. Empty if none lists it. */
    public Optional<PackageFile> file(RepositoryPath path) {
        return byDirectory.getOrDefault(path.directory(), Map.of()).values().stream()
                .sorted(Comparator.comparingLong(Known::number).reversed())
                .flatMap(known -> known.database().file(path.fileName()).stream())
                .findFirst();
    }

    /** The directories of which a database is known, in the order of the paths of their files. */
    public List<String> directories() {
        return byDirectory.keySet().stream()
                .sorted(Comparator.comparing(directory -> directory + "/"))
                .toList();
    }

    /** The names of the package files that the databases of a directory list, whether they are cached or not, in order. */
    public SortedSet<String> listed(String directory) {
        SortedSet<String> listed = new TreeSet<>();
        byDirectory
                .getOrDefault(directory, Map.of())
                .values()
                .forEach(known -> listed.addAll(known.database().files().keySet()));
        return listed;
    }
}
