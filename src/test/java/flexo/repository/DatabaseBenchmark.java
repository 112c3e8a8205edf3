package flexo.repository;

import com.sun.management.ThreadMXBean;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Measures what it costs to prove and to read databases, and prints the table of {@code docs/benchmarks-databases.md}.
 *
 * <p>Started by {@code src/test/scripts/benchmark-databases}. Each figure is the median of several rounds; two rounds
 * before them warm everything up and are not counted.
 */
final class DatabaseBenchmark {
    private static final int ROUNDS = 9;
    private static final int WARM_UP_ROUNDS = 2;
    private static final int PACKAGES = 14_000;
    private static final int BOMB_BYTES = 1 << 30;

    private static final ThreadMXBean ALLOCATION = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final Path folder;

    private DatabaseBenchmark(Path folder) {
        this.folder = folder;
    }

    /**
     * Measures and prints.
     *
     * @param arguments the folder to work in
     */
    public static void main(String[] arguments) throws Exception {
        DatabaseBenchmark benchmark = new DatabaseBenchmark(Path.of(arguments[0]));
        System.out.println("| what | file MiB | median ms | MB/s of the file | allocated MiB |");
        System.out.println("| --- | ---: | ---: | ---: | ---: |");
        benchmark.run();
    }

    private interface Round {
        void run() throws Exception;
    }

    private void run() throws Exception {
        byte[] archive = archive();
        System.out.printf(Locale.ROOT, "| (the archive inside: %.1f MiB) | | | | |%n", archive.length / 1048576.0);
        Path largest = null;
        for (Packed packed : new Packed[] {Packed.GZIP, Packed.ZSTD, Packed.XZ}) {
            Path file = Files.write(folder.resolve("extra-" + packed + ".db"), packed.pack(archive));
            largest = largest == null ? file : largest;
            measure("read " + PACKAGES + " packages, " + packed.name().toLowerCase(Locale.ROOT), file, () -> {
                if (DatabaseReader.read(file, DatabaseLimits.usual()).size() != PACKAGES) {
                    throw new IllegalStateException("packages are missing");
                }
            });
        }
        Path database = largest;
        measure("read what they provide and depend on, gzip", database, () -> {
            if (DatabaseReader.relations(database, DatabaseLimits.usual()).size() != PACKAGES) {
                throw new IllegalStateException("packages are missing");
            }
        });
        measure("hash the gzip one, SHA-256", database, () -> {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] buffer = new byte[64 << 10];
            try (InputStream bytes = Files.newInputStream(database)) {
                int count = bytes.read(buffer);
                while (count >= 0) {
                    digest.update(buffer, 0, count);
                    count = bytes.read(buffer);
                }
            }
            digest.digest();
        });
        for (Packed packed : new Packed[] {Packed.GZIP, Packed.ZSTD, Packed.XZ}) {
            String word = packed.name().toLowerCase(Locale.ROOT);
            refuse("refuse 1 GiB of zeros, " + word, bomb(packed, "zeros", new byte[0]));
            byte[] list = new TarText()
                    .header("a-1-1/files", TarText.FILE, TarText.octal(1L << 32))
                    .unfinished();
            refuse("refuse 1 GiB of zeros as a file list, " + word, bomb(packed, "list", list));
        }
        System.out.printf(
                Locale.ROOT, "| kept of %d packages | | | | %.1f |%n", PACKAGES, keptBytes(database) / 1048576.0);
    }

    private static void refuse(String what, Path bomb) throws Exception {
        measure(what, bomb, () -> {
            try {
                throw new IllegalStateException(DatabaseReader.read(bomb, DatabaseLimits.usual()) + " in a bomb");
            } catch (NotADatabaseException asItShould) {
                // This is what takes the time.
            }
        });
    }

    private static void measure(String what, Path file, Round round) throws Exception {
        for (int i = 0; i < WARM_UP_ROUNDS; i++) {
            round.run();
        }
        double[] millis = new double[ROUNDS];
        double[] allocated = new double[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) {
            long before = ALLOCATION.getCurrentThreadAllocatedBytes();
            long start = System.nanoTime();
            round.run();
            millis[i] = (System.nanoTime() - start) / 1e6;
            allocated[i] = (ALLOCATION.getCurrentThreadAllocatedBytes() - before) / 1048576.0;
        }
        Arrays.sort(millis);
        Arrays.sort(allocated);
        double median = millis[ROUNDS / 2];
        System.out.printf(
                Locale.ROOT,
                "| %s | %.2f | %.1f (%.1f–%.1f) | %.0f | %.1f |%n",
                what,
                Files.size(file) / 1048576.0,
                median,
                millis[0],
                millis[ROUNDS - 1],
                Files.size(file) / 1e3 / median,
                allocated[ROUNDS / 2]);
    }

    private static long usedBytes() {
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static long keptBytes(Path file) throws Exception {
        RepositoryDatabase[] kept = new RepositoryDatabase[10];
        System.gc();
        long before = usedBytes();
        for (int i = 0; i < kept.length; i++) {
            kept[i] = DatabaseReader.read(file, DatabaseLimits.usual());
        }
        System.gc();
        long after = usedBytes();
        if (Arrays.stream(kept).mapToInt(RepositoryDatabase::size).sum() != kept.length * PACKAGES) {
            throw new IllegalStateException("packages are missing");
        }
        return (after - before) / kept.length;
    }

    private Path bomb(Packed packed, String kind, byte[] head) throws IOException {
        Path bomb = folder.resolve("bomb-" + kind + "-" + packed);
        try (OutputStream packing = packed.onto(new BufferedOutputStream(Files.newOutputStream(bomb)))) {
            packing.write(head);
            byte[] zeros = new byte[1 << 20];
            for (int written = 0; written < BOMB_BYTES; written += zeros.length) {
                packing.write(zeros);
            }
        }
        return bomb;
    }

    /** A database as repo-add writes it for extra: hashes and signatures do not compress, the rest does. */
    private static byte[] archive() throws NoSuchAlgorithmException {
        Random random = new Random(20260101);
        TarText tar = new TarText();
        for (int i = 0; i < PACKAGES; i++) {
            String name = word(random) + "-" + word(random) + i;
            String version = random.nextInt(30) + "." + random.nextInt(100) + "." + random.nextInt(20) + "-"
                    + (1 + random.nextInt(4));
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
            byte[] signature = new byte[random.nextInt(3) == 0 ? 119 : 310];
            random.nextBytes(signature);
            StringBuilder desc = new StringBuilder();
            desc.append("%FILENAME%\n").append(name).append('-').append(version).append("-x86_64.pkg.tar.zst\n\n");
            desc.append("%NAME%\n")
                    .append(name)
                    .append("\n\n%BASE%\n")
                    .append(name)
                    .append("\n\n%VERSION%\n");
            desc.append(version).append("\n\n%DESC%\n");
            IntStream.range(0, 4 + random.nextInt(8))
                    .forEach(n -> desc.append(word(random)).append(' '));
            desc.append("\n\n%CSIZE%\n")
                    .append(1000 + random.nextInt(50_000_000))
                    .append("\n\n%ISIZE%\n");
            desc.append(4000 + random.nextInt(200_000_000)).append("\n\n%SHA256SUM%\n");
            desc.append(HexFormat.of().formatHex(hash)).append("\n\n%PGPSIG%\n");
            desc.append(Base64.getEncoder().encodeToString(signature)).append("\n\n%URL%\nhttps://");
            desc.append(word(random))
                    .append(".org/")
                    .append(name)
                    .append("\n\n%LICENSE%\nGPL-3.0-or-later\n\n%ARCH%\nx86_64\n\n");
            desc.append("%BUILDDATE%\n")
                    .append(1_600_000_000 + random.nextInt(150_000_000))
                    .append("\n\n%PACKAGER%\n");
            desc.append(word(random))
                    .append(' ')
                    .append(word(random))
                    .append(" <")
                    .append(word(random));
            desc.append("@archlinux.org>\n\n%DEPENDS%\n");
            IntStream.range(0, random.nextInt(12))
                    .forEach(n -> desc.append(word(random)).append('\n'));
            desc.append("\n%MAKEDEPENDS%\n");
            IntStream.range(0, random.nextInt(8))
                    .forEach(n -> desc.append(word(random)).append('\n'));
            tar.desc(name + "-" + version, desc.append('\n').toString());
        }
        return tar.whole();
    }

    private static String word(Random random) {
        // A vocabulary of some thousand words, as names of packages have it.
        Random letters = new Random(random.nextInt(3000));
        StringBuilder word = new StringBuilder();
        for (int length = 3 + letters.nextInt(8); length > 0; length--) {
            word.append((char) ('a' + letters.nextInt(26)));
        }
        return word.toString();
    }
}
