package flexo.config;

import flexo.cache.DiskFailure;
import flexo.config.ContainerDirectories.Owned;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The location of the package cache, with the reason for it. Choosing it reads the file system, but changes nothing.
 *
 * @param directory absolute; it need not exist yet
 * @param reason a half-sentence for the log
 */
public record CacheDirectoryChoice(Path directory, String reason) {
    private static final String KEY = "cache_directory";
    private static final Path VAR_CACHE_FLEXO = Path.of("/var/cache/flexo");

    /** The subdirectory in which the original Flexo keeps packages. */
    private static final String PACKAGES = "pkg";

    /** The subdirectory beside it in which it keeps its state. */
    static final String STATE = "state";

    /** Our subdirectory of a directory that systemd gives a container, and of the user's home. */
    static final String OWN = "flexo";

    private static final String HIDDEN_OWN = ".flexo";

    /**
     * Chooses the directory: the configured one, else the one from systemd, else {@code pkg} in
     * {@code /var/cache/flexo} if that is writable, else {@code .flexo/pkg} in the user's home.
     *
     * @param configured the setting {@code cache_directory}
     * @param environment the environment of the process; systemd sets {@code CACHE_DIRECTORY} in it, one or more paths
     *     separated by colons
     * @param container its directories are not ours; systemd gives a foreign container its directory, and ours is
     *     {@code flexo} in it
     * @param home the home directory of the user of this process; empty if there is none
     * @throws InvalidConfigException if the directory belongs to the container, or none is writable
     */
    public static CacheDirectoryChoice choose(
            Optional<Path> configured,
            Map<String, String> environment,
            ContainerDirectories container,
            Optional<Path> home)
            throws InvalidConfigException {
        return choose(configured, environment, container, home, VAR_CACHE_FLEXO);
    }

    static CacheDirectoryChoice choose(
            Optional<Path> configured,
            Map<String, String> environment,
            ContainerDirectories container,
            Optional<Path> home,
            Path varCacheFlexo)
            throws InvalidConfigException {
        Optional<Path> systemds = givenBySystemd(environment.get("CACHE_DIRECTORY"), container);
        if (configured.isPresent()) {
            CacheDirectoryChoice choice = new CacheDirectoryChoice(configured.get(), "cache_directory is set to it");
            choice.refuseWhatIsTheContainers(container, systemds, KEY);
            return choice;
        }
        if (systemds.isPresent()) {
            CacheDirectoryChoice choice = ofService(systemds.get(), container, varCacheFlexo);
            choice.refuseWhatIsTheContainers(container, systemds, "environment variable CACHE_DIRECTORY");
            return choice;
        }
        Path flexosOwn = varCacheFlexo.resolve(PACKAGES);
        if (isWritableDirectory(flexosOwn)) {
            return new CacheDirectoryChoice(flexosOwn, "it is the existing cache of Flexo");
        }
        if (canBeWritten(varCacheFlexo)) {
            return new CacheDirectoryChoice(
                    holdsOnlyState(varCacheFlexo) ? flexosOwn : varCacheFlexo,
                    "cache_directory is not set and this is its usual place");
        }
        return home.map(it -> it.resolve(HIDDEN_OWN).resolve(PACKAGES))
                .filter(it -> canBeWritten(it) && container.overlapping(it).isEmpty())
                .map(it -> new CacheDirectoryChoice(
                        it, "cache_directory is not set and " + varCacheFlexo + " cannot be written to"))
                .orElseThrow(() -> new InvalidConfigException(List.of(new Problem(
                        "cache directory",
                        KEY,
                        "",
                        "is not set, and the user " + System.getProperty("user.name") + " can write neither to "
                                + varCacheFlexo + " nor to "
                                + home.map(it -> it.resolve(HIDDEN_OWN) + ", or that is the container's")
                                        .orElse("a home directory, having none")
                                + "; set it to a directory that is Flexo's alone, such as " + KEY + " = \"" + flexosOwn
                                + "\", and let that user write there"))));
    }

    private static CacheDirectoryChoice ofService(Path directory, ContainerDirectories container, Path varCacheFlexo) {
        if (!container.ours()) {
            return new CacheDirectoryChoice(
                    directory, "it is Flexo's part of the CACHE_DIRECTORY that systemd gives the container");
        }
        Path flexosOwn = varCacheFlexo.resolve(PACKAGES);
        return directory.equals(varCacheFlexo) && isWritableDirectory(flexosOwn)
                ? new CacheDirectoryChoice(
                        flexosOwn, "it is the existing cache of Flexo in the CACHE_DIRECTORY of the service")
                : new CacheDirectoryChoice(directory, "it is the CACHE_DIRECTORY of the service");
    }

    /** Earlier versions kept packages directly in it. */
    private static boolean holdsOnlyState(Path directory) {
        if (!Files.exists(directory)) {
            return true;
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.allMatch(entry -> entry.endsWith(STATE));
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Our part of the directory that systemd gives a container may be in its work directory, as with Debian's Tomcat.
     * Each engine has a subdirectory of its own name there; ours only must not be one of those.
     */
    private void refuseWhatIsTheContainers(ContainerDirectories container, Optional<Path> systemds, String source)
            throws InvalidConfigException {
        boolean isOurPart = !container.ours()
                && systemds.map(ContainerDirectories::realPath)
                        .filter(ContainerDirectories.realPath(directory)::equals)
                        .isPresent();
        Optional<Owned> theirs = isOurPart ? container.within(directory) : container.overlapping(directory);
        if (theirs.isPresent()) {
            throw new InvalidConfigException(List.of(Problem.wrongValue(
                    source,
                    KEY,
                    directory.toString(),
                    "a directory that is Flexo's alone, such as " + KEY + " = \"" + VAR_CACHE_FLEXO.resolve(PACKAGES)
                            + "\"; this one is, contains or lies in "
                            + theirs.get().what() + ", "
                            + theirs.get().directory())));
        }
    }

    /**
     * Creates the directory if it does not exist.
     *
     * @return the reason why it cannot be written to at present, for people; empty if it can. Clients are served
     *     nevertheless, and the directory is used as soon as it becomes writable
     * @throws InvalidConfigException if something that is no directory has its name
     */
    public Optional<String> prepare() throws InvalidConfigException {
        refuseWhatIsInItsWay();
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            return Optional.of(warning("cannot be created by", DiskFailure.reason(e)));
        }
        return Files.isReadable(directory) && isWritableDirectory(directory) && Files.isExecutable(directory)
                ? Optional.empty()
                : Optional.of(warning("cannot be read and written by", "its owner or its mode forbids it"));
    }

    /**
     * Checks that the directory can exist, without creating it.
     *
     * @throws InvalidConfigException if something that is no directory has its name
     */
    public void refuseWhatIsInItsWay() throws InvalidConfigException {
        Path existing = nearestExisting(directory);
        if (!Files.isDirectory(existing)) {
            throw new InvalidConfigException(List.of(Problem.wrongValue(
                    "cache directory",
                    KEY,
                    directory.toString(),
                    "a directory that can be created; " + existing + " is no directory")));
        }
    }

    /**
     * The mistake that the directory is not a package cache.
     *
     * @param entry an entry in it that shows this
     * @param mark the file that declares it to be Flexo's nevertheless
     */
    public InvalidConfigException foreign(String entry, Path mark) {
        return new InvalidConfigException(List.of(Problem.wrongValue(
                "cache directory",
                KEY,
                directory.toString(),
                "an empty directory or a package cache; this one holds '" + entry
                        + "', which is not of a package cache. Choose"
                        + " a directory that is Flexo's alone, or, if all that it holds may be given to clients and removed, say"
                        + " so by: mkdir '" + mark + "'")));
    }

    private String warning(String what, String why) {
        return "The cache directory " + directory + " " + what + " the user " + System.getProperty("user.name") + ": "
                + why
                + ". Clients are served nevertheless, from the mirrors and without caching. Let that user write there, or"
                + " set cache_directory to another place; once it can be written to, it is used without a restart.";
    }

    /**
     * The directory from systemd: the first one listed. A foreign container owns that one; ours is the one named
     * {@code flexo}, which an administrator adds by {@code CacheDirectory=flexo}, else a subdirectory of that name in
     * the first.
     *
     * @param variable one or more paths separated by colons; may be null
     */
    static Optional<Path> givenBySystemd(String variable, ContainerDirectories container) {
        List<Path> given = variable == null
                ? List.of()
                : Stream.of(variable.split(":", -1))
                        .map(CacheDirectoryChoice::absolute)
                        .flatMap(Optional::stream)
                        .toList();
        Optional<Path> first = given.stream().findFirst();
        return container.ours()
                ? first
                : given.stream().filter(it -> it.endsWith(OWN)).findFirst().or(() -> first.map(it -> it.resolve(OWN)));
    }

    private static Optional<Path> absolute(String path) {
        try {
            return Optional.of(Path.of(path.strip())).filter(Path::isAbsolute);
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    /** An existing directory must be writable; otherwise its nearest existing parent must be. */
    static boolean canBeWritten(Path directory) {
        return isWritableDirectory(nearestExisting(directory));
    }

    /** The directory itself or its nearest existing parent; the root always exists. */
    private static Path nearestExisting(Path directory) {
        Path existing = directory.toAbsolutePath();
        while (existing.getParent() != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        return existing;
    }

    private static boolean isWritableDirectory(Path path) {
        return Files.isDirectory(path) && Files.isWritable(path);
    }
}
