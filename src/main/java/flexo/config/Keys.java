package flexo.config;

import flexo.download.Glob;
import flexo.mirror.Mirror;
import flexo.mirror.MirrorCriteria;
import flexo.mirror.MirrorsOrder;
import flexo.net.IpNetwork;
import flexo.prefetch.QuietHours;
import flexo.prefetch.Schedule;
import flexo.retention.StorageSize;
import flexo.upstream.NoProxy;
import flexo.upstream.TlsSetup;
import flexo.upstream.UpstreamAccess;
import flexo.web.FileHandover;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The list of all settings. Each is declared here, once, with its name, parser and default, in the order in which
 * mistakes are reported; the fields of tables are in a class for each kind of table. A test keeps
 * META-INF/microprofile-config.properties, flexo-reference.toml and docs/settings.md consistent with it.
 */
final class Keys {
    /** The prefix of all settings in system properties, context parameters and the defaults. */
    static final String PREFIX = "flexo.";

    /** All declared settings, in that order. */
    private static final List<Key<?>> LISTED = new ArrayList<>();

    static final String EXPECTED_URL =
            "an absolute http or https URL without query, fragment and $repo/os/$arch, such as \"https://mirror.example.org/archlinux/\"";

    static final String EXPECTED_PROXY =
            "an http URL with host and port, such as \"http://proxy.example.org:3128\", or \"none\"";
    static final String EXPECTED_MIRRORLIST = "the absolute path of a mirrorlist of pacman that can be read";

    private static final String EXPECTED_DOCUMENT = "an absolute http or https URL without fragment, or file:///path";
    private static final Duration MILLISECOND = Duration.ofMillis(1);
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration HOUR = Duration.ofHours(1);

    private static final ValueParser<Path> PATH = ValueParser.of("an absolute path", PlainValues::absolutePath);

    private static final ValueParser<Boolean> YES_OR_NO = ValueParser.of("true or false", PlainValues::yesOrNo);

    private static final ValueParser<Long> SPEED = ValueParser.of(
            "bytes per second as a whole number, or with a unit, such as 250000, \"2 MBit/s\" or \"250 KiB/s\"",
            Bandwidth::parseOrPlain);

    private static final ValueParser<StorageSize> SIZE = ValueParser.of(
            "a size with its unit, or a share of the file system, such as \"20 GiB\" or \"80 %\"", StorageSizes::parse);

    private static final String EXPECTED_PEM = "the absolute path of a PEM file that can be read";
    private static final ValueParser<Path> PEM = ValueParser.of(EXPECTED_PEM, OutboundValues::readableFile);

    static final ValueParser<UpstreamAccess.Way> PROXY = ValueParser.of(EXPECTED_PROXY, OutboundValues::proxy);

    private static final ValueParser<Mirror> MIRROR = ValueParser.of(EXPECTED_URL, UpstreamUrl::mirror);

    private static final ValueParser<List<Mirror>> MIRRORS = ValueList.of(EXPECTED_URL, UpstreamUrl::mirror);

    private static final ValueParser<List<IpNetwork>> NETWORKS =
            ValueList.of("IP addresses or networks, such as \"192.168.1.0/24\" or \"fd00::/8\"", IpNetwork::parse);

    static final ValueParser<Long> BYTES =
            ValueParser.of("a size with its unit, such as \"20 GiB\"", StorageSizes::parseBytes);

    static final Key<Path> CONFIG_FILE = listed(new Key<>("config_file", PATH));

    static final Key<Path> CACHE_DIRECTORY = listed(new Key<>("cache_directory", PATH));

    static final Key<Path> MIRRORLIST_FALLBACK_FILE =
            listed(new Key<>("mirrorlist_fallback_file", PATH).byDefault("/var/cache/flexo/state/mirrorlist"));

    static final Key<Path> MIRRORLIST_LATENCY_TEST_RESULTS_FILE =
            listed(new Key<>("mirrorlist_latency_test_results_file", PATH)
                    .byDefault("/var/cache/flexo/state/latency_test_results.json"));

    /** In the original Flexo's own example it is below [mirrors_auto]. */
    static final Key<Duration> REFRESH_LATENCY_TESTS_AFTER = listed(new Key<>(
                    "refresh_latency_tests_after",
                    Durations.between(
                            MILLISECOND,
                            Duration.ofDays(3650),
                            Duration.ZERO,
                            "a duration with its unit, above 0 and up to 3650 days, such as \"8 days\" or \"36 h\""))
            .alsoCalled("mirrors_auto.refresh_latency_tests_after")
            .byDefault("8 days"));

    static final Key<String> LISTEN_IP_ADDRESS = listed(new Key<>(
                    "listen_ip_address",
                    ValueParser.of(
                            "an address of this machine, such as 127.0.0.1, or 0.0.0.0 or :: for all of them",
                            PlainValues::listenAddress))
            .byDefault("127.0.0.1"));

    static final Key<Long> PORT =
            listed(new Key<>("port", wholeNumber("a port number from 1 to 65535", 1, 65535)).byDefault("7878"));

    static final Key<MirrorSelectionMethod> MIRROR_SELECTION_METHOD = listed(
            new Key<>("mirror_selection_method", PlainValues.words(MirrorSelectionMethod.class)).byDefault("auto"));

    static final Key<MirrorsOrder> MIRRORS_ORDER =
            listed(new Key<>("mirrors_order", PlainValues.words(MirrorsOrder.class)).byDefault("spread"));

    static final Key<Long> MIRRORS_PER_FILE =
            listed(new Key<>("mirrors_per_file", wholeNumber("a whole number from 1 (no more than one) to 16", 1, 16))
                    .byDefault("4"));

    static final Key<List<Mirror>> MIRRORS_PREDEFINED =
            listed(new Key<>("mirrors_predefined", MIRRORS).byDefault("[]"));

    static final Key<List<Mirror>> SIBLINGS = listed(new Key<>("siblings", MIRRORS).byDefault("[]"));

    static final Key<Path> MIRRORLIST_FILE =
            listed(new Key<>("mirrorlist_file", ValueParser.of(EXPECTED_MIRRORLIST, OutboundValues::readableFile)));

    static final Key<Mirror> PROVISIONAL_MIRROR =
            listed(new Key<>("provisional_mirror", MIRROR).byDefault("https://geo.mirror.pkgbuild.com/"));

    /** With a longer timeout pacman, which gives up after ten seconds, would get no answer. */
    static final Key<Duration> CONNECT_TIMEOUT = listed(new Key<>(
                    "connect_timeout",
                    Durations.between(
                            MILLISECOND,
                            Duration.ofMillis(7500),
                            MILLISECOND,
                            "milliseconds, or a duration with its unit, from 1 ms to 7500 ms, such as 3000 or \"3 s\""))
            .byDefault("3000"));

    static final Key<Long> LOW_SPEED_LIMIT = listed(new Key<>("low_speed_limit", SPEED).byDefault("1"));

    static final Key<Long> LOW_SPEED_LIMIT_FORMATTED = listed(new Key<>(
            "low_speed_limit_formatted",
            ValueParser.of("a speed with its unit, such as \"2 MBit/s\" or \"250 KiB/s\"", Bandwidth::parse)));

    static final Key<Duration> LOW_SPEED_TIME_SECS =
            listed(new Key<>("low_speed_time_secs", seconds("5 or \"5 s\"")).byDefault("5"));

    /** In the original Flexo's own example it is below [mirrors_auto]. */
    static final Key<Long> MAX_SPEED_LIMIT =
            listed(new Key<>("max_speed_limit", SPEED).alsoCalled("mirrors_auto.max_speed_limit"));

    static final Key<Duration> CLIENT_TIMEOUT_SECS =
            listed(new Key<>("client_timeout_secs", seconds("180 or \"3 min\"")).byDefault("180"));

    static final Key<Long> NUM_VERSIONS_RETAIN = listed(new Key<>(
                    "num_versions_retain", wholeNumber("a whole number from 0 (all are kept) to 1000000", 0, 1_000_000))
            .byDefault("3"));

    static final Key<Duration> PURGE_UNUSED_AFTER = listed(new Key<>(
            "purge_unused_after",
            Durations.between(
                    Duration.ofMinutes(1),
                    Duration.ofDays(3650),
                    Duration.ZERO,
                    "a duration with its unit, from 1 minute to 3650 days, such as \"90 days\" or \"6 months\"")));

    static final Key<StorageSize> CACHE_SIZE_LIMIT = listed(new Key<>("cache_size_limit", SIZE));

    static final Key<StorageSize> CACHE_MIN_FREE = listed(new Key<>("cache_min_free", SIZE));

    static final Key<Duration> DATABASE_CHECK_INTERVAL = listed(new Key<>(
                    "database_check_interval",
                    Durations.between(
                            Duration.ZERO,
                            HOUR,
                            Duration.ZERO,
                            "a duration with its unit, from 0 s (each request) to 1 hour, such as \"5 s\""))
            .byDefault("2 s"));

    static final Key<Duration> DATABASE_REFRESH_INTERVAL = listed(new Key<>(
                    "database_refresh_interval",
                    Durations.between(
                            Duration.ZERO,
                            Duration.ofDays(30),
                            Duration.ZERO,
                            "a duration with its unit, from 0 s (never) to 30 days, such as \"1 h\""))
            .byDefault("1 h"));

    static final Key<Duration> DATABASE_MAX_STALE = listed(new Key<>(
                    "database_max_stale",
                    Durations.between(
                            Duration.ZERO,
                            Duration.ofDays(3650),
                            Duration.ZERO,
                            "a duration with its unit, from 0 s (never) to 3650 days, such as \"30 days\""))
            .byDefault("30 days"));

    static final Key<Long> SCRUB_SPEED_LIMIT = listed(new Key<>("scrub_speed_limit", SPEED).byDefault("2 MiB/s"));

    static final Key<Schedule> PREFETCH = listed(new Key<>(
                    "prefetch",
                    ValueParser.of(
                            "\"off\", a duration with its unit from 1 minute to 30 days such as \"6 h\", or the five fields of cron"
                                    + " such as \"0 3 * * *\"",
                            PrefetchValues::schedule))
            .byDefault("off"));

    static final Key<Duration> PREFETCH_UNUSED_AFTER =
            listed(new Key<>("prefetch_unused_after", PURGE_UNUSED_AFTER.parser()).byDefault("30 days"));

    static final Key<QuietHours> PREFETCH_QUIET_HOURS = listed(new Key<>(
            "prefetch_quiet_hours",
            ValueParser.of("two different times of the day, such as \"22:00-06:00\"", PrefetchValues::quietHours)));

    static final Key<Long> PREFETCH_SPEED_LIMIT = listed(new Key<>("prefetch_speed_limit", SPEED));

    static final Key<Long> PREFETCH_SIZE_LIMIT = listed(new Key<>("prefetch_size_limit", BYTES));

    static final Key<Map<String, RepositoryOverrides>> REPOSITORY =
            listed(new Key<>("repository", RepositoryTable::parse));

    static final Key<List<CustomRepository>> CUSTOM_REPO = listed(new Key<>("custom_repo", new CustomRepositoryList()));

    static final Key<Mirror> ARCHIVE_URL =
            listed(new Key<>("archive_url", MIRROR).byDefault("https://archive.archlinux.org/repos/"));

    static final Key<Mirror> ARCHIVE_PACKAGES_URL =
            listed(new Key<>("archive_packages_url", MIRROR).byDefault("https://archive.archlinux.org/packages/"));

    static final Key<Boolean> ARCHIVE_FALLBACK = listed(new Key<>("archive_fallback", YES_OR_NO).byDefault("true"));

    static final Key<List<String>> ALLOWED_REPOSITORIES = listed(new Key<>(
                    "allowed_repositories",
                    ValueList.of(
                            "the first directories of paths, such as \"core\" or \"custom_repo/arm\"",
                            PlainValues::cacheFolder))
            .byDefault("[]"));

    static final Key<List<Glob>> ALLOWED_PATHS =
            listed(new Key<>("allowed_paths", ValueList.of("globs of paths, such as \"*/os/x86_64/**\"", Glob::parse))
                    .byDefault("[]"));

    static final Key<List<IpNetwork>> ALLOWED_CLIENTS = listed(new Key<>("allowed_clients", NETWORKS).byDefault("[]"));

    static final Key<List<IpNetwork>> TRUSTED_PROXIES =
            listed(new Key<>("trusted_proxies", NETWORKS).byDefault("[\"127.0.0.0/8\", \"::1\"]"));

    static final Key<Boolean> CLIENT_FIGURES = listed(new Key<>("client_figures", YES_OR_NO).byDefault("true"));

    static final Key<FileHandover> FILE_HANDOVER = listed(new Key<>(
                    "file_handover",
                    ValueParser.of(
                            "\"none\", \"X-Accel-Redirect\" or \"X-Sendfile\"",
                            text -> PlainValues.word(FileHandover.class, text.replace('-', '_'))))
            .byDefault("none"));

    static final Key<Path> HITS_LOG = listed(new Key<>("hits_log", PATH));

    static final Key<Path> ADMIN_TOKEN_FILE = listed(new Key<>("admin_token_file", SecretFile::parsePath));

    static final Key<UpstreamAccess.Way> HTTP_PROXY = listed(new Key<>("http_proxy", PROXY));

    static final Key<UpstreamAccess.Way> HTTPS_PROXY = listed(new Key<>("https_proxy", PROXY));

    static final Key<List<NoProxy.Exemption>> NO_PROXY = listed(new Key<>(
            "no_proxy",
            ValueList.of(
                    "host names, domains, addresses or networks, such as \"localhost\", \".example.org\" or"
                            + " \"10.0.0.0/8\", or \"*\"",
                    NoProxy.Exemption::parse)));

    static final Key<String> PROXY_USER = listed(new Key<>("proxy_user", OutboundValues::user));

    static final Key<Secret> PROXY_PASSWORD = listed(new Key<>("proxy_password", OutboundValues::secret));

    static final Key<Secret> PROXY_PASSWORD_FILE = listed(new Key<>("proxy_password_file", SecretFile::parse));

    static final Key<List<Path>> CA_CERTIFICATES = listed(
            new Key<>("ca_certificates", ValueList.of(EXPECTED_PEM, OutboundValues::readableFile)).byDefault("[]"));

    static final Key<Path> CLIENT_CERTIFICATE = listed(new Key<>("client_certificate", PEM));

    static final Key<Path> CLIENT_KEY = listed(new Key<>("client_key", PEM));

    static final Key<TlsSetup.Minimum> MINIMUM_TLS =
            listed(new Key<>("minimum_tls", ValueParser.of("\"1.2\" or \"1.3\"", OutboundValues::tlsVersion))
                    .byDefault("1.2"));

    static final Key<String> USER_AGENT = listed(new Key<>(
            "user_agent",
            ValueParser.of("a text of printable ASCII characters, such as \"flexo\"", OutboundValues::headerValue)));

    static final Key<List<UpstreamAccess>> UPSTREAM_CREDENTIALS =
            listed(new Key<>("upstream_credentials", UpstreamCredentialsTable::parse));

    static final Key<Boolean> ALLOW_HTTPS_DOWNGRADE =
            listed(new Key<>("allow_https_downgrade", YES_OR_NO).byDefault("false"));

    static final Key<Boolean> ALLOW_PRIVATE_REDIRECTS =
            listed(new Key<>("allow_private_redirects", YES_OR_NO).byDefault("false"));

    static final Key<URI> STATUS_JSON_ENDPOINT = listed(new Key<>(
                    "mirrors_auto.mirrors_status_json_endpoint",
                    ValueParser.of(EXPECTED_DOCUMENT, UpstreamUrl::document))
            .byDefault("https://archlinux.org/mirrors/status/json/"));

    static final Key<List<URI>> STATUS_JSON_ENDPOINT_FALLBACKS = listed(
            new Key<>(
                            "mirrors_auto.mirrors_status_json_endpoint_fallbacks",
                            ValueList.of(EXPECTED_DOCUMENT, UpstreamUrl::document))
                    .byDefault(
                            "[\"https://raw.githubusercontent.com/nroi/archlinux-mirrors-status-fallback/main/mirrorlist.json\"]"));

    static final Key<List<Mirror>> MIRRORS_BLACKLIST =
            listed(new Key<>("mirrors_auto.mirrors_blacklist", MIRRORS).byDefault("[]"));

    static final Key<Boolean> HTTPS_REQUIRED =
            listed(new Key<>("mirrors_auto.https_required", YES_OR_NO).byDefault("true"));

    static final Key<Boolean> IPV4 = listed(new Key<>("mirrors_auto.ipv4", YES_OR_NO).byDefault("true"));

    static final Key<Boolean> IPV6 = listed(new Key<>("mirrors_auto.ipv6", YES_OR_NO).byDefault("false"));

    static final Key<Double> MAX_SCORE = listed(
            new Key<>("mirrors_auto.max_score", ValueParser.of("a number from 0, such as 2.5", PlainValues::decimal))
                    .byDefault("2.5"));

    static final Key<Long> NUM_MIRRORS =
            listed(new Key<>("mirrors_auto.num_mirrors", wholeNumber("a whole number from 1 to 1000", 1, 1000))
                    .byDefault("8"));

    static final Key<MirrorCriteria.Order> MIRRORS_RANDOM_OR_SORT =
            listed(new Key<>("mirrors_auto.mirrors_random_or_sort", PlainValues.words(MirrorCriteria.Order.class))
                    .byDefault("sort"));

    static final Key<Duration> TIMEOUT = listed(new Key<>(
                    "mirrors_auto.timeout",
                    Durations.between(
                            MILLISECOND,
                            Duration.ofMinutes(1),
                            MILLISECOND,
                            "milliseconds, or a duration with its unit, above 0 and up to 1 minute, such as 350 or \"350 ms\""))
            .byDefault("350"));

    static final Key<List<String>> ALLOWED_COUNTRIES = listed(new Key<>(
                    "mirrors_auto.allowed_countries",
                    ValueList.of("two-letter ISO country codes such as DE", PlainValues::country))
            .byDefault("[]"));

    static final List<Key<?>> ALL = List.copyOf(LISTED);

    /** The names of all settings. */
    static final List<String> NAMES = ALL.stream().map(Key::name).toList();

    /** The settings and table fields with secret values. */
    static final Set<String> SECRETS = Set.of(
            "proxy_password",
            "custom_repo.password",
            "custom_repo.token",
            "custom_repo.headers",
            "upstream_credentials.password",
            "upstream_credentials.token");

    /** The settings of the container's connector. */
    static final Set<Key<?>> OF_THE_CONNECTOR = Set.of(LISTEN_IP_ADDRESS, PORT);

    private Keys() {}

    private static <T> Key<T> listed(Key<T> key) {
        LISTED.add(key);
        return key;
    }

    /** {@return the fields of all settings that are arrays of tables, as {@code custom_repo.url}} */
    static List<Key<?>> fieldsOfTables() {
        return Stream.of(CustomRepositoryTable.FIELDS, RepositoryTable.FIELDS, UpstreamCredentialsTable.FIELDS)
                .flatMap(List::stream)
                .<Key<?>>map(field -> field)
                .toList();
    }

    private static ValueParser<Long> wholeNumber(String expected, long least, long most) {
        return ValueParser.of(expected, text -> PlainValues.wholeNumber(text, least, most));
    }

    private static ValueParser<Duration> seconds(String example) {
        return Durations.between(
                MILLISECOND,
                HOUR,
                SECOND,
                "seconds, or a duration with its unit, above 0 and up to 1 hour, such as " + example);
    }
}
