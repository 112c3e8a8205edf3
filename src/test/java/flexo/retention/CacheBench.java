package flexo.retention;

import flexo.alpm.RepositoryPath;
import flexo.cache.ByDirectory;
import flexo.cache.CacheRoot;
import flexo.cache.OpenFiles;
import flexo.cache.PackageCache;
import flexo.testing.TestPaths;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** A cache directory in the hands of a test: real files; the time begins with the real one, as files carry that. */
final class CacheBench {
    static final String CORE = "core/os/x86_64/";

    final Path root;
    final TestTime time;
    final PackageCache cache;
    final LastUses uses;
    /** Happens before files are claimed. */
    Consumer<Collection<RepositoryPath>> atClaim = paths -> {};

    final OpenFiles openFiles = new OpenFiles() {
        @Override
        public Optional<Claim> claim(Collection<RepositoryPath> paths) {
            atClaim.accept(paths);
            return super.claim(paths);
        }
    };

    final Set<RepositoryPath> listed = new HashSet<>();
    /** Of a disk of a million bytes. */
    long usableBytes = 1_000_000;
    /** Happens when the size of the disk is asked for, which is between two walks. */
    Runnable atMeasuring = () -> {};

    int versionsToKeep = 3;
    Optional<Duration> purgeUnusedAfter = Optional.empty();
    Optional<StorageSize> cacheSizeLimit = Optional.empty();
    Optional<StorageSize> minFree = Optional.empty();
    Map<String, RetentionRules> ofRepositories = Map.of();

    CacheBench(Path root) {
        this(root, startingNow());
    }

    private static TestTime startingNow() {
        TestTime time = new TestTime();
        time.set(Instant.now());
        return time;
    }

    CacheBench(Path root, TestTime time) {
        this(root, time, new PackageCache(root));
    }

    /** A cache that others use, too. */
    CacheBench(CacheRoot root) {
        this(root.directory(), startingNow(), new PackageCache(root));
    }

    private CacheBench(Path root, TestTime time, PackageCache cache) {
        this.root = root;
        this.time = time;
        this.cache = cache;
        uses = new LastUses(notes(), time, time::nanoTime);
    }

    static Optional<StorageSize> bytes(long bytes) {
        return Optional.of(new StorageSize(bytes, 0));
    }

    RetentionSettings settings() {
        RetentionRules usual = new RetentionRules(versionsToKeep, purgeUnusedAfter, OptionalLong.empty());
        return new RetentionSettings(new ByDirectory<>(usual, ofRepositories), cacheSizeLimit, minFree);
    }

    RetentionSweep sweep() {
        return new RetentionSweep(root, cache, settings(), uses, openFiles, listed::contains, () -> {
            atMeasuring.run();
            return new DiskSpace.Space(1_000_000, usableBytes);
        });
    }

    /** Says that files may be removed, though nobody knows who has put them there. */
    Takeover approved() {
        Takeover takeover = new Takeover(root, notes(), uses);
        takeover.approve();
        takeover.save();
        return takeover;
    }

    /** Sweeps once. */
    SweepReport swept() {
        return sweep().sweep(List.of()).report();
    }

    /** A client begins to use a file, and does not end. */
    void use(RepositoryPath path) {
        var unused = openFiles.begin(path);
    }

    Path put(String name, int bytes) {
        try {
            Path file = root.resolve(name);
            Files.createDirectories(file.getParent());
            return Files.write(file, new byte[bytes]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A package in core, with its signature. */
    RepositoryPath put(String nameAndVersion) {
        String name = CORE + nameAndVersion + "-x86_64.pkg.tar.zst";
        put(name, 100);
        put(name + ".sig", 10);
        return TestPaths.path(name);
    }

    /** Where uses are noted: no sweep enters a hidden directory. */
    Path notes() {
        return root.resolve(".notes");
    }

    /** All files below the root, but the last uses. */
    Set<String> files() {
        try (Stream<Path> all = Files.walk(root)) {
            Set<String> names = new TreeSet<>();
            all.filter(path -> !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS))
                    .map(path -> root.relativize(path).toString())
                    .filter(name -> !name.startsWith(".notes/"))
                    .forEach(names::add);
            return names;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The versions of a package in core. */
    Set<String> versions(String name) {
        Set<String> versions = new TreeSet<>();
        for (String file : files()) {
            if (file.startsWith(CORE + name + "-") && file.endsWith(".zst")) {
                String version = file.substring((CORE + name + "-").length()).replace("-x86_64.pkg.tar.zst", "");
                if (version.matches("[^-]+-[^-]+")) {
                    versions.add(version);
                }
            }
        }
        return versions;
    }
}
