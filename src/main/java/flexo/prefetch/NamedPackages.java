package flexo.prefetch;

import flexo.alpm.RefusedPathException;
import flexo.alpm.RepositoryPath;
import flexo.cache.Generations;
import flexo.cache.PackageCache;
import flexo.repository.DatabaseReading;
import flexo.repository.NotADatabaseException;
import flexo.repository.PackageRelations;
import flexo.repository.UnreadableCompressionException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Finds package files by package name. The relations of packages are read from the databases on disk each time, which
 * is cheaper than keeping them in memory for this rare case.
 */
public final class NamedPackages {
    private static final Logger LOG = Logger.getLogger(NamedPackages.class.getName());
    private static final String WHY = "it was asked for by name";

    private final Generations generations;
    private final DatabaseReading reading;
    private final PackageCache cache;
    private final Supplier<PrefetchSettings> settings;

    /**
     * Finds packages in this cache.
     *
     * @param generations the databases
     * @param reading reads the databases
     * @param settings the size limit
     */
    public NamedPackages(
            Generations generations, DatabaseReading reading, PackageCache cache, Supplier<PrefetchSettings> settings) {
        this.generations = generations;
        this.reading = reading;
        this.cache = cache;
        this.settings = settings;
    }

    /**
     * The result.
     *
     * @param wanted the packages to fetch
     * @param answer the whole answer for the caller
     * @param undecided unknown names that may yet be found, because not all databases could be read
     */
    record Found(List<Wanted> wanted, PrefetchAnswer answer, List<String> undecided) {}

    /**
     * The contents of the databases.
     *
     * @param byDirectory the packages by directory of the repository
     * @param complete whether there are databases, and all of them could be read
     */
    private record Listed(Map<String, List<PackageRelations>> byDirectory, boolean complete) {}

    /**
     * Finds packages by name; takes a few hundred milliseconds per database.
     *
     * @param databases the databases to search
     * @param dependencies whether to include dependencies
     */
    Found find(Collection<RepositoryPath> databases, Collection<String> names, boolean dependencies) {
        Listed listed = read(databases);
        PackageNames.Resolution resolution = new PackageNames(listed.byDirectory()).resolve(names, dependencies);
        List<Wanted> wanted = new ArrayList<>();
        List<String> fetching = new ArrayList<>();
        List<String> present = new ArrayList<>();
        List<String> tooLarge = new ArrayList<>();
        for (PackageNames.Found found : resolution.found()) {
            Optional<RepositoryPath> path = path(found);
            if (path.isEmpty()) {
                continue;
            }
            OptionalLong sizeLimitBytes = settings.get().sizeLimitBytes();
            String shown = path.get().toString();
            if (cache.find(path.get()).isPresent()) {
                present.add(shown);
            } else if (sizeLimitBytes.isPresent() && found.relations().sizeBytes() > sizeLimitBytes.getAsLong()) {
                tooLarge.add(shown);
            } else {
                fetching.add(shown);
                wanted.add(new Wanted(path.get(), found.relations().sizeBytes(), WHY, Optional.empty()));
            }
        }
        List<String> unknown = resolution.unknown();
        return new Found(
                wanted,
                new PrefetchAnswer(fetching, present, tooLarge, unknown),
                listed.complete() ? List.of() : unknown);
    }

    private Listed read(Collection<RepositoryPath> databases) {
        Map<String, List<PackageRelations>> byDirectory = new HashMap<>();
        boolean complete = !databases.isEmpty();
        for (RepositoryPath database : databases) {
            try {
                byDirectory
                        .computeIfAbsent(database.directory(), directory -> new ArrayList<>())
                        .addAll(reading.relations(generations.file(database)));
            } catch (IOException | NotADatabaseException | UnreadableCompressionException e) {
                complete = false;
                LOG.log(Level.WARNING, "{0}: names are not looked up in it, as it cannot be read: {1}", new Object[] {
                    database, e.getMessage()
                });
            }
        }
        return new Listed(byDirectory, complete);
    }

    private static Optional<RepositoryPath> path(PackageNames.Found found) {
        String fileName = found.relations().fileName();
        try {
            return Optional.of(RepositoryPath.ofDecoded(
                    found.directory().isEmpty() ? fileName : found.directory() + "/" + fileName));
        } catch (RefusedPathException e) {
            // No client can request it.
            return Optional.empty();
        }
    }
}
