package flexo.system;

import flexo.testing.FileContent;
import flexo.testing.RepositoryDatabaseFile;
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

/**
 * Measures a cold package from one, two and four mirrors, each limited to the same speed, within one run on one machine, and
 * prints a table.
 *
 * <p>Started by {@code src/test/scripts/benchmark-mirrors}. The rivals take turns, and a round before them warms everything
 * up. Every byte is compared, and a wrong one ends it.
 */
final class MirrorsBenchmark {
    private static final int ROUNDS = 5;
    private static final int FILE_BYTES = 64 << 20;
    private static final int SPEED = 20_000_000;
    private static final List<Integer> MIRRORS = List.of(1, 2, 4);
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String BELOW = "extra/os/x86_64/";

    private MirrorsBenchmark() {}

    /**
     * Measures and prints.
     *
     * @param arguments the folder to work in
     * @throws IOException if the folder or a server cannot be used
     */
    public static void main(String[] arguments) throws IOException {
        Path folder = Files.createTempDirectory(Path.of(arguments[0]), "flexo-benchmark-");
        Path files = Files.createDirectories(folder.resolve("files").resolve(BELOW));
        byte[] bytes = new byte[FILE_BYTES];
        new Random(FILE_BYTES).nextBytes(bytes);
        ByteBuffer content = ByteBuffer.allocateDirect(FILE_BYTES).put(bytes).flip();
        FileContent whole = FileContent.of(bytes);
        RepositoryDatabaseFile database = new RepositoryDatabaseFile();
        List<ManyClients.File> packages = new ArrayList<>();
        for (int round = 0; round <= ROUNDS; round++) {
            String name = "cold-1-" + (round + 1) + "-any.pkg.tar.zst";
            Files.write(files.resolve(name), bytes);
            database.list(BELOW + name, whole);
            packages.add(new ManyClients.File("/" + BELOW + name, content));
        }
        Files.write(files.resolve("extra.db"), database.bytes());
        measure(folder, packages);
    }

    private static void measure(Path folder, List<ManyClients.File> packages) throws IOException {
        int most = Collections.max(MIRRORS);
        List<FlexoServer> servers = new ArrayList<>();
        try (MirrorServer mirror = MirrorServer.serve(folder.resolve("files"), most, folder.resolve("mirror.log"))) {
            List<List<Double>> seconds = new ArrayList<>();
            for (int mirrors : MIRRORS) {
                FlexoServer server = FlexoServer.alone(
                                folder.resolve("flexo-" + mirrors),
                                mirror.urls().subList(0, mirrors))
                        .with("FLEXO_MIRRORS_ORDER", "spread")
                        // As it is shipped: with the compiler that knows the processor's instructions for SHA-256.
                        .with("JDK_JAVA_OPTIONS", "-Xmx64m")
                        .start();
                servers.add(server);
                seconds.add(new ArrayList<>());
                server.url().resolve(BELOW + "extra.db").toURL().openStream().close();
            }
            for (int i = 0; i < most; i++) {
                mirror.rules(i, "{\"rate\": " + SPEED + "}");
            }
            List<Double> direct = new ArrayList<>();
            for (ManyClients.File file : packages) {
                direct.add(seconds(mirror.urls().get(0), file));
                for (int i = 0; i < servers.size(); i++) {
                    seconds.get(i).add(seconds(servers.get(i).url(), file));
                }
            }
            System.out.println("| mirrors | seconds | first round | of the sum of their speeds |");
            System.out.println("| ---: | ---: | ---: | ---: |");
            System.out.println("| one, directly | " + text(direct) + " | |");
            for (int i = 0; i < servers.size(); i++) {
                System.out.printf(
                        Locale.ROOT,
                        "| %d | %s | %.2f |%n",
                        MIRRORS.get(i),
                        text(seconds.get(i)),
                        median(direct) / MIRRORS.get(i) / median(seconds.get(i)));
            }
        } finally {
            servers.forEach(FlexoServer::close);
        }
    }

    private static double seconds(URI server, ManyClients.File file) throws IOException {
        ManyClients.Outcome outcome =
                new ManyClients(server, List.of(file)).run(1, PATIENCE).get(0);
        if (outcome.complaint() != null) {
            throw new IllegalStateException("a client was served wrongly: " + outcome);
        }
        return outcome.took().toNanos() / 1e9;
    }

    /** Of all but the first. */
    private static double median(List<Double> seconds) {
        return seconds.subList(1, seconds.size()).stream().sorted().toList().get((seconds.size() - 1) / 2);
    }

    private static String text(List<Double> seconds) {
        List<Double> counted = seconds.subList(1, seconds.size());
        return String.format(
                Locale.ROOT,
                "%.2f (%.2f–%.2f) | %.2f",
                median(seconds),
                Collections.min(counted),
                Collections.max(counted),
                seconds.get(0));
    }
}
