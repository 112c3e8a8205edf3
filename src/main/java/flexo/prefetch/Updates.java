package flexo.prefetch;

import flexo.alpm.PackageFileName;
import flexo.alpm.RefusedPathException;
import flexo.alpm.RepositoryPath;
import flexo.cache.DiskFailure;
import flexo.repository.KnownPackages;
import flexo.repository.PackageFile;
import flexo.retention.LastUses;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Finds newer versions of the packages that clients use, by comparing the databases with the cache.
 *
 * <p>Reads each directory with a known database once, and keeps one entry per package.
 */
public final class Updates {
    private static final Logger LOG = Logger.getLogger(Updates.class.getName());

    private final Path root;
    private final KnownPackages packages;
    private final LastUses uses;
    private final Function<String, Duration> unusedAfter;
    private final Supplier<PrefetchSettings> settings;

    /**
     * Finds updates for this cache.
     *
     * @param root the cache directory
     * @param packages the contents of the databases
     * @param uses the last uses
     * @param unusedAfter the time for which a package counts as used, by directory
     * @param settings the size limit
     */
    public Updates(
            Path root,
            KnownPackages packages,
            LastUses uses,
            Function<String, Duration> unusedAfter,
            Supplier<PrefetchSettings> settings) {
        this.root = root;
        this.packages = packages;
        this.uses = uses;
        this.unusedAfter = unusedAfter;
        this.settings = settings;
    }

    /** The package files to be fetched now, sorted by path; reads the disk. */
    List<Wanted> find() {
        List<Wanted> found = new ArrayList<>();
        for (String directory : packages.currentDirectories()) {
            try {
                found.addAll(find(directory, cached(directory)));
            } catch (NoSuchFileException | NotDirectoryException e) {
                // Nothing is cached there.
                LOG.log(Level.FINE, "{0} is not there", root.resolve(directory));
            } catch (IOException e) {
                LOG.log(
                        Level.WARNING,
                        root.resolve(directory) + " cannot be read; nothing is prefetched into it: "
                                + DiskFailure.reason(e));
            }
        }
        return found;
    }

    /** By name, one entry for each architecture. */
    private Map<String, List<CachedPackage>> cached(String directory) throws IOException {
        Map<String, List<CachedPackage>> byName = new HashMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(root.resolve(directory))) {
            for (Path file : files) {
                String fileName = file.getFileName().toString();
                PackageFileName.parse(fileName)
                        .flatMap(name ->
                                path(directory, fileName).map(uses::lastUse).map(use -> CachedPackage.of(name, use)))
                        .ifPresent(one -> add(byName.computeIfAbsent(one.name(), any -> new ArrayList<>(1)), one));
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return byName;
    }

    private static void add(List<CachedPackage> sameName, CachedPackage one) {
        for (int i = 0; i < sameName.size(); i++) {
            if (sameName.get(i).arch().equals(one.arch())) {
                sameName.set(i, sameName.get(i).and(one));
                return;
            }
        }
        sameName.add(one);
    }

    private Collection<Wanted> find(String directory, Map<String, List<CachedPackage>> cached) {
        PrefetchPolicy policy = new PrefetchPolicy(
                uses.now(), unusedAfter.apply(directory), settings.get().sizeLimitBytes());
        Map<String, Candidate> newest = new HashMap<>();
        for (String fileName : packages.listed(directory)) {
            Optional<PackageFileName> name = PackageFileName.parse(fileName);
            List<CachedPackage> sameName =
                    name.map(PackageFileName::name).map(cached::get).orElse(List.of());
            Optional<RepositoryPath> path = sameName.isEmpty() ? Optional.empty() : path(directory, fileName);
            if (path.isEmpty()) {
                continue;
            }
            long sizeBytes =
                    packages.file(path.get()).map(PackageFile::sizeBytes).orElse(PackageFile.UNKNOWN_SIZE);
            switch (policy.judge(name.get(), sizeBytes, sameName)) {
                case FETCH ->
                    // A directory may contain two databases.
                    newest.merge(
                            name.get().name() + ' ' + name.get().arch(),
                            new Candidate(name.get(), wanted(path.get(), name.get(), sizeBytes, sameName)),
                            Candidate::newer);
                case TOO_LARGE ->
                    LOG.log(Level.FINE, "{0}: not prefetched, as its {1} bytes are above the limit", new Object[] {
                        path.get(), String.valueOf(sizeBytes)
                    });
                case NOT_USED, NOT_NEWER -> {
                    // The usual case.
                }
            }
        }
        return newest.values().stream()
                .map(Candidate::wanted)
                .sorted((one, other) ->
                        one.path().toString().compareTo(other.path().toString()))
                .toList();
    }

    private record Candidate(PackageFileName name, Wanted wanted) {
        Candidate newer(Candidate other) {
            return name.version().compareTo(other.name.version()) >= 0 ? this : other;
        }
    }

    private Wanted wanted(RepositoryPath path, PackageFileName listed, long sizeBytes, List<CachedPackage> sameName) {
        CachedPackage before = sameName.stream()
                .filter(it -> it.isSamePackageAs(listed))
                .reduce(CachedPackage::and)
                .orElseThrow();
        String why = "clients use " + before.name() + ", last on "
                + uses.onTheClock(before.used().orElseThrow()) + ", of which "
                + before.newest() + " is cached and the database lists " + listed.version();
        return new Wanted(path, sizeBytes, why, before.used());
    }

    private static Optional<RepositoryPath> path(String directory, String fileName) {
        try {
            return Optional.of(RepositoryPath.ofDecoded(directory.isEmpty() ? fileName : directory + "/" + fileName));
        } catch (RefusedPathException e) {
            // No client can request it.
            return Optional.empty();
        }
    }
}
