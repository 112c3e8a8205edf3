package flexo.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * All settings, read once and checked. Immutable.
 *
 * <p>docs/settings.md lists every setting with its default; sources are merged key by key, the strongest wins: system
 * properties, environment, context parameters, TOML file, defaults.
 *
 * @param configFile the TOML file that was read; empty if there is none
 * @param cacheDirectory absolute; empty if it is not set, see {@link CacheDirectoryChoice}
 * @param mirrorlistFallbackFile absolute
 * @param mirrorlistLatencyTestResultsFile absolute
 * @param refreshLatencyTestsAfter positive
 * @param mirrorSelectionMethod where mirrors come from
 * @param mirrorsPredefined in order, each once, ending in a slash, may carry credentials; not empty if the method is predefined
 * @param provisionalMirror used as long as no mirror has been selected; ends in a slash, may carry credentials
 * @param connectTimeout 1 to 7500 ms
 * @param lowSpeedLimitBytesPerSecond at least 1; a transfer slower than this is dropped
 * @param lowSpeedTime how long it must be slower, positive
 * @param maxSpeedLimitBytesPerSecond what all downloads together may take; empty means all there is
 * @param clientTimeout how long a client may take no byte while bytes are there for it, positive
 * @param retention how the cache keeps itself
 * @param repositories how databases are kept up to date, and packages checked
 * @param customRepositories in order, each name once
 * @param mirrorsAuto the settings of automatic mirror selection
 * @param connectorSettings what was set about listening, as {@code key = value (source)}; see {@link #connectorNote}
 * @param warnings mistakes that do not stop the application, to be logged
 */
public record FlexoConfig(
        Optional<Path> configFile,
        Optional<Path> cacheDirectory,
        Path mirrorlistFallbackFile,
        Path mirrorlistLatencyTestResultsFile,
        Duration refreshLatencyTestsAfter,
        MirrorSelectionMethod mirrorSelectionMethod,
        List<URI> mirrorsPredefined,
        URI provisionalMirror,
        Duration connectTimeout,
        long lowSpeedLimitBytesPerSecond,
        Duration lowSpeedTime,
        OptionalLong maxSpeedLimitBytesPerSecond,
        Duration clientTimeout,
        Retention retention,
        RepositorySettings repositories,
        List<CustomRepository> customRepositories,
        MirrorsAuto mirrorsAuto,
        List<String> connectorSettings,
        List<Problem> warnings) {

    /** Copies the lists. */
    public FlexoConfig {
        mirrorsPredefined = List.copyOf(mirrorsPredefined);
        customRepositories = List.copyOf(customRepositories);
        connectorSettings = List.copyOf(connectorSettings);
        warnings = List.copyOf(warnings);
    }

    /**
     * Reads the settings of this process.
     *
     * @param contextParameters the web application's context parameters; only names that begin with {@code flexo.} are looked at
     * @return the checked settings
     * @throws InvalidConfigException with everything that is wrong
     */
    public static FlexoConfig load(Map<String, String> contextParameters) throws InvalidConfigException {
        return load(SettingSources.ofThisProcess(contextParameters));
    }

    /**
     * Reads the settings from the given sources, of which the TOML file is read now.
     *
     * @param sources where to look
     * @return the checked settings
     * @throws InvalidConfigException with everything that is wrong
     */
    public static FlexoConfig load(SettingSources sources) throws InvalidConfigException {
        return ConfigReading.read(sources);
    }

    /**
     * {@return one line for the log if settings were made that only the container's connector can follow}
     */
    public Optional<String> connectorNote() {
        return connectorSettings.isEmpty()
                ? Optional.empty()
                : Optional.of("These settings belong to the container's connector, the application cannot follow them: "
                        + String.join(", ", connectorSettings)
                        + ". The Tomcat configuration that comes with Flexo reads FLEXO_PORT and FLEXO_LISTEN_IP_ADDRESS"
                        + " from the environment; in any other container set its connector.");
    }

    /** {@return a short text without the URLs, which may carry credentials} */
    @Override
    public String toString() {
        return "FlexoConfig[file=" + configFile.map(Path::toString).orElse("none") + ", method=" + mirrorSelectionMethod
                + ", predefined mirrors=" + mirrorsPredefined.size() + ", custom repositories=" + customRepositories
                + "]";
    }
}
