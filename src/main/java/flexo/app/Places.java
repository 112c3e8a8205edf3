package flexo.app;

import flexo.cache.CacheMark;
import flexo.cache.NoteFile;
import flexo.cache.PackageCache;
import flexo.config.CacheDirectoryChoice;
import flexo.config.ContainerDirectories;
import flexo.config.FlexoConfig;
import flexo.config.InvalidConfigException;
import flexo.config.StateDirectory;
import jakarta.servlet.ServletContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Our two directories: for served files and for everything else.
 *
 * @param cache the directory of packages
 * @param mark the mark of that directory
 * @param state the directory of all other persistent state
 */
record Places(CacheDirectoryChoice cache, CacheMark mark, StateDirectory state) {
    private static final Logger LOG = Logger.getLogger(Places.class.getName());

    /**
     * Chooses and prepares them, and moves files of earlier versions there.
     *
     * @throws InvalidConfigException if the cache directory cannot be ours
     */
    static Places prepare(FlexoConfig config, Map<String, String> environment, ServletContext context)
            throws InvalidConfigException {
        ContainerDirectories container = containerOf(context);
        CacheDirectoryChoice cache =
                CacheDirectoryChoice.choose(config.cacheDirectory(), environment, container, home());
        StateDirectory state = StateDirectory.choose(environment, container, cache.directory(), CacheMark.NAME);
        EarlierPlaces earlier = new EarlierPlaces(
                container.base().map(it -> earlierBase(it, config.listening().port())));
        if (config.cacheDirectory().isEmpty()) {
            earlier.moveCacheTo(cache.directory());
        }
        Optional<String> unusable = cache.prepare();
        Places places = new Places(cache, new CacheMark(cache.directory()), state);
        places.claim();
        earlier.moveNotes(cache.directory(), state);
        LOG.log(Level.INFO, "Packages are kept in {0} ({1}), state in {2}", new Object[] {
            cache.directory(), cache.reason(), state.directory()
        });
        unusable.ifPresent(why -> {
            LOG.warning(why);
            if (state.directory().startsWith(cache.directory())) {
                NoteFile.toldOf(state.directory());
            }
        });
        if (Files.isDirectory(cache.directory().resolve(PackageCache.PACOLOCO))) {
            LOG.log(
                    Level.INFO,
                    "{0} holds packages of Pacoloco. Each is taken over when it is asked for, if the database of its"
                            + " repository lists just that file. Remove the directory when you want its room back",
                    cache.directory().resolve(PackageCache.PACOLOCO));
        }
        return places;
    }

    /** The launcher's own bases in {@code .flexo} were once named by their ports. */
    private static Path earlierBase(Path base, int port) {
        return base.toString().contains("/.flexo/tomcat") ? base.resolveSibling(Integer.toString(port)) : base;
    }

    private void claim() throws InvalidConfigException {
        Optional<String> foreign;
        try {
            foreign = mark.claim();
        } catch (IOException e) {
            LOG.log(Level.FINE, e, () -> "It is seen later whether " + cache.directory() + " may be used");
            return;
        }
        if (foreign.isPresent()) {
            throw cache.foreign(foreign.get(), mark.path());
        }
    }

    /**
     * The path of a file with a setting of its own. A file at the configured path is moved if we keep it elsewhere.
     */
    Path stateFile(Path set) {
        Path chosen = state.file(set, cache.directory());
        EarlierPlaces.copyNew(set, chosen);
        return chosen;
    }

    static ContainerDirectories containerOf(ServletContext context) {
        return ContainerDirectories.of(
                System::getProperty,
                Optional.ofNullable(context.getAttribute(ServletContext.TEMPDIR))
                        .map(directory -> Path.of(directory.toString())),
                Optional.ofNullable(context.getRealPath("/")).map(Path::of));
    }

    /** Java's value for a user without a home is "?", and the directory may not exist. */
    static Optional<Path> home() {
        return Optional.of(Path.of(System.getProperty("user.home")))
                .filter(Path::isAbsolute)
                .filter(Files::isDirectory);
    }
}
