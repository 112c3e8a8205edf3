package flexo.config;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.Set;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigValue;
import org.eclipse.microprofile.config.spi.ConfigProviderResolver;

/**
 * One reading of all sources: collects what is wrong on the way, and makes a {@link FlexoConfig} only if nothing is.
 *
 * <p>MicroProfile Config decides which source wins; what a text means, and what is wrong with it, is decided here, because its
 * converters stop at the first mistake and know nothing of lines in files.
 */
final class ConfigReading {
    static final String DEFAULTS = "META-INF/microprofile-config.properties";

    private final Map<String, SettingSource> sources = new HashMap<>();
    private final List<Problem> problems = new ArrayList<>();
    private final List<Problem> warnings = new ArrayList<>();
    private final Config config;
    private final Optional<Path> file;
    /** Whether the file's settings are unknown, so that what seems to be missing may stand there. */
    private final boolean fileBroken;

    private ConfigReading(SettingSources given) {
        List<SettingSource> stronger = List.of(
                SettingSource.of(SourceKind.SYSTEM_PROPERTIES, given.systemProperties()),
                SettingSource.of(SourceKind.ENVIRONMENT, given.environment()),
                SettingSource.of(SourceKind.CONTEXT_PARAMETERS, given.contextParameters()));
        stronger.forEach(this::add);
        file = file(stronger, given.defaultFile());
        Optional<TomlFile> toml = file.map(TomlFile::read);
        fileBroken = toml.isPresent() && !toml.get().problems().isEmpty();
        toml.ifPresent(read -> {
            problems.addAll(read.problems());
            add(SettingSource.of(read));
        });
        add(SettingSource.of(SourceKind.DEFAULTS, defaults()));
        // Built, never registered: a registered one would keep the web application's class loader alive after undeploy.
        config = ConfigProviderResolver.instance()
                .getBuilder()
                .forClassLoader(ConfigReading.class.getClassLoader())
                .withSources(sources.values().toArray(SettingSource[]::new))
                .build();
    }

    static FlexoConfig read(SettingSources given) throws InvalidConfigException {
        return new ConfigReading(given).read();
    }

    /** {@return the built-in defaults by property name} */
    static Map<String, String> defaults() {
        Map<String, String> defaults = new HashMap<>();
        try {
            // A container may show us such files of other libraries too; only names of ours count, and ours comes
            // first.
            for (URL url : Collections.list(ConfigReading.class.getClassLoader().getResources(DEFAULTS))) {
                Properties properties = new Properties();
                try (Reader reader = new InputStreamReader(url.openStream(), StandardCharsets.UTF_8)) {
                    properties.load(reader);
                }
                for (String name : properties.stringPropertyNames()) {
                    if (name.startsWith(Keys.PREFIX)) {
                        defaults.putIfAbsent(name, properties.getProperty(name));
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The application is damaged: its " + DEFAULTS + " cannot be read", e);
        }
        return defaults;
    }

    private void add(SettingSource source) {
        sources.put(source.getName(), source);
        // Other programs may set variables that look like ours; what has been written for us alone must be right.
        (source.kind() == SourceKind.ENVIRONMENT ? warnings : problems).addAll(source.unknown());
    }

    /** {@return the TOML file to read} It must be known before the sources are complete, so the stronger ones are asked one by one. */
    private static Optional<Path> file(List<SettingSource> stronger, Path defaultFile) {
        for (SettingSource source : stronger) {
            String value = source.getValue(Keys.CONFIG_FILE.property());
            if (value != null) {
                return Keys.CONFIG_FILE.parser().parse(value).value();
            }
        }
        return Optional.of(defaultFile).filter(Files::exists);
    }

    private FlexoConfig read() throws InvalidConfigException {
        Optional<Path> configFile = value(Keys.CONFIG_FILE);
        source(Keys.CONFIG_FILE)
                .filter(source -> source.kind() == SourceKind.FILE)
                .ifPresent(source -> problems.add(Problem.wrongValue(
                        source.place(Keys.CONFIG_FILE, Parsed.WHOLE),
                        Keys.CONFIG_FILE.name(),
                        configFile.map(Path::toString).orElse(""),
                        "it to be set outside the file, as FLEXO_CONFIG_FILE or -Dflexo.config_file")));
        List<String> connector = new ArrayList<>();
        for (Key<?> key : List.of(Keys.LISTEN_IP_ADDRESS, Keys.PORT)) {
            Optional<?> value = value(key);
            source(key)
                    .filter(source -> value.isPresent() && source.kind() != SourceKind.DEFAULTS)
                    .ifPresent(source -> connector.add(
                            key.name() + " = " + value.get() + " (" + source.place(key, Parsed.WHOLE) + ")"));
        }
        Optional<Path> cacheDirectory = value(Keys.CACHE_DIRECTORY);
        Optional<Path> fallbackFile = value(Keys.MIRRORLIST_FALLBACK_FILE);
        Optional<Path> testResultsFile = value(Keys.MIRRORLIST_LATENCY_TEST_RESULTS_FILE);
        var refreshAfter = value(Keys.REFRESH_LATENCY_TESTS_AFTER);
        var method = value(Keys.MIRROR_SELECTION_METHOD);
        var predefined = value(Keys.MIRRORS_PREDEFINED);
        var provisional = value(Keys.PROVISIONAL_MIRROR);
        var connectTimeout = value(Keys.CONNECT_TIMEOUT);
        var lowSpeedLimit = lowSpeedLimit();
        var lowSpeedTime = value(Keys.LOW_SPEED_TIME_SECS);
        var maxSpeedLimit = value(Keys.MAX_SPEED_LIMIT);
        var clientTimeout = value(Keys.CLIENT_TIMEOUT_SECS);
        var retain = value(Keys.NUM_VERSIONS_RETAIN);
        var purgeUnusedAfter = value(Keys.PURGE_UNUSED_AFTER);
        var sizeLimit = value(Keys.CACHE_SIZE_LIMIT);
        var minFree = value(Keys.CACHE_MIN_FREE);
        Optional<RepositorySettings> repositories = repositories();
        var customRepositories = value(Keys.CUSTOM_REPO);
        Optional<MirrorsAuto> mirrorsAuto = mirrorsAuto();
        requirePredefinedMirrors(method, predefined);
        if (!problems.isEmpty()) {
            throw new InvalidConfigException(problems);
        }
        return new FlexoConfig(
                file,
                cacheDirectory,
                fallbackFile.orElseThrow(),
                testResultsFile.orElseThrow(),
                refreshAfter.orElseThrow(),
                method.orElseThrow(),
                predefined.orElseThrow(),
                provisional.orElseThrow(),
                connectTimeout.orElseThrow(),
                lowSpeedLimit,
                lowSpeedTime.orElseThrow(),
                // Zero is curl's, and so Flexo's, word for "no limit".
                maxSpeedLimit.filter(limit -> limit > 0).map(OptionalLong::of).orElseGet(OptionalLong::empty),
                clientTimeout.orElseThrow(),
                new Retention(retain.orElseThrow().intValue(), purgeUnusedAfter, sizeLimit, minFree),
                repositories.orElseThrow(),
                customRepositories.orElse(List.of()),
                mirrorsAuto.orElseThrow(),
                connector,
                warnings);
    }

    private Optional<RepositorySettings> repositories() {
        int before = problems.size();
        var checkInterval = value(Keys.DATABASE_CHECK_INTERVAL);
        var refreshInterval = value(Keys.DATABASE_REFRESH_INTERVAL);
        var maxStale = value(Keys.DATABASE_MAX_STALE);
        var scrubSpeedLimit = value(Keys.SCRUB_SPEED_LIMIT);
        return problems.size() > before
                ? Optional.empty()
                : Optional.of(new RepositorySettings(
                        checkInterval.orElseThrow(),
                        refreshInterval.orElseThrow(),
                        maxStale.orElseThrow(),
                        scrubSpeedLimit.orElseThrow()));
    }

    private Optional<MirrorsAuto> mirrorsAuto() {
        int before = problems.size();
        var endpoint = value(Keys.STATUS_JSON_ENDPOINT);
        var fallbacks = value(Keys.STATUS_JSON_ENDPOINT_FALLBACKS);
        var blacklist = value(Keys.MIRRORS_BLACKLIST);
        var httpsRequired = value(Keys.HTTPS_REQUIRED);
        var ipv4 = value(Keys.IPV4);
        var ipv6 = value(Keys.IPV6);
        var maxScore = value(Keys.MAX_SCORE);
        var numMirrors = value(Keys.NUM_MIRRORS);
        var order = value(Keys.MIRRORS_RANDOM_OR_SORT);
        var timeout = value(Keys.TIMEOUT);
        var countries = value(Keys.ALLOWED_COUNTRIES);
        return problems.size() > before
                ? Optional.empty()
                : Optional.of(new MirrorsAuto(
                        endpoint.orElseThrow(),
                        fallbacks.orElseThrow(),
                        blacklist.orElseThrow(),
                        httpsRequired.orElseThrow(),
                        ipv4.orElseThrow(),
                        ipv6.orElseThrow(),
                        maxScore.orElseThrow(),
                        numMirrors.orElseThrow().intValue(),
                        order.orElseThrow(),
                        timeout.orElseThrow(),
                        Set.copyOf(countries.orElseThrow())));
    }

    /** The stronger source wins, and within one source the number with a unit. Less than a byte per second means stalled. */
    private long lowSpeedLimit() {
        Optional<Long> plain = value(Keys.LOW_SPEED_LIMIT);
        Optional<Long> formatted = value(Keys.LOW_SPEED_LIMIT_FORMATTED);
        boolean plainIsStronger = strength(Keys.LOW_SPEED_LIMIT) > strength(Keys.LOW_SPEED_LIMIT_FORMATTED);
        return Math.max(1, (plainIsStronger ? plain : formatted.or(() -> plain)).orElse(1L));
    }

    private void requirePredefinedMirrors(
            Optional<MirrorSelectionMethod> method, Optional<? extends List<?>> predefined) {
        if (method.equals(Optional.of(MirrorSelectionMethod.PREDEFINED))
                && predefined.isPresent()
                && predefined.get().isEmpty()
                && !fileBroken) {
            SettingSource source = source(Keys.MIRROR_SELECTION_METHOD).orElseThrow();
            problems.add(Problem.wrongValue(
                    source.place(Keys.MIRROR_SELECTION_METHOD, Parsed.WHOLE),
                    Keys.MIRROR_SELECTION_METHOD.name(),
                    "predefined",
                    "at least one mirror in mirrors_predefined, which is empty"));
        }
    }

    /** {@return a setting's value; empty if it is not set, or wrong, which is noted} */
    private <T> Optional<T> value(Key<T> key) {
        ConfigValue found = config.getConfigValue(key.property());
        if (found.getValue() == null) {
            return Optional.empty();
        }
        Parsed<T> parsed = key.parser().parse(found.getValue());
        SettingSource source = source(key).orElseThrow();
        // FLEXO_PORT may be another program's: Kubernetes sets it for every service that is called flexo.
        boolean harmless = Keys.OF_THE_CONNECTOR.contains(key) && source.kind() == SourceKind.ENVIRONMENT;
        for (Parsed.Mistake mistake : parsed.mistakes()) {
            (harmless ? warnings : problems)
                    .add(Problem.wrongValue(
                            source.place(key, mistake.element()), key.name(), mistake.found(), mistake.expected()));
        }
        return parsed.value();
    }

    /** {@return the source that a setting's value came from; empty if it is not set} */
    private Optional<SettingSource> source(Key<?> key) {
        return Optional.ofNullable(config.getConfigValue(key.property()).getSourceName())
                .map(sources::get);
    }

    private int strength(Key<?> key) {
        return source(key).map(SettingSource::getOrdinal).orElse(0);
    }
}
