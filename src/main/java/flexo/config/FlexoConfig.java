package flexo.config;

import flexo.database.DatabaseSettings;
import flexo.download.Restrictions;
import flexo.mirror.Archive;
import flexo.mirror.Mirror;
import flexo.prefetch.PrefetchSettings;
import flexo.retention.RetentionSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * All settings, read once and validated. Immutable.
 *
 * <p>docs/settings.md lists every setting with its default. Sources are merged key by key; the strongest wins: system
 * properties, environment, context parameters, TOML file, defaults.
 *
 * @param configFile the TOML file that was read; empty if there is none
 * @param cacheDirectory absolute; empty if it is not set, see {@link CacheDirectoryChoice}
 * @param mirrors where the official repositories are fetched from
 * @param siblings the other nodes, which are asked for what they have before any mirror is; may be this node, too
 * @param customRepositories in order, each name once
 * @param archive where old packages and old states of repositories are to be had
 * @param outbound the way to all of these
 * @param limits minimum and maximum rates
 * @param restrictions the files that clients may request
 * @param access the clients that may come
 * @param databases the freshness of databases
 * @param retention the settings of retention
 * @param scrubBytesPerSecond the rate at which cached packages are verified in the background; 0 for never
 * @param prefetch the settings of prefetching
 * @param listening the address of the server
 * @param warnings mistakes that do not stop the application, to be logged
 */
public record FlexoConfig(
        Optional<Path> configFile,
        Optional<Path> cacheDirectory,
        OfficialMirrors mirrors,
        List<Mirror> siblings,
        List<CustomRepository> customRepositories,
        Archive archive,
        Outbound outbound,
        TransferLimits limits,
        Restrictions restrictions,
        Access access,
        DatabaseSettings databases,
        RetentionSettings retention,
        long scrubBytesPerSecond,
        PrefetchSettings prefetch,
        Listening listening,
        List<Problem> warnings) {

    public FlexoConfig {
        siblings = List.copyOf(siblings);
        customRepositories = List.copyOf(customRepositories);
        warnings = List.copyOf(warnings);
    }

    /**
     * Reads the settings from these sources, including the TOML file and the secret files that it names.
     *
     * @param sources the sources
     * @return the validated settings
     * @throws InvalidConfigException with all mistakes
     */
    public static FlexoConfig load(SettingSources sources) throws InvalidConfigException {
        return draft(sources).checked();
    }

    /**
     * Like {@link #load}, for further checks before use.
     *
     * @param sources the sources
     */
    public static SettingsDraft draft(SettingSources sources) {
        return new ConfigReading(sources).read();
    }

    /** {@return a line for the log if there are settings that the container's connector ignores} */
    public Optional<String> connectorNote() {
        return listening.notFollowed().isEmpty()
                ? Optional.empty()
                : Optional.of("These settings have no effect here: "
                        + String.join(", ", listening.notFollowed())
                        + ". The container's connector decides where it listens: set port and address there, or, with the Tomcat"
                        + " configuration that comes with Flexo, by the environment variables FLEXO_PORT and"
                        + " FLEXO_LISTEN_IP_ADDRESS. java -jar flexo.war follows all but context parameters.");
    }
}
