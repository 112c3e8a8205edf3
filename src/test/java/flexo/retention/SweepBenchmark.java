package flexo.retention;

import flexo.alpm.RepositoryPath;
import flexo.cache.ByDirectory;
import flexo.cache.OpenFiles;
import flexo.cache.PackageCache;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Measures sweeps of many files, and prints rows of a table; src/test/scripts/benchmark-sweep runs it. */
final class SweepBenchmark {
    private static final int VERSIONS = 4;
    private static final long PACKAGE_BYTES = 64;

    private final Path root;
    private final int directories;
    private final LastUses uses;

    private SweepBenchmark(Path root, int directories) {
        this.root = root;
        this.directories = directories;
        this.uses = new LastUses(root.resolve(".notes"), InstantSource.system(), System::nanoTime);
    }

    /**
     * Measures.
     *
     * @param arguments an empty directory, the number of files, the number of directories they lie in
     */
    public static void main(String[] arguments) throws Exception {
        // One line for each removal is a matter of the disk of the log.
        Logger.getLogger("flexo").setLevel(Level.WARNING);
        int files = Integer.parseInt(arguments[1]);
        SweepBenchmark benchmark = new SweepBenchmark(Path.of(arguments[0]), Integer.parseInt(arguments[2]));
        benchmark.fill(files / 2 / VERSIONS);
        Optional<Duration> never = Optional.empty();
        benchmark.measure("nothing goes", 0, never, Long.MAX_VALUE);
        benchmark.measure("one version of four goes", 3, never, Long.MAX_VALUE);
        benchmark.measure("a third goes to make room", 3, never, files / 2 * (PACKAGE_BYTES + 10) / 2);
    }

    private void fill(int packages) throws Exception {
        for (int i = 0; i < packages; i++) {
            Path directory = directory(i % directories);
            Files.createDirectories(directory);
            for (int version = 1; version <= VERSIONS; version++) {
                String name = "some-usual-package-" + i + "-1." + version + ".0-1-x86_64.pkg.tar.zst";
                Files.write(directory.resolve(name), new byte[(int) PACKAGE_BYTES]);
                Files.write(directory.resolve(name + ".sig"), new byte[10]);
                if (i % 2 == 0) {
                    uses.used(RepositoryPath.ofDecoded(
                            root.relativize(directory.resolve(name)).toString()));
                }
            }
        }
    }

    private Path directory(int number) {
        return root.resolve("repository" + number + "/os/x86_64");
    }

    private void measure(String what, int versions, Optional<Duration> purge, long limit) throws IOException {
        RetentionSweep sweep = new RetentionSweep(
                root,
                new PackageCache(root),
                new RetentionSettings(
                        ByDirectory.all(new RetentionRules(versions, purge, OptionalLong.empty())),
                        CacheBench.bytes(limit),
                        Optional.empty()),
                uses,
                new OpenFiles(),
                path -> false,
                DiskSpace.of(root));
        System.gc();
        List<MemoryPoolMXBean> heap = ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .toList();
        heap.forEach(MemoryPoolMXBean::resetPeakUsage);
        long begun = System.nanoTime();
        SweepReport report = sweep.sweep(List.of()).report();
        double seconds = (System.nanoTime() - begun) / 1e9;
        uses.save();
        long peak =
                heap.stream().mapToLong(pool -> pool.getPeakUsage().getUsed()).sum();
        long removed = report.counts().values().stream()
                .mapToLong(RemovalCounts.Count::files)
                .sum();
        System.out.printf(
                Locale.ROOT,
                "| %d | %s | %.1f | %d | %d | %.1f |%n",
                directories,
                what,
                seconds,
                removed,
                report.files(),
                peak / 1048576.0);
    }
}
