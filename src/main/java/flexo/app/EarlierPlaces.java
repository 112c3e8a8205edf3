package flexo.app;

import flexo.config.StateDirectory;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The locations in which earlier versions kept packages and notes: below the container's base, which depends on the
 * port, and among the packages. Their contents are moved; a warning names what cannot be moved.
 */
final class EarlierPlaces {
    private static final Logger LOG = Logger.getLogger(EarlierPlaces.class.getName());
    private static final String CACHE = "flexo-cache";
    private static final String STATE = "flexo-state";
    private static final List<String> NOTES = List.of("databases", "last-uses", "prefetch", "scrub");

    private static final List<String> OF_MIRRORS = List.of("latency_test_results.json", "mirrorlist");

    private final Optional<Path> base;

    /**
     * The locations in a container.
     *
     * @param base the directory for the container's own files; empty if unknown
     */
    EarlierPlaces(Optional<Path> base) {
        this.base = base;
    }

    /** Moves the packages below the base to an empty place; logs those below the bases of other ports. */
    void moveCacheTo(Path directory) {
        moveOwn(directory);
        base.map(Path::getParent).filter(it -> it.endsWith(".flexo")).ifPresent(bases -> {
            try (DirectoryStream<Path> others = Files.newDirectoryStream(bases)) {
                others.forEach(other -> tellOf(other.resolve(CACHE), directory));
            } catch (IOException e) {
                LOG.log(Level.FINE, "Other ports' directories cannot be looked at", e);
            }
        });
    }

    private void moveOwn(Path directory) {
        Optional<Path> former = base.map(it -> it.resolve(CACHE)).filter(Files::isDirectory);
        if (former.isEmpty()) {
            return;
        }
        try {
            if (Files.notExists(directory)) {
                Files.createDirectories(directory.getParent());
                Files.move(former.get(), directory, StandardCopyOption.ATOMIC_MOVE);
                LOG.log(Level.INFO, "The packages in {0} were moved to {1}", new Object[] {former.get(), directory});
                return;
            }
        } catch (IOException e) {
            LOG.log(Level.FINE, "The packages in " + former.get() + " cannot be moved", e);
        }
        if (!former.get().getParent().getParent().endsWith(".flexo")) {
            tellOf(former.get(), directory);
        }
    }

    private static void tellOf(Path former, Path directory) {
        if (Files.isDirectory(former)) {
            LOG.log(
                    Level.WARNING,
                    "Packages that an earlier version kept in {0} are not used any more. Move what is in there to {1}, or"
                            + " remove it",
                    new Object[] {former, directory});
        }
    }

    /** Moves notes from among the packages, and knowledge about mirrors, unless there are newer ones. */
    void moveNotes(Path cache, StateDirectory state) {
        NOTES.forEach(name -> move(cache.resolve("." + name), state.file(name)));
        base.map(it -> it.resolve(STATE)).filter(Files::isDirectory).ifPresent(former -> moveAll(former, state));
        Path among = cache.resolve("state");
        if (!among.equals(state.directory())) {
            OF_MIRRORS.forEach(name -> move(among.resolve(name), state.file(name)));
        }
    }

    private static void moveAll(Path from, StateDirectory state) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(from)) {
            files.forEach(file -> move(file, state.file(file.getFileName().toString())));
        } catch (IOException e) {
            LOG.log(Level.WARNING, "What an earlier version remembered in {0} cannot be read: {1}", new Object[] {
                from, e
            });
        }
    }

    /** Copies a file unless the target exists. */
    static void copyNew(Path from, Path to) {
        if (!from.equals(to) && Files.isRegularFile(from) && Files.notExists(to)) {
            try {
                Files.createDirectories(to.getParent());
                Files.copy(from, to, StandardCopyOption.COPY_ATTRIBUTES);
            } catch (IOException e) {
                LOG.log(Level.FINE, e, () -> from + " cannot be copied to " + to);
            }
        }
    }

    private static void move(Path from, Path to) {
        if (!Files.isRegularFile(from, LinkOption.NOFOLLOW_LINKS) || Files.exists(to, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try {
            Files.createDirectories(to.getParent());
            Files.move(from, to);
        } catch (IOException e) {
            LOG.log(Level.WARNING, "{0} cannot be moved to {1}, and is not used any more: {2}", new Object[] {
                from, to, e
            });
        }
    }
}
