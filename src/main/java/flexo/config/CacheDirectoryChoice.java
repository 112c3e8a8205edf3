package flexo.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where the package cache lies, and why there. The choice looks at the file system and changes nothing in it.
 *
 * @param directory absolute; it need not exist yet
 * @param reason a half-sentence for the log
 */
public record CacheDirectoryChoice(Path directory, String reason) {
    private static final Path VAR_CACHE_FLEXO = Path.of("/var/cache/flexo");

    /** Where Flexo keeps its packages below its directory. */
    private static final String PACKAGES = "pkg";

    /**
     * Chooses: the configured directory, else the one systemd gives, else {@code /var/cache/flexo} (or {@code pkg} in it, if
     * that exists) if it can be written to, else a directory below the container's base.
     *
     * @param configured the setting {@code cache_directory}
     * @param environment of the process; systemd sets {@code CACHE_DIRECTORY} in it, one or more paths with colons in between
     * @param containerBase a directory the container may write to
     * @return the choice
     */
    public static CacheDirectoryChoice choose(
            Optional<Path> configured, Map<String, String> environment, Path containerBase) {
        return choose(configured, environment, containerBase, VAR_CACHE_FLEXO);
    }

    static CacheDirectoryChoice choose(
            Optional<Path> configured, Map<String, String> environment, Path containerBase, Path varCacheFlexo) {
        if (configured.isPresent()) {
            return new CacheDirectoryChoice(configured.get(), "it is configured as cache_directory");
        }
        Path flexosOwn = varCacheFlexo.resolve(PACKAGES);
        Optional<Path> systemds = systemds(environment);
        if (systemds.isPresent()) {
            return systemds.get().equals(varCacheFlexo) && isWritableDirectory(flexosOwn)
                    ? new CacheDirectoryChoice(
                            flexosOwn, "it is the existing cache of Flexo in the CACHE_DIRECTORY of the service")
                    : new CacheDirectoryChoice(systemds.get(), "it is the CACHE_DIRECTORY of the service");
        }
        if (isWritableDirectory(flexosOwn)) {
            return new CacheDirectoryChoice(flexosOwn, "it is the existing cache of Flexo");
        }
        if (canBeWritten(varCacheFlexo)) {
            return new CacheDirectoryChoice(varCacheFlexo, "cache_directory is not set and this is its usual place");
        }
        return new CacheDirectoryChoice(
                containerBase.toAbsolutePath().resolve("flexo-cache"),
                "cache_directory is not set and " + varCacheFlexo + " cannot be written to");
    }

    /**
     * Creates the directory if it is not there.
     *
     * @return what keeps files from being put there at present, for people; empty if nothing does. Clients are served all the
     *     same, and the directory is used as soon as it can be
     * @throws InvalidConfigException if there can be no such directory, since something else lies in its place
     */
    public Optional<String> prepare() throws InvalidConfigException {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            if (!Files.isDirectory(nearestExisting(directory))) {
                throw new InvalidConfigException(List.of(Problem.wrongValue(
                        "cache directory",
                        "cache_directory",
                        directory.toString(),
                        "a directory that can be created (" + e + ")")));
            }
            return Optional.of(warning("cannot be created by", e.toString()));
        }
        return Files.isReadable(directory) && isWritableDirectory(directory) && Files.isExecutable(directory)
                ? Optional.empty()
                : Optional.of(warning("cannot be read and written by", "its owner or its mode forbids it"));
    }

    private String warning(String what, String why) {
        return "The cache directory " + directory + " " + what + " the user " + System.getProperty("user.name") + ": "
                + why
                + ". Clients get their files all the same, from the mirrors and without caching. Let that user write there, or"
                + " set cache_directory to another place; once it can be written to, nothing need be restarted.";
    }

    private static Optional<Path> systemds(Map<String, String> environment) {
        String first =
                environment.getOrDefault("CACHE_DIRECTORY", "").split(":", 2)[0].strip();
        try {
            return Optional.of(Path.of(first)).filter(Path::isAbsolute);
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    /** A directory that exists must be writable, one that does not must have a writable directory above it. */
    static boolean canBeWritten(Path directory) {
        return isWritableDirectory(nearestExisting(directory));
    }

    /** The directory itself, or what lies above it; the root always exists. */
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
