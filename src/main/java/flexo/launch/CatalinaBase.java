package flexo.launch;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Tomcat's working directory, with its {@code conf}, {@code webapps} and {@code work}.
 *
 * <p>The launcher's own files are in {@code work/launcher}: the container's JARs and a lock. They are rewritten at
 * every start, under the lock, so that a crash leaves no copies behind, and no second process touches those of a
 * running one.
 *
 * @param directory absolute; need not exist
 * @param ours true: our own default, renewed at every start; false: chosen by the administrator, who owns its contents
 */
record CatalinaBase(Path directory, boolean ours) {
    /** The number of processes that one user can run without choosing a directory for each. */
    private static final int MOST = 16;

    /**
     * A directory that this process holds exclusively.
     *
     * @param base the directory
     * @param lock holds it until it is closed or the process ends
     */
    record Reserved(CatalinaBase base, FileChannel lock) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            lock.close();
        }
    }

    /**
     * Finds a directory and reserves it for this process.
     *
     * @param named the value of the environment variable CATALINA_BASE, or null
     * @param userHome the user's home directory
     * @return the named directory, or {@code .flexo/tomcat} in the user's home; {@code .flexo/tomcat-2} and so on for
     *     further processes of this user
     * @throws CannotStart if another process holds it, or none was named and the user has no home
     * @throws IOException if the directory is not writable
     */
    static Reserved reserve(String named, Path userHome) throws CannotStart, IOException {
        if (isNamed(named)) {
            CatalinaBase base = usual(named, userHome);
            return base.reserved()
                    .orElseThrow(() -> new CannotStart("another Flexo already runs in " + base.directory
                            + ". Stop it, or choose another CATALINA_BASE."));
        }
        if (!userHome.isAbsolute()) {
            // Java's value for a user without a home.
            throw new CannotStart(
                    "its user has no home directory. Set CATALINA_BASE to a directory that can be written to.");
        }
        for (int number = 1; number <= MOST; number++) {
            Optional<Reserved> reserved = new CatalinaBase(
                            userHome.resolve(".flexo").resolve(number == 1 ? "tomcat" : "tomcat-" + number), true)
                    .reserved();
            if (reserved.isPresent()) {
                return reserved.get();
            }
        }
        throw new CannotStart(MOST + " others already run in " + userHome.resolve(".flexo")
                + ". Set CATALINA_BASE to a directory of its own.");
    }

    private static boolean isNamed(String named) {
        return named != null && !named.isBlank();
    }

    /**
     * The directory that would be reserved if no other process runs; changes nothing.
     *
     * @param named as for {@link #reserve}
     * @param userHome as for {@link #reserve}
     */
    static CatalinaBase usual(String named, Path userHome) {
        return isNamed(named)
                ? new CatalinaBase(Path.of(named).toAbsolutePath(), false)
                : new CatalinaBase(userHome.resolve(".flexo").resolve("tomcat"), true);
    }

    /** {@return the directory of Tomcat's configuration} */
    Path conf() {
        return directory.resolve("conf");
    }

    private Path launcher() {
        return directory.resolve("work").resolve("launcher");
    }

    /** Empty if another process holds it. */
    private Optional<Reserved> reserved() throws IOException {
        Files.createDirectories(launcher());
        FileChannel lock =
                FileChannel.open(launcher().resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        boolean taken = true;
        try {
            taken = lock.tryLock() == null;
        } catch (OverlappingFileLockException byThisProcess) {
            // Locked by this process; treated like a lock of another.
        } finally {
            if (taken) {
                lock.close();
            }
        }
        return taken ? Optional.empty() : Optional.of(new Reserved(this, lock));
    }

    /**
     * Writes the configuration: always into our own directory, otherwise only if there is none. The directory must be
     * reserved.
     *
     * @param war contains the configuration
     * @throws IOException if a file cannot be written
     */
    void configure(WarArchive war) throws IOException {
        if (ours) {
            delete(conf());
            // Otherwise Tomcat would keep an older unpacked application, or one that is incomplete after a crash.
            delete(directory.resolve("webapps").resolve("ROOT"));
        }
        if (!Files.exists(conf().resolve("server.xml"))) {
            war.unpack(WarArchive.CONFIGURATION, conf());
        }
    }

    /**
     * Writes the container's JARs. The directory must be reserved.
     *
     * @param war contains them
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
     * @param war contains a default
     * @return {@code conf}, or a directory with a copy of the default
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
