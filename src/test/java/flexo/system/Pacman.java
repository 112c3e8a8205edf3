package flexo.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A client: a real pacman with a root, a package cache and a keyring of its own.
 *
 * <p>It demands signatures ({@code SigLevel = Required}) and downloads five files at once, unless told otherwise.
 */
final class Pacman {
    private final Command program;
    private final Path folder;

    private Pacman(Command program, Path folder) {
        this.program = program;
        this.folder = folder;
    }

    /**
     * A fresh client.
     *
     * @param release the pacman it is
     * @param mirror where its keyring comes from
     * @param folder its own; made here
     * @param options as {@code make-arch-mirror client} takes them; {@code --server} is one it needs
     * @return the client, with nothing installed
     */
    static Pacman client(PacmanRelease release, ArchMirror mirror, Path folder, String... options) {
        Path program = release.program();
        Machine.program("gpg");
        Command.of(Machine.program("python3"), Machine.fixture("make-arch-mirror"), "client")
                .and(List.of(mirror.folder().toString(), folder.toString()))
                .and(Arrays.asList(options))
                .run(folder.resolveSibling(folder.getFileName() + ".log"))
                .succeeded();
        Command command = Machine.isRoot()
                ? Command.of(program)
                : Command.of(Machine.program("unshare"), "--map-root-user", program);
        return new Pacman(command.and(List.of("--config", folder + "/pacman.conf", "--noconfirm")), folder);
    }

    /**
     * A fresh client of one server.
     *
     * @param release the pacman it is
     * @param mirror where its keyring comes from
     * @param folder its own; made here
     * @param server base of the {@code Server} line
     * @return the client, with nothing installed
     */
    static Pacman client(PacmanRelease release, ArchMirror mirror, Path folder, URI server) {
        return client(release, mirror, folder, "--server", server.toString());
    }

    /**
     * The same client elsewhere.
     *
     * @param place makes a command one that is run there
     * @return it, with the same files
     */
    Pacman in(UnaryOperator<Command> place) {
        return new Pacman(place.apply(program), folder);
    }

    /** Its configuration. */
    Path configuration() {
        return folder.resolve("pacman.conf");
    }

    /**
     * Runs pacman to its end.
     *
     * @param arguments for example {@code -Sy}
     * @return what became of it
     */
    CommandResult run(String... arguments) {
        return program.and(Arrays.asList(arguments)).run(output());
    }

    /**
     * Starts pacman.
     *
     * @param arguments for example {@code -Sy}
     * @return the running program
     */
    RunningCommand start(String... arguments) {
        return program.and(Arrays.asList(arguments)).start(output());
    }

    /** Fetches the databases. */
    void sync() {
        run("-Sy").succeeded();
    }

    /**
     * Installs packages and what they depend on.
     *
     * @param names of packages
     * @return what pacman said
     */
    CommandResult install(List<String> names) {
        return run(installing(names)).succeeded();
    }

    /**
     * The arguments that install packages.
     *
     * @param names of packages
     * @return {@code -S} and the names
     */
    static String[] installing(List<String> names) {
        return Stream.concat(Stream.of("-S"), names.stream()).toArray(String[]::new);
    }

    /**
     * What is installed.
     *
     * @return version by package name
     */
    Map<String, String> installed() {
        return run("-Q")
                .succeeded()
                .output()
                .lines()
                .map(line -> line.split(" "))
                .collect(Collectors.toMap(words -> words[0], words -> words[1]));
    }

    /** Fails the test unless every file of every installed package is exactly as its package says. */
    void assertIntact() {
        List<String> lines = run("-Qkk").succeeded().output().lines().toList();
        assertThat(lines).isNotEmpty().allSatisfy(line -> assertThat(line).endsWith(" 0 altered files"));
    }

    /**
     * How much of the files that have not arrived whole is there.
     *
     * @return bytes in pacman's own part files
     */
    long partBytes() {
        return Machine.bytesIn(folder.resolve("cache"), ".part");
    }

    /**
     * The package files it has fetched.
     *
     * @return names of the files in its package cache, signatures too
     */
    List<String> cachedFiles() {
        try (Stream<Path> files = Files.list(folder.resolve("cache"))) {
            return new ArrayList<>(
                    files.map(file -> file.getFileName().toString()).sorted().toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Where its databases lie.
     *
     * @return the {@code DBPath}
     */
    Path databases() {
        return folder.resolve("root/var/lib/pacman");
    }

    private Path output() {
        return folder.resolve("output.log");
    }
}
