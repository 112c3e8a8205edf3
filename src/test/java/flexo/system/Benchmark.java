package flexo.system;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * Measures Flexo against nginx and against the mirror itself, within one run on one machine, and prints a table.
 *
 * <p>Started by {@code src/test/scripts/benchmark}. Each figure is the median of several rounds, in which the rivals take
 * turns; a round before them warms everything up and is shown by itself. Every byte is compared, and a wrong one ends it.
 */
final class Benchmark {
    private static final int ROUNDS = 5;
    private static final int LARGE_BYTES = 256 << 20;
    private static final int SHARED_BYTES = 64 << 20;
    private static final int SMALL_BYTES = 16 << 10;
    private static final int SMALL_FILES = 500;
    /** How often each client asks for each small file in a round, so that a round is longer than what it measures with. */
    private static final int SMALL_TURNS = 4;

    private static final int UPSTREAM_RATE = 20_000_000;
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final String BELOW = "extra/os/x86_64/";

    private final Path folder;
    private final Path files;

    private Benchmark(Path folder) throws IOException {
        this.folder = folder;
        this.files = Files.createDirectories(folder.resolve("files").resolve(BELOW));
    }

    /**
     * Measures and prints.
     *
     * @param arguments the folder to work in
     * @throws IOException if the folder or a server cannot be used
     */
    public static void main(String[] arguments) throws IOException {
        Path folder = Files.createTempDirectory(Path.of(arguments[0]), "flexo-benchmark-");
        System.out.println("| what | Flexo | its first round | compared with | |");
        System.out.println("| --- | --- | --- | --- | --- |");
        new Benchmark(folder).run();
    }

    private void run() throws IOException {
        List<ManyClients.File> large = List.of(file("large.pkg.tar.zst", LARGE_BYTES));
        List<ManyClients.File> small = new ArrayList<>();
        for (int i = 0; i < SMALL_FILES; i++) {
            small.add(file("small-" + i + ".pkg.tar.zst", SMALL_BYTES));
        }
        List<ManyClients.File> cold = copies("cold", LARGE_BYTES / 2);
        List<ManyClients.File> shared = copies("shared", SHARED_BYTES);
        try (MirrorServer mirror = MirrorServer.serve(folder.resolve("files"), 1, folder.resolve("mirror.log"));
                FlexoServer flexo = FlexoServer.alone(folder.resolve("flexo"), mirror.urls())
                        .with("JAVA_TOOL_OPTIONS", "-Xmx64m")
                        .start();
                NginxServer nginx = NginxServer.started(folder.resolve("nginx"), "root " + flexo.cache() + ";")) {
            URI direct = mirror.urls().get(0);
            // Everything but the cold files into the cache; nginx serves them from there.
            seconds(flexo.url(), large, 1);
            seconds(flexo.url(), small, 1);

            for (int clients : new int[] {1, 8}) {
                double bytes = (double) LARGE_BYTES * clients;
                compare(
                        "hit, one file of 256 MiB, " + clients + " client(s), MB/s",
                        round -> bytes / 1e6 / seconds(flexo.url(), large, clients),
                        "nginx",
                        round -> bytes / 1e6 / seconds(nginx.url(), large, clients));
            }
            List<ManyClients.File> asked = Collections.nCopies(SMALL_TURNS, small).stream()
                    .flatMap(List::stream)
                    .toList();
            compare(
                    "hit, 500 files of 16 KiB, 16 clients, requests/s",
                    round -> asked.size() * 16 / seconds(flexo.url(), asked, 16),
                    "nginx",
                    round -> asked.size() * 16 / seconds(nginx.url(), asked, 16));
            compare(
                    "miss, one file of 128 MiB, one client, MB/s",
                    round -> LARGE_BYTES / 2 / 1e6 / seconds(flexo.url(), List.of(cold.get(round)), 1),
                    "the mirror itself",
                    round -> LARGE_BYTES / 2 / 1e6 / seconds(direct, List.of(cold.get(round)), 1));

            mirror.rules(0, "{\"rate\": " + UPSTREAM_RATE + "}");
            AtomicInteger threads = new AtomicInteger();
            AtomicInteger most = new AtomicInteger();
            // One client takes the second half of the files and so meets none that the hundred have cached.
            compare(
                    "64 MiB fetched at 20 MB/s for 100 clients, s until the last one has it",
                    round -> {
                        double seconds = new Crowd(flexo, threads).seconds(shared.get(round), 100);
                        most.accumulateAndGet(threads.get(), Math::max);
                        return seconds;
                    },
                    "one client",
                    round -> new Crowd(flexo, threads).seconds(shared.get(ROUNDS + 1 + round), 1));
            System.out.printf(
                    Locale.ROOT, "| threads amid that, most | %d | | one client | %d |%n", most.get(), threads.get());
            long repeated = mirror.packageRequests().values().stream()
                    .filter(n -> n > 1)
                    .count();
            System.out.println("| files asked for more than once upstream | " + Math.max(0, repeated - cold.size())
                    + " | | ideal time of the shared file, s | "
                    + String.format(Locale.ROOT, "%.2f", (double) SHARED_BYTES / UPSTREAM_RATE) + " |");
        }
    }

    /** Clients of one download, with a look at Flexo's threads half-way. */
    private record Crowd(FlexoServer flexo, AtomicInteger threads) {
        double seconds(ManyClients.File file, int clients) throws IOException {
            ManyClients crowd =
                    new ManyClients(flexo.url(), List.of(file)).atHalfway(() -> threads.set(flexo.threads()));
            return longest(crowd.run(clients, PATIENCE));
        }
    }

    private interface Measure {
        double of(int round) throws IOException;
    }

    private static void compare(String what, Measure ours, String rival, Measure theirs) throws IOException {
        List<Double> our = new ArrayList<>();
        List<Double> their = new ArrayList<>();
        for (int round = 0; round <= ROUNDS; round++) {
            our.add(ours.of(round));
            their.add(theirs.of(round));
        }
        System.out.printf(
                Locale.ROOT,
                "| %s | %s | %s | %s | %s |%n",
                what,
                median(our),
                text(our.get(0), our.get(0)),
                rival,
                median(their));
    }

    /** The median of all but the first, with the least and the most. */
    private static String median(List<Double> figures) {
        List<Double> counted = new ArrayList<>(figures.subList(1, figures.size()));
        Collections.sort(counted);
        double middle = counted.get(counted.size() / 2);
        return text(middle, middle) + " (" + text(counted.get(0), middle) + "–"
                + text(counted.get(counted.size() - 1), middle) + ")";
    }

    /** As many digits as a figure of this size is worth. */
    private static String text(double figure, double ofSize) {
        return String.format(Locale.ROOT, ofSize < 100 ? "%.2f" : "%.0f", figure);
    }

    private static double seconds(URI server, List<ManyClients.File> files, int clients) throws IOException {
        return longest(new ManyClients(server, files).run(clients, PATIENCE));
    }

    private static double longest(List<ManyClients.Outcome> outcomes) {
        outcomes.stream()
                .filter(outcome -> outcome.complaint() != null)
                .findFirst()
                .ifPresent(outcome -> {
                    throw new IllegalStateException("a client was served wrongly: " + outcome);
                });
        return outcomes.stream()
                        .mapToLong(outcome -> outcome.took().toNanos())
                        .max()
                        .orElseThrow()
                / 1e9;
    }

    private ManyClients.File file(String name, int size) throws IOException {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        Files.write(files.resolve(name), bytes);
        return new ManyClients.File(
                "/" + BELOW + name, ByteBuffer.allocateDirect(size).put(bytes).flip());
    }

    /** Enough files of one content for two measures of all rounds, each to be fetched once. */
    private List<ManyClients.File> copies(String name, int size) throws IOException {
        ManyClients.File first = file(name + ".pkg.tar.zst", size);
        return IntStream.range(0, 2 * (ROUNDS + 1))
                .mapToObj(i -> {
                    String copy = name + "-" + i + ".pkg.tar.zst";
                    try {
                        Files.createLink(files.resolve(copy), files.resolve(name + ".pkg.tar.zst"));
                    } catch (IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                    return new ManyClients.File("/" + BELOW + copy, first.content());
                })
                .toList();
    }
}
