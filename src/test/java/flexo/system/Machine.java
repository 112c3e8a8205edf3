package flexo.system;

import flexo.testing.Programs;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * What this machine has for the system tests: its programs, the fixtures, the project's build folder, free ports.
 *
 * <p>Whatever is asked for and missing skips the calling test by name, or fails it where
 * {@value flexo.testing.Programs#REQUIRED} is true.
 */
final class Machine {
    /** System property with the folder of the mirror fixtures. */
    static final String FIXTURES = "flexo.test.fixtures";

    /** System property with the WAR under test. */
    static final String WAR = "flexo.test.war";

    /** System property with the number of the process that runs this test, of those that run side by side. */
    private static final int FORK = Integer.getInteger("flexo.test.fork", 0);

    private static final int FIRST_PORT = 12_000;
    private static final int FORKS = 20;
    private static final int PORTS_OF_A_FORK = 1000;

    /** Starts anywhere, since another build may run on this machine. */
    private static final AtomicInteger NEXT_PORT =
            new AtomicInteger((int) ProcessHandle.current().pid());

    private static final String INSTALLER = "src/test/scripts/install-test-programs";

    private Machine() {}

    /**
     * A program that can be started.
     *
     * @param name its command name
     * @return its file, from the {@code PATH} or from where Debian puts servers
     */
    static Path program(String name) {
        String path = System.getenv().getOrDefault("PATH", "") + File.pathSeparator + "/usr/sbin" + File.pathSeparator
                + "/sbin";
        return Arrays.stream(path.split(File.pathSeparator, -1))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseGet(() -> missing(name + " is not installed (" + INSTALLER + " does that)"));
    }

    /**
     * A file outside of the project that a test cannot do without.
     *
     * @param file where it should be
     * @param name what to call it when it is not there
     * @return the file
     */
    static Path required(Path file, String name) {
        return Files.exists(file) ? file : missing(name + " is not there: " + file + " (see " + INSTALLER + ")");
    }

    /**
     * A file of what {@code install-test-programs} unpacks beside the machine's own programs.
     *
     * @param name what it is called there
     * @param file relative to it; empty for the whole
     * @return the file
     */
    static Path unpacked(String name, String file) {
        String caches = System.getenv("XDG_CACHE_HOME");
        Path cache = caches == null || caches.isEmpty()
                ? Path.of(System.getProperty("user.home"), ".cache")
                : Path.of(caches);
        return required(cache.resolve("flexo-test-programs").resolve(name).resolve(file), name.replace('-', ' '));
    }

    /**
     * A script of the mirror fixtures.
     *
     * @param name its file name
     * @return its file
     */
    static Path fixture(String name) {
        Path folder = Path.of(System.getProperty(FIXTURES, "../shared/fixtures"));
        return required(folder.resolve(name).toAbsolutePath().normalize(), name + " of the mirror fixtures");
    }

    /**
     * The program under test. It is a product of this build, so its absence is always a failure.
     *
     * @return the executable WAR
     */
    static Path war() {
        Path war = Path.of(System.getProperty(WAR, "target/flexo.war")).toAbsolutePath();
        if (!Files.isRegularFile(war)) {
            Assertions.fail("there is no WAR to test at " + war + "; build it with: mvn package");
        }
        return war;
    }

    /**
     * The Java that runs this test, for programs that are to run on the same one.
     *
     * @return the {@code java} command
     */
    static Path java() {
        return Path.of(System.getProperty("java.home"), "bin", "java");
    }

    /**
     * A folder below the build's own that lasts as long as the build's results do.
     *
     * @return an existing folder
     */
    static Path scratch() {
        try {
            return Files.createDirectories(Path.of("target", "system-tests").toAbsolutePath());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * A TCP port of the loopback address for a program that is about to start. It lies below those that the system hands
     * out by itself, and each fork of the tests takes its own ones in turn, so nobody gets it before that program does.
     *
     * @return the port's number
     */
    static int freePort() {
        int port;
        do {
            port = FIRST_PORT
                    + FORK % FORKS * PORTS_OF_A_FORK
                    + Math.floorMod(NEXT_PORT.getAndIncrement(), PORTS_OF_A_FORK);
        } while (!isFree(port));
        return port;
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException taken) {
            return false;
        }
    }

    /**
     * Whether this is the machine's root, who needs no name space of his own to play root.
     *
     * @return true if so
     */
    static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    /**
     * The size of everything in a folder whose name ends so.
     *
     * @param folder where to look; it need not exist yet
     * @param suffix end of the file names
     * @return bytes
     */
    static long bytesIn(Path folder, String suffix) {
        if (!Files.isDirectory(folder)) {
            return 0;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.getFileName().toString().endsWith(suffix))
                    .mapToLong(Machine::sizeOf)
                    .sum();
        } catch (IOException | UncheckedIOException e) {
            // A file that was moved away while it was looked at: the next look will tell.
            return 0;
        }
    }

    private static long sizeOf(Path file) {
        try {
            return Files.isRegularFile(file) ? Files.size(file) : 0;
        } catch (IOException e) {
            return 0;
        }
    }

    private static Path missing(String message) {
        if (Boolean.getBoolean(Programs.REQUIRED)) {
            return Assertions.fail(message + "; " + Programs.REQUIRED + "=true forbids skipping");
        }
        return Assumptions.abort(message);
    }
}
