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
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The list of all settings: this is where one is declared; the fields of tables are in a class for each kind of table. Beside it a setting has a default in
 * META-INF/microprofile-config.properties, a paragraph in flexo-reference.toml and a row in docs/settings.md; a test holds the
 * four together.
 */
final class Keys {
    /** Of the names of all settings in system properties, context parameters and the defaults. */
    static final String PREFIX = "flexo.";

    static final String EXPECTED_URL =
            "an absolute http or https URL without query, fragment and $repo/os/$arch, such as \"https://mirror.example.org/archlinux/\"";

    static final String EXPECTED_PROXY =
            "an http URL with host and port, such as \"http://proxy.example.org:3128\", or \"none\"";
    static final String EXPECTED_MIRRORLIST = "the absolute path of a mirrorlist of pacman that can be read";

    private static final String EXPECTED_NETWORKS =
            "IP addresses or networks, such as \"192.168.1.0/24\" or \"fd00::/8\"";
    private static final String EXPECTED_PATH = "an absolute path";
    private static final String EXPECTED_BOOLEAN = "true or false";
    private static final String EXPECTED_BYTES = "a size with its unit, such as \"20 GiB\"";
    private static final String EXPECTED_PEM = "the absolute path of a PEM file that can be read";
    private static final String EXPECTED_DOCUMENT = "an absolute http or https URL without fragment";
    private static final String EXPECTED_SPEED =
            "bytes per second as a whole number, or with a unit, such as 250000, \"2 MBit/s\" or \"250 KiB/s\"";
    private static final String EXPECTED_SIZE =
            "a size with its unit, or a share of the file system, such as \"20 GiB\" or \"80 %\"";
    private static final Duration MILLISECOND = Duration.ofMillis(1);
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration HOUR = Duration.ofHours(1);

    static final ValueParser<Long> BYTES = ValueParser.of(EXPECTED_BYTES, StorageSizes::parseBytes);

    static final Key<Path> CONFIG_FILE =
            new Key<>("config_file", ValueParser.of(EXPECTED_PATH, PlainValues::absolutePath));

    static final Key<Path> CACHE_DIRECTORY =
            new Key<>("cache_directory", ValueParser.of(EXPECTED_PATH, PlainValues::absolutePath));

    static final Key<Path> MIRRORLIST_FALLBACK_FILE =
            new Key<>("mirrorlist_fallback_file", ValueParser.of(EXPECTED_PATH, PlainValues::absolutePath));

    static final Key<Path> MIRRORLIST_LATENCY_TEST_RESULTS_FILE =
            new Key<>("mirrorlist_latency_test_results_file", ValueParser.of(EXPECTED_PATH, PlainValues::absolutePath));

    /** Flexo's own example has it below [mirrors_auto]. */
    static final Key<Duration> REFRESH_LATENCY_TESTS_AFTER = new Key<>(
            "refresh_latency_tests_after",
            Durations.between(
                    MILLISECOND,
                    Duration.ofDays(3650),
                    Duration.ZERO,
                    "a duration with its unit, above 0 and up to 3650 days, such as \"8 days\" or \"36 h\""),
            List.of("mirrors_auto.refresh_latency_tests_after"));

    static final Key<String> LISTEN_IP_ADDRESS = new Key<>(
            "listen_ip_address",
            ValueParser.of("an IP address or host name, such as \"0.0.0.0\"", PlainValues::listenAddress));

    static final Key<Long> PORT = new Key<>("port", wholeNumber("a port number from 1 to 65535", 1, 65535));

    static final Key<MirrorSelectionMethod> MIRROR_SELECTION_METHOD = new Key<>(
            "mirror_selection_method",
            ValueParser.of("\"auto\" or \"predefined\"", text -> PlainValues.word(MirrorSelectionMethod.class, text)));

    static final Key<MirrorsOrder> MIRRORS_ORDER = new Key<>(
            "mirrors_order",
            ValueParser.of("\"spread\" or \"strict\"", text -> PlainValues.word(MirrorsOrder.class, text)));

    static final Key<List<Mirror>> MIRRORS_PREDEFINED =
            new Key<>("mirrors_predefined", ValueList.of(EXPECTED_URL, UpstreamUrl::mirror));

    static final Key<Path> MIRRORLIST_FILE =
            new Key<>("mirrorlist_file", ValueParser.of(EXPECTED_MIRRORLIST, OutboundValues::readableFile));

    static final Key<Mirror> PROVISIONAL_MIRROR =
            new Key<>("provisional_mirror", ValueParser.of(EXPECTED_URL, UpstreamUrl::mirror));

    /** More would leave pacman, which gives up after ten seconds, without an answer. */
    static final Key<Duration> CONNECT_TIMEOUT = new Key<>(
            "connect_timeout",
            Durations.between(
                    MILLISECOND,
                    Duration.ofMillis(7500),
                    MILLISECOND,
                    "milliseconds, or a duration with its unit, from 1 ms to 7500 ms, such as 3000 or \"3 s\""));

    static final Key<Long> LOW_SPEED_LIMIT =
            new Key<>("low_speed_limit", ValueParser.of(EXPECTED_SPEED, Bandwidth::parseOrPlain));

    static final Key<Long> LOW_SPEED_LIMIT_FORMATTED = new Key<>(
            "low_speed_limit_formatted",
            ValueParser.of("a speed with its unit, such as \"2 MBit/s\" or \"250 KiB/s\"", Bandwidth::parse));

    static final Key<Duration> LOW_SPEED_TIME_SECS = new Key<>("low_speed_time_secs", seconds("5 or \"5 s\""));

    /** Flexo's own example has it below [mirrors_auto]. */
    static final Key<Long> MAX_SPEED_LIMIT = new Key<>(
            "max_speed_limit",
            ValueParser.of(EXPECTED_SPEED, Bandwidth::parseOrPlain),
            List.of("mirrors_auto.max_speed_limit"));

    static final Key<Duration> CLIENT_TIMEOUT_SECS = new Key<>("client_timeout_secs", seconds("180 or \"3 min\""));

    static final Key<Long> NUM_VERSIONS_RETAIN = new Key<>(
            "num_versions_retain", wholeNumber("a whole number from 0 (all are kept) to 1000000", 0, 1_000_000));

    static final Key<Duration> PURGE_UNUSED_AFTER = new Key<>(
            "purge_unused_after",
            Durations.between(
                    Duration.ofMinutes(1),
                    Duration.ofDays(3650),
                    Duration.ZERO,
                    "a duration with its unit, from 1 minute to 3650 days, such as \"90 days\" or \"6 months\""));

    static final Key<StorageSize> CACHE_SIZE_LIMIT =
            new Key<>("cache_size_limit", ValueParser.of(EXPECTED_SIZE, StorageSizes::parse));

    static final Key<StorageSize> CACHE_MIN_FREE =
            new Key<>("cache_min_free", ValueParser.of(EXPECTED_SIZE, StorageSizes::parse));

    static final Key<Duration> DATABASE_CHECK_INTERVAL = new Key<>(
            "database_check_interval",
            Durations.between(
                    Duration.ZERO,
                    HOUR,
                    Duration.ZERO,
                    "a duration with its unit, from 0 s (each request) to 1 hour, such as \"5 s\""));

    static final Key<Duration> DATABASE_REFRESH_INTERVAL = new Key<>(
            "database_refresh_interval",
            Durations.between(
                    Duration.ZERO,
                    Duration.ofDays(30),
                    Duration.ZERO,
                    "a duration with its unit, from 0 s (never) to 30 days, such as \"1 h\""));

    static final Key<Duration> DATABASE_MAX_STALE = new Key<>(
            "database_max_stale",
            Durations.between(
                    Duration.ZERO,
                    Duration.ofDays(3650),
                    Duration.ZERO,
                    "a duration with its unit, from 0 s (never) to 3650 days, such as \"30 days\""));

    static final Key<Long> SCRUB_SPEED_LIMIT =
            new Key<>("scrub_speed_limit", ValueParser.of(EXPECTED_SPEED, Bandwidth::parseOrPlain));

    static final Key<Schedule> PREFETCH = new Key<>(
            "prefetch",
            ValueParser.of(
                    "\"off\", a duration with its unit from 1 minute to 30 days such as \"6 h\", or the five fields of cron"
                            + " such as \"0 3 * * *\"",
                    PrefetchValues::schedule));

    static final Key<Duration> PREFETCH_UNUSED_AFTER = new Key<>("prefetch_unused_after", PURGE_UNUSED_AFTER.parser());

    static final Key<QuietHours> PREFETCH_QUIET_HOURS = new Key<>(
            "prefetch_quiet_hours",
            ValueParser.of("two different times of the day, such as \"22:00-06:00\"", PrefetchValues::quietHours));

    static final Key<Long> PREFETCH_SPEED_LIMIT =
            new Key<>("prefetch_speed_limit", ValueParser.of(EXPECTED_SPEED, Bandwidth::parseOrPlain));

    static final Key<Long> PREFETCH_SIZE_LIMIT = new Key<>("prefetch_size_limit", BYTES);

    static final Key<Map<String, RepositoryOverrides>> REPOSITORY = new Key<>("repository", RepositoryTable::parse);

    static final Key<List<CustomRepository>> CUSTOM_REPO = new Key<>("custom_repo", new CustomRepositoryList());

    static final Key<Mirror> ARCHIVE_URL = new Key<>("archive_url", ValueParser.of(EXPECTED_URL, UpstreamUrl::mirror));

    static final Key<Mirror> ARCHIVE_PACKAGES_URL =
            new Key<>("archive_packages_url", ValueParser.of(EXPECTED_URL, UpstreamUrl::mirror));

    static final Key<Boolean> ARCHIVE_FALLBACK =
            new Key<>("archive_fallback", ValueParser.of(EXPECTED_BOOLEAN, PlainValues::yesOrNo));

    static final Key<List<String>> ALLOWED_REPOSITORIES = new Key<>(
            "allowed_repositories",
            ValueList.of(
                    "the first directories of paths, such as \"core\" or \"custom_repo/arm\"",
                    PlainValues::cacheFolder));

    static final Key<List<Glob>> ALLOWED_PATHS =
            new Key<>("allowed_paths", ValueList.of("globs of paths, such as \"*/os/x86_64/**\"", Glob::parse));

    static final Key<List<IpNetwork>> ALLOWED_CLIENTS =
            new Key<>("allowed_clients", ValueList.of(EXPECTED_NETWORKS, IpNetwork::parse));

    static final Key<List<IpNetwork>> TRUSTED_PROXIES =
            new Key<>("trusted_proxies", ValueList.of(EXPECTED_NETWORKS, IpNetwork::parse));

    static final Key<FileHandover> FILE_HANDOVER = new Key<>(
            "file_handover",
            ValueParser.of(
                    "\"none\", \"X-Accel-Redirect\" or \"X-Sendfile\"",
                    text -> PlainValues.word(FileHandover.class, text.replace('-', '_'))));

    static final Key<Path> HITS_LOG = new Key<>("hits_log", ValueParser.of(EXPECTED_PATH, PlainValues::absolutePath));

    static final Key<Path> ADMIN_TOKEN_FILE = new Key<>("admin_token_file", SecretFile::parsePath);

    static final Key<UpstreamAccess.Way> HTTP_PROXY =
            new Key<>("http_proxy", ValueParser.of(EXPECTED_PROXY, OutboundValues::proxy));

    static final Key<UpstreamAccess.Way> HTTPS_PROXY =
            new Key<>("https_proxy", ValueParser.of(EXPECTED_PROXY, OutboundValues::proxy));

    static final Key<List<NoProxy.Entry>> NO_PROXY = new Key<>(
            "no_proxy",
            ValueList.of(
                    "host names, domains, addresses or networks, such as \"localhost\", \".example.org\" or"
                            + " \"10.0.0.0/8\", or \"*\"",
                    NoProxy.Entry::parse));

    static final Key<String> PROXY_USER = new Key<>("proxy_user", OutboundValues::user);

    static final Key<Secret> PROXY_PASSWORD = new Key<>("proxy_password", OutboundValues::secret);

    static final Key<Secret> PROXY_PASSWORD_FILE = new Key<>("proxy_password_file", SecretFile::parse);

    static final Key<List<Path>> CA_CERTIFICATES =
            new Key<>("ca_certificates", ValueList.of(EXPECTED_PEM, OutboundValues::readableFile));

    static final Key<Path> CLIENT_CERTIFICATE =
            new Key<>("client_certificate", ValueParser.of(EXPECTED_PEM, OutboundValues::readableFile));

    static final Key<Path> CLIENT_KEY =
            new Key<>("client_key", ValueParser.of(EXPECTED_PEM, OutboundValues::readableFile));

    static final Key<TlsSetup.Minimum> MINIMUM_TLS =
            new Key<>("minimum_tls", ValueParser.of("\"1.2\" or \"1.3\"", OutboundValues::tlsVersion));

    static final Key<String> USER_AGENT = new Key<>(
            "user_agent",
            ValueParser.of("a text of printable ASCII characters, such as \"flexo\"", OutboundValues::headerValue));

    static final Key<List<UpstreamAccess>> UPSTREAM_CREDENTIALS =
            new Key<>("upstream_credentials", UpstreamCredentialsTable::parse);

    static final Key<Boolean> ALLOW_HTTPS_DOWNGRADE =
            new Key<>("allow_https_downgrade", ValueParser.of(EXPECTED_BOOLEAN, PlainValues::yesOrNo));

    static final Key<Boolean> ALLOW_PRIVATE_REDIRECTS =
            new Key<>("allow_private_redirects", ValueParser.of(EXPECTED_BOOLEAN, PlainValues::yesOrNo));

    static final Key<URI> STATUS_JSON_ENDPOINT = new Key<>(
            "mirrors_auto.mirrors_status_json_endpoint", ValueParser.of(EXPECTED_DOCUMENT, UpstreamUrl::document));

    static final Key<List<URI>> STATUS_JSON_ENDPOINT_FALLBACKS = new Key<>(
            "mirrors_auto.mirrors_status_json_endpoint_fallbacks",
            ValueList.of(EXPECTED_DOCUMENT, UpstreamUrl::document));

    static final Key<List<Mirror>> MIRRORS_BLACKLIST =
            new Key<>("mirrors_auto.mirrors_blacklist", ValueList.of(EXPECTED_URL, UpstreamUrl::mirror));

    static final Key<Boolean> HTTPS_REQUIRED =
            new Key<>("mirrors_auto.https_required", ValueParser.of(EXPECTED_BOOLEAN, PlainValues::yesOrNo));

    static final Key<Boolean> IPV4 =
            new Key<>("mirrors_auto.ipv4", ValueParser.of(EXPECTED_BOOLEAN, PlainValues::yesOrNo));

    static final Key<Boolean> IPV6 =
            new Key<>("mirrors_auto.ipv6", ValueParser.of(EXPECTED_BOOLEAN, PlainValues::yesOrNo));

    static final Key<Double> MAX_SCORE =
            new Key<>("mirrors_auto.max_score", ValueParser.of("a number from 0, such as 2.5", PlainValues::decimal));

    static final Key<Long> NUM_MIRRORS =
            new Key<>("mirrors_auto.num_mirrors", wholeNumber("a whole number from 1 to 1000", 1, 1000));

    static final Key<MirrorCriteria.Order> MIRRORS_RANDOM_OR_SORT = new Key<>(
            "mirrors_auto.mirrors_random_or_sort",
            ValueParser.of("\"sort\" or \"random\"", text -> PlainValues.word(MirrorCriteria.Order.class, text)));

    static final Key<Duration> TIMEOUT = new Key<>(
            "mirrors_auto.timeout",
            Durations.between(
                    MILLISECOND,
                    Duration.ofMinutes(1),
                    MILLISECOND,
                    "milliseconds, or a duration with its unit, above 0 and up to 1 minute, such as 350 or \"350 ms\""));

    static final Key<List<String>> ALLOWED_COUNTRIES = new Key<>(
            "mirrors_auto.allowed_countries",
            ValueList.of("two-letter ISO country codes such as DE", PlainValues::country));

    static final List<Key<?>> ALL = List.of(
            CONFIG_FILE,
            CACHE_DIRECTORY,
            MIRRORLIST_FALLBACK_FILE,
            MIRRORLIST_LATENCY_TEST_RESULTS_FILE,
            REFRESH_LATENCY_TESTS_AFTER,
            LISTEN_IP_ADDRESS,
            PORT,
            MIRROR_SELECTION_METHOD,
            MIRRORS_ORDER,
            MIRRORS_PREDEFINED,
            MIRRORLIST_FILE,
            PROVISIONAL_MIRROR,
            CONNECT_TIMEOUT,
            LOW_SPEED_LIMIT,
            LOW_SPEED_LIMIT_FORMATTED,
            LOW_SPEED_TIME_SECS,
            MAX_SPEED_LIMIT,
            CLIENT_TIMEOUT_SECS,
            NUM_VERSIONS_RETAIN,
            PURGE_UNUSED_AFTER,
            CACHE_SIZE_LIMIT,
            CACHE_MIN_FREE,
            DATABASE_CHECK_INTERVAL,
            DATABASE_REFRESH_INTERVAL,
            DATABASE_MAX_STALE,
            SCRUB_SPEED_LIMIT,
            PREFETCH,
            PREFETCH_UNUSED_AFTER,
            PREFETCH_QUIET_HOURS,
            PREFETCH_SPEED_LIMIT,
            PREFETCH_SIZE_LIMIT,
            REPOSITORY,
            CUSTOM_REPO,
            ARCHIVE_URL,
            ARCHIVE_PACKAGES_URL,
            ARCHIVE_FALLBACK,
            ALLOWED_REPOSITORIES,
            ALLOWED_PATHS,
            ALLOWED_CLIENTS,
            TRUSTED_PROXIES,
            FILE_HANDOVER,
            HITS_LOG,
            ADMIN_TOKEN_FILE,
            HTTP_PROXY,
            HTTPS_PROXY,
            NO_PROXY,
            PROXY_USER,
            PROXY_PASSWORD,
            PROXY_PASSWORD_FILE,
            CA_CERTIFICATES,
            CLIENT_CERTIFICATE,
            CLIENT_KEY,
            MINIMUM_TLS,
            USER_AGENT,
            UPSTREAM_CREDENTIALS,
            ALLOW_HTTPS_DOWNGRADE,
            ALLOW_PRIVATE_REDIRECTS,
            STATUS_JSON_ENDPOINT,
            STATUS_JSON_ENDPOINT_FALLBACKS,
            MIRRORS_BLACKLIST,
            HTTPS_REQUIRED,
            IPV4,
            IPV6,
            MAX_SCORE,
            NUM_MIRRORS,
            MIRRORS_RANDOM_OR_SORT,
            TIMEOUT,
            ALLOWED_COUNTRIES);

    /** The names of all settings. */
    static final List<String> NAMES = ALL.stream().map(Key::name).toList();

    /** The settings, and fields of tables, whose values nobody is to read. */
    static final Set<String> SECRETS = Set.of(
            "proxy_password",
            "custom_repo.password",
            "custom_repo.token",
            "custom_repo.headers",
            "upstream_credentials.password",
            "upstream_credentials.token");

    /** What the container's connector does. */
    static final Set<Key<?>> OF_THE_CONNECTOR = Set.of(LISTEN_IP_ADDRESS, PORT);

    private Keys() {}

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
