package flexo.launch;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The directory Tomcat works in, with its {@code conf}, {@code webapps} and {@code work}.
 *
 * <p>The launcher's own files are in {@code work/launcher}: the container's JARs and a lock. They are written afresh at every start,
 * under the lock, so that neither a crash leaves copies behind nor a second process touches those of a running one.
 *
 * @param directory absolute; need not exist
 * @param ours true: our own default, renewed at every start; false: named by the person who runs Flexo, who owns what is in it
 */
record CatalinaBase(Path directory, boolean ours) {
    /**
     * Finds the directory.
     *
     * @param named the value of the environment variable CATALINA_BASE, or null
     * @param userHome the user's home directory
     * @param port tells the instances of one user apart
     * @return the directory that was named, or {@code .flexo/{port}} in the user's home
     * @throws CannotStart if none was named and the user has no home
     */
    static CatalinaBase choose(String named, Path userHome, int port) throws CannotStart {
        if (named != null && !named.isBlank()) {
            return new CatalinaBase(Path.of(named).toAbsolutePath(), false);
        }
        if (!userHome.isAbsolute()) {
            // Java says "?" for a user without one.
            throw new CannotStart(
                    "its user has no home directory. Set CATALINA_BASE to a directory that can be written to.");
        }
        return new CatalinaBase(userHome.resolve(".flexo").resolve(Integer.toString(port)), true);
    }

    /** {@return the directory of Tomcat's configuration} */
    Path conf() {
        return directory.resolve("conf");
    }

    private Path launcher() {
        return directory.resolve("work").resolve("launcher");
    }

    /**
     * Reserves the directory for this process.
     *
     * @return holds the reservation until it is closed or the process ends, however that ends
     * @throws CannotStart if another process has it
     * @throws IOException if the directory cannot be written to
     */
    FileChannel reserve() throws CannotStart, IOException {
        Files.createDirectories(launcher());
        FileChannel lock =
                FileChannel.open(launcher().resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        boolean reserved = false;
        try {
            reserved = lock.tryLock() != null;
        } finally {
            if (!reserved) {
                lock.close();
            }
        }
        if (!reserved) {
            throw new CannotStart("another Flexo already runs in " + directory
                    + ". Stop it, or choose another FLEXO_PORT or CATALINA_BASE.");
        }
        return lock;
    }

    /**
     * Writes the configuration: always into our own directory, otherwise only where there is none. Call it only with the
     * directory reserved.
     *
     * @param war where the configuration comes from
     * @throws IOException if a file cannot be written
     */
    void configure(WarArchive war) throws IOException {
        if (ours) {
            delete(conf());
            // Tomcat would keep an older unpacked application, or one that a crash left incomplete.
            delete(directory.resolve("webapps").resolve("ROOT"));
        }
        if (!Files.exists(conf().resolve("server.xml"))) {
            war.unpack(WarArchive.CONFIGURATION, conf());
        }
    }

    /**
     * Writes the container's JARs. Call it only with the directory reserved.
     *
     * @param war where they come from
     * @return the JARs
     * @throws IOException if one cannot be written
     */
    List<Path> unpackContainer(WarArchive war) throws IOException {
        Path jars = launcher().resolve("lib");
        delete(jars);
        return war.unpack(WarArchive.EMBEDDED, jars);
    }

    /**
     * Finds the directory with the {@code logging.properties} to use.
     *
     * @param war where one comes from if the configuration has none
     * @return {@code conf}, or a directory with a copy of the shipped file
     * @throws IOException if the copy cannot be written
     */
    Path logging(WarArchive war) throws IOException {
        if (Files.exists(conf().resolve("logging.properties"))) {
            return conf();
        }
        Path shipped = launcher().resolve("conf");
        delete(shipped);
        war.unpack(WarArchive.CONFIGURATION, shipped);
        return shipped;
    }

    private static void delete(Path tree) throws IOException {
        if (Files.exists(tree)) {
            try (Stream<Path> content = Files.walk(tree)) {
                for (Path path : content.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }
}
