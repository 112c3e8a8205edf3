package flexo.config;

import flexo.cache.ByDirectory;
import flexo.database.DatabaseSettings;
import flexo.download.LowSpeedLimit;
import flexo.download.Restrictions;
import flexo.mirror.Archive;
import flexo.mirror.Mirror;
import flexo.mirror.MirrorCriteria;
import flexo.prefetch.PrefetchSettings;
import flexo.prefetch.QuietHours;
import flexo.retention.RetentionRules;
import flexo.retention.RetentionSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;

/** One reading of all settings: fills the records of the packages that they are for. */
final class ConfigReading {
    private final SettingValues values;
    private final Map<String, String> environment;
    private final boolean launched;

    ConfigReading(SettingSources given) {
        values = new SettingValues(given);
        environment = given.environment();
        launched = given.launched();
    }

    SettingsDraft read() {
        refuseConfigFileInItself();
        List<CustomRepository> customRepositories =
                values.value(Keys.CUSTOM_REPO).orElse(List.of());
        warnOfMissing(customRepositories);
        Map<String, RepositoryOverrides> overrides = overrides(customRepositories);
        FlexoConfig config = new FlexoConfig(
                values.file(),
                values.value(Keys.CACHE_DIRECTORY),
                mirrors(),
                siblings(),
                customRepositories,
                archive(),
                new OutboundReading(values, environment).read(customRepositories),
                limits(),
                new Restrictions(values.get(Keys.ALLOWED_REPOSITORIES), values.get(Keys.ALLOWED_PATHS)),
                access(),
                databases(overrides),
                retention(overrides),
                values.get(Keys.SCRUB_SPEED_LIMIT),
                prefetch(),
                listening(),
                values.warnings());
        return new SettingsDraft(config, values.problems());
    }

    private void refuseConfigFileInItself() {
        Optional<Path> configFile = values.value(Keys.CONFIG_FILE);
        values.source(Keys.CONFIG_FILE)
                .filter(source -> source.kind() == SourceKind.FILE)
                .ifPresent(source -> values.problems()
                        .add(Problem.wrongValue(
                                source.place(Keys.CONFIG_FILE, Parsed.WHOLE),
                                Keys.CONFIG_FILE.name(),
                                configFile.map(Path::toString).orElse(""),
                                "it to be set outside the file, as FLEXO_CONFIG_FILE or -Dflexo.config_file")));
    }

    private Listening listening() {
        return new Listening(
                values.get(Keys.LISTEN_IP_ADDRESS), values.get(Keys.PORT).intValue(), notFollowed());
    }

    private List<String> notFollowed() {
        List<String> settings = new ArrayList<>();
        for (Key<?> key : List.of(Keys.LISTEN_IP_ADDRESS, Keys.PORT)) {
            values.source(key)
                    .filter(source -> launched
                            ? source.kind() == SourceKind.CONTEXT_PARAMETERS
                            : source.kind() != SourceKind.DEFAULTS)
                    .filter(source -> values.value(key).isPresent())
                    .ifPresent(source -> settings.add(key.name() + " = "
                            + values.text(key).orElseThrow() + " (" + source.place(key, Parsed.WHOLE) + ")"));
        }
        return settings;
    }

    private OfficialMirrors mirrors() {
        OfficialMirrors mirrors = new OfficialMirrors(
                values.get(Keys.MIRROR_SELECTION_METHOD),
                values.get(Keys.MIRRORS_PREDEFINED),
                values.value(Keys.MIRRORLIST_FILE),
                values.get(Keys.PROVISIONAL_MIRROR),
                Stream.concat(
                                Stream.of(values.get(Keys.STATUS_JSON_ENDPOINT)),
                                values.get(Keys.STATUS_JSON_ENDPOINT_FALLBACKS).stream())
                        .toList(),
                new MirrorCriteria(
                        values.get(Keys.HTTPS_REQUIRED),
                        values.get(Keys.IPV4),
                        values.get(Keys.IPV6),
                        values.get(Keys.MAX_SCORE),
                        Set.copyOf(values.get(Keys.ALLOWED_COUNTRIES)),
                        Set.copyOf(values.get(Keys.MIRRORS_BLACKLIST)),
                        values.get(Keys.NUM_MIRRORS).intValue(),
                        values.get(Keys.MIRRORS_RANDOM_OR_SORT),
                        values.get(Keys.TIMEOUT)),
                values.get(Keys.REFRESH_LATENCY_TESTS_AFTER),
                values.get(Keys.MIRRORLIST_LATENCY_TEST_RESULTS_FILE),
                values.get(Keys.MIRRORLIST_FALLBACK_FILE),
                values.get(Keys.MIRRORS_ORDER));
        // A list that is invalid, or may be in a broken file, has been reported already.
        boolean listMayBeThere = values.fileBroken()
                || values.problems().stream().anyMatch(problem -> problem.key().equals(Keys.MIRRORS_PREDEFINED.name()))
                || values.source(Keys.MIRRORLIST_FILE).isPresent();
        if (mirrors.method() == MirrorSelectionMethod.PREDEFINED
                && mirrors.predefined().isEmpty()
                && !listMayBeThere) {
            SettingSource source = values.source(Keys.MIRROR_SELECTION_METHOD).orElseThrow();
            values.problems()
                    .add(Problem.wrongValue(
                            source.place(Keys.MIRROR_SELECTION_METHOD, Parsed.WHOLE),
                            Keys.MIRROR_SELECTION_METHOD.name(),
                            "predefined",
                            "at least one mirror in mirrors_predefined, which is empty, or a mirrorlist_file"));
        }
        return mirrors;
    }

    private List<Mirror> siblings() {
        List<Mirror> siblings = values.get(Keys.SIBLINGS);
        values.get(Keys.MIRRORS_PREDEFINED).stream()
                .filter(siblings::contains)
                .forEach(
                        both -> values.wrong(
                                Keys.SIBLINGS,
                                both
                                        + " is in mirrors_predefined, too; a sibling is asked for what it has, and fetches nothing for us"));
        return siblings;
    }

    /** It may be made later; until then clients get 404. */
    private void warnOfMissing(List<CustomRepository> repositories) {
        repositories.forEach(repository -> repository
                .directory()
                .filter(directory -> !Files.isDirectory(directory))
                .ifPresent(directory -> values.warn(
                        Keys.CUSTOM_REPO,
                        repository.name() + ": there is no directory " + directory
                                + "; clients get 404 until it is there")));
    }

    private Access access() {
        Optional<Path> token = values.value(Keys.ADMIN_TOKEN_FILE);
        if (token.filter(SecretFile::othersMayRead).isPresent()) {
            values.warn(Keys.ADMIN_TOKEN_FILE, "every user of this machine can read this file, and so may steer");
        }
        return new Access(
                values.get(Keys.ALLOWED_CLIENTS),
                values.get(Keys.TRUSTED_PROXIES),
                token,
                values.get(Keys.CLIENT_FIGURES),
                new WebServer(values.value(Keys.HITS_LOG), values.get(Keys.FILE_HANDOVER)));
    }

    private TransferLimits limits() {
        return new TransferLimits(
                new LowSpeedLimit(lowSpeedLimit(), values.get(Keys.LOW_SPEED_TIME_SECS)),
                aboveZero(values.value(Keys.MAX_SPEED_LIMIT)),
                aboveZero(values.value(Keys.PREFETCH_SPEED_LIMIT)),
                values.get(Keys.CLIENT_TIMEOUT_SECS),
                Math.toIntExact(values.get(Keys.MIRRORS_PER_FILE)));
    }

    /**
     * The stronger source wins, and within one source the number with a unit. Below one byte per second means stalled.
     */
    private long lowSpeedLimit() {
        long plain = values.get(Keys.LOW_SPEED_LIMIT);
        Optional<Long> formatted = values.value(Keys.LOW_SPEED_LIMIT_FORMATTED);
        boolean plainIsStronger =
                values.strength(Keys.LOW_SPEED_LIMIT) > values.strength(Keys.LOW_SPEED_LIMIT_FORMATTED);
        return Math.max(1, plainIsStronger ? plain : formatted.orElse(plain));
    }

    private PrefetchSettings prefetch() {
        return new PrefetchSettings(
                values.get(Keys.PREFETCH),
                values.get(Keys.PREFETCH_UNUSED_AFTER),
                values.value(Keys.PREFETCH_QUIET_HOURS).orElseGet(() -> QuietHours.always(ZoneId.systemDefault())),
                aboveZero(values.value(Keys.PREFETCH_SPEED_LIMIT)).isPresent(),
                aboveZero(values.value(Keys.PREFETCH_SIZE_LIMIT)));
    }

    /** Zero means "no limit", as in curl and the original Flexo. */
    private static OptionalLong aboveZero(Optional<Long> limit) {
        return limit.filter(it -> it > 0).map(OptionalLong::of).orElseGet(OptionalLong::empty);
    }

    private Archive archive() {
        Mirror packages = values.get(Keys.ARCHIVE_PACKAGES_URL);
        return new Archive(
                values.get(Keys.ARCHIVE_URL), Optional.of(packages).filter(pool -> values.get(Keys.ARCHIVE_FALLBACK)));
    }

    private DatabaseSettings databases(Map<String, RepositoryOverrides> overrides) {
        Duration everywhere = values.get(Keys.DATABASE_CHECK_INTERVAL);
        Map<String, Duration> intervals = new HashMap<>();
        overrides.forEach((directory, different) ->
                intervals.put(directory, different.databaseCheckInterval().orElse(everywhere)));
        return new DatabaseSettings(
                new ByDirectory<>(everywhere, intervals),
                values.get(Keys.DATABASE_REFRESH_INTERVAL),
                values.get(Keys.DATABASE_MAX_STALE));
    }

    private RetentionSettings retention(Map<String, RepositoryOverrides> overrides) {
        RetentionRules everywhere = new RetentionRules(
                values.get(Keys.NUM_VERSIONS_RETAIN).intValue(),
                values.value(Keys.PURGE_UNUSED_AFTER),
                OptionalLong.empty());
        Map<String, RetentionRules> rules = new HashMap<>();
        overrides.forEach((directory, different) -> rules.put(
                directory,
                new RetentionRules(
                        different.numVersionsRetain().orElse(everywhere.versionsToKeep()),
                        different.purgeUnusedAfter().or(everywhere::purgeUnusedAfter),
                        different.cacheSizeLimitBytes())));
        return new RetentionSettings(
                new ByDirectory<>(everywhere, rules),
                values.value(Keys.CACHE_SIZE_LIMIT),
                values.value(Keys.CACHE_MIN_FREE));
    }

    /** {@return the overrides by directory} Custom repositories may have theirs in their own tables. */
    private Map<String, RepositoryOverrides> overrides(List<CustomRepository> repositories) {
        Map<String, RepositoryOverrides> all =
                new HashMap<>(values.value(Keys.REPOSITORY).orElse(Map.of()));
        for (CustomRepository repository : repositories) {
            String directory = "custom_repo/" + repository.name();
            if (!repository.overrides().equals(RepositoryOverrides.NONE)
                    && all.put(directory, repository.overrides()) != null) {
                values.wrong(
                        Keys.REPOSITORY,
                        "\"" + directory + "\" has a table here, and its [[custom_repo]] says what is different, too;"
                                + " only one of them can");
            }
        }
        return all;
    }
}
