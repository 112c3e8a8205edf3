package flexo.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import flexo.cache.ByDirectory;
import flexo.database.DatabaseSettings;
import flexo.download.LowSpeedLimit;
import flexo.download.Restrictions;
import flexo.mirror.Archive;
import flexo.mirror.Mirror;
import flexo.mirror.MirrorCriteria;
import flexo.mirror.MirrorsOrder;
import flexo.net.IpNetwork;
import flexo.prefetch.PrefetchSettings;
import flexo.prefetch.QuietHours;
import flexo.prefetch.Schedule;
import flexo.retention.RetentionRules;
import flexo.retention.RetentionSettings;
import flexo.retention.StorageSize;
import flexo.upstream.OutboundRules;
import flexo.upstream.ProxyRules;
import flexo.upstream.TlsSetup;
import flexo.upstream.UpstreamAccess;
import flexo.web.FileHandover;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlexoConfigTest {
    private static final Archive ARCHIVE = new Archive(
            Mirror.of("https://archive.archlinux.org/repos/"),
            Optional.of(Mirror.of("https://archive.archlinux.org/packages/")));
    private static final Access EVERYBODY = new Access(
            List.of(),
            List.of(
                    IpNetwork.parse("127.0.0.0/8").orElseThrow(),
                    IpNetwork.parse("::1").orElseThrow()),
            Optional.empty(),
            true,
            new WebServer(Optional.empty(), FileHandover.NONE));
    private static final DatabaseSettings DATABASES =
            new DatabaseSettings(ByDirectory.all(Duration.ofSeconds(2)), Duration.ofHours(1), Duration.ofDays(30));
    private static final long SCRUB = 2 << 20;
    private static final PrefetchSettings NO_PREFETCH = new PrefetchSettings(
            Schedule.never(),
            Duration.ofDays(30),
            QuietHours.always(ZoneId.systemDefault()),
            false,
            OptionalLong.empty());

    @TempDir
    Path folder;

    @Test
    void withoutAnySourceTheDefaultsHold() throws Exception {
        FlexoConfig config = FlexoConfig.load(Sources.nothing());

        assertThat(config)
                .usingRecursiveComparison()
                .isEqualTo(new FlexoConfig(
                        Optional.empty(),
                        Optional.empty(),
                        new OfficialMirrors(
                                MirrorSelectionMethod.AUTO,
                                List.of(),
                                Optional.empty(),
                                Mirror.of("https://geo.mirror.pkgbuild.com/"),
                                List.of(
                                        URI.create("https://archlinux.org/mirrors/status/json/"),
                                        URI.create(
                                                "https://raw.githubusercontent.com/nroi/archlinux-mirrors-status-fallback/main/mirrorlist.json")),
                                new MirrorCriteria(
                                        true,
                                        true,
                                        false,
                                        2.5,
                                        Set.of(),
                                        Set.of(),
                                        8,
                                        MirrorCriteria.Order.SORT,
                                        Duration.ofMillis(350)),
                                Duration.ofDays(8),
                                Path.of("/var/cache/flexo/state/latency_test_results.json"),
                                Path.of("/var/cache/flexo/state/mirrorlist"),
                                MirrorsOrder.SPREAD),
                        List.of(),
                        List.of(),
                        ARCHIVE,
                        outbound(Duration.ofSeconds(3)),
                        new TransferLimits(
                                new LowSpeedLimit(1, Duration.ofSeconds(5)),
                                OptionalLong.empty(),
                                OptionalLong.empty(),
                                Duration.ofMinutes(3),
                                4),
                        Restrictions.NONE,
                        EVERYBODY,
                        DATABASES,
                        new RetentionSettings(
                                ByDirectory.all(new RetentionRules(3, Optional.empty(), OptionalLong.empty())),
                                Optional.empty(),
                                Optional.empty()),
                        SCRUB,
                        NO_PREFETCH,
                        new Listening("127.0.0.1", 7878, List.of()),
                        List.of()));
    }

    @Test
    void flexosExampleFileIsReadUnchanged() throws Exception {
        Path file = Path.of(
                getClass().getResource("/flexo/config/flexo-example.toml").toURI());

        FlexoConfig config = FlexoConfig.load(Sources.file(file));

        assertThat(config)
                .usingRecursiveComparison()
                .isEqualTo(new FlexoConfig(
                        Optional.of(file),
                        Optional.of(Path.of("/var/cache/flexo/pkg")),
                        new OfficialMirrors(
                                MirrorSelectionMethod.AUTO,
                                List.of(),
                                Optional.empty(),
                                Mirror.of("https://geo.mirror.pkgbuild.com/"),
                                List.of(
                                        URI.create("https://archlinux.org/mirrors/status/json/"),
                                        URI.create("https://status.example.org/mirrorlist.json")),
                                new MirrorCriteria(
                                        true,
                                        true,
                                        false,
                                        2.5,
                                        Set.of("DE", "AT", "CH", "FR"),
                                        Set.of(Mirror.of("http://slow.example.org/archlinux/")),
                                        8,
                                        MirrorCriteria.Order.SORT,
                                        Duration.ofMillis(350)),
                                Duration.ofDays(8),
                                Path.of("/var/cache/flexo/state/latency_test_results.json"),
                                Path.of("/var/cache/flexo/state/mirrorlist"),
                                MirrorsOrder.SPREAD),
                        List.of(),
                        List.of(
                                CustomRepository.at(
                                        "archzfs",
                                        RepositoryUrl.parse("https://archzfs.com/")
                                                .orElseThrow()),
                                CustomRepository.at(
                                        "arm",
                                        RepositoryUrl.parse("https://de3.mirror.archlinuxarm.org/")
                                                .orElseThrow())),
                        ARCHIVE,
                        outbound(Duration.ofSeconds(3), "https://archzfs.com/", "https://de3.mirror.archlinuxarm.org/"),
                        new TransferLimits(
                                new LowSpeedLimit(250_000, Duration.ofSeconds(3)),
                                OptionalLong.of(102_400),
                                OptionalLong.empty(),
                                Duration.ofMinutes(3),
                                4),
                        Restrictions.NONE,
                        EVERYBODY,
                        DATABASES,
                        new RetentionSettings(
                                ByDirectory.all(new RetentionRules(3, Optional.empty(), OptionalLong.empty())),
                                Optional.empty(),
                                Optional.empty()),
                        SCRUB,
                        NO_PREFETCH,
                        new Listening(
                                "0.0.0.0",
                                7878,
                                List.of(
                                        "listen_ip_address = 0.0.0.0 (" + file + " line 13)",
                                        "port = 7878 (" + file + " line 14)")),
                        List.of()));
    }

    @Test
    void flexosDockerVariablesAreReadUnchanged() throws Exception {
        FlexoConfig config = FlexoConfig.load(Sources.environment(Map.ofEntries(
                Map.entry("FLEXO_CACHE_DIRECTORY", "/tmp/var/cache/flexo/pkg"),
                Map.entry("FLEXO_MIRRORLIST_FALLBACK_FILE", "/tmp/var/cache/flexo/state/mirrorlist"),
                Map.entry("FLEXO_MIRRORLIST_LATENCY_TEST_RESULTS_FILE", "/tmp/var/cache/flexo/state/results.json"),
                Map.entry("FLEXO_REFRESH_LATENCY_TESTS_AFTER", "14 days"),
                Map.entry("FLEXO_LISTEN_IP_ADDRESS", "0.0.0.0"),
                Map.entry("FLEXO_PORT", "7878"),
                Map.entry("FLEXO_MIRROR_SELECTION_METHOD", "predefined"),
                Map.entry("FLEXO_MIRRORS_PREDEFINED", "['http://slow-mirror', \"http://fast-mirror:8080/arch\"]"),
                Map.entry("FLEXO_CONNECT_TIMEOUT", "5000"),
                Map.entry("FLEXO_LOW_SPEED_LIMIT", "1048576"),
                Map.entry("FLEXO_LOW_SPEED_LIMIT_FORMATTED", "250 KiB/s"),
                Map.entry("FLEXO_LOW_SPEED_TIME_SECS", "1"),
                Map.entry("FLEXO_MAX_SPEED_LIMIT", "2000000"),
                Map.entry("FLEXO_NUM_VERSIONS_RETAIN", "0"),
                Map.entry("FLEXO_PURGE_UNUSED_AFTER", "90 days"),
                Map.entry("FLEXO_CACHE_SIZE_LIMIT", "20 GiB"),
                Map.entry("FLEXO_CACHE_MIN_FREE", "5 %"),
                Map.entry("FLEXO_CUSTOM_REPO", "eschwartz@https://pkgbuild.com archzfs@https://archzfs.com"),
                Map.entry("FLEXO_MIRRORS_AUTO_MIRRORS_STATUS_JSON_ENDPOINT", "http://status/json"),
                Map.entry(
                        "FLEXO_MIRRORS_AUTO_MIRRORS_STATUS_JSON_ENDPOINT_FALLBACKS", "http://a/x.json,http://b/y.json"),
                Map.entry("FLEXO_MIRRORS_AUTO_MIRRORS_BLACKLIST", "[]"),
                Map.entry("FLEXO_MIRRORS_AUTO_HTTPS_REQUIRED", "false"),
                Map.entry("FLEXO_MIRRORS_AUTO_IPV4", "false"),
                Map.entry("FLEXO_MIRRORS_AUTO_IPV6", "true"),
                Map.entry("FLEXO_MIRRORS_AUTO_MAX_SCORE", "5"),
                Map.entry("FLEXO_MIRRORS_AUTO_NUM_MIRRORS", "4"),
                Map.entry("FLEXO_MIRRORS_AUTO_MIRRORS_RANDOM_OR_SORT", "random"),
                Map.entry("FLEXO_MIRRORS_AUTO_TIMEOUT", "500"),
                Map.entry("FLEXO_MIRRORS_AUTO_ALLOWED_COUNTRIES", "DE,AT,CZ"))));

        assertThat(config)
                .usingRecursiveComparison()
                .isEqualTo(new FlexoConfig(
                        Optional.empty(),
                        Optional.of(Path.of("/tmp/var/cache/flexo/pkg")),
                        new OfficialMirrors(
                                MirrorSelectionMethod.PREDEFINED,
                                List.of(Mirror.of("http://slow-mirror/"), Mirror.of("http://fast-mirror:8080/arch/")),
                                Optional.empty(),
                                Mirror.of("https://geo.mirror.pkgbuild.com/"),
                                List.of(
                                        URI.create("http://status/json"),
                                        URI.create("http://a/x.json"),
                                        URI.create("http://b/y.json")),
                                new MirrorCriteria(
                                        false,
                                        false,
                                        true,
                                        5,
                                        Set.of("DE", "AT", "CZ"),
                                        Set.of(),
                                        4,
                                        MirrorCriteria.Order.RANDOM,
                                        Duration.ofMillis(500)),
                                Duration.ofDays(14),
                                Path.of("/tmp/var/cache/flexo/state/results.json"),
                                Path.of("/tmp/var/cache/flexo/state/mirrorlist"),
                                MirrorsOrder.SPREAD),
                        List.of(),
                        List.of(
                                CustomRepository.at(
                                        "eschwartz",
                                        RepositoryUrl.parse("https://pkgbuild.com/")
                                                .orElseThrow()),
                                CustomRepository.at(
                                        "archzfs",
                                        RepositoryUrl.parse("https://archzfs.com/")
                                                .orElseThrow())),
                        ARCHIVE,
                        outbound(Duration.ofSeconds(5), "https://pkgbuild.com/", "https://archzfs.com/"),
                        new TransferLimits(
                                new LowSpeedLimit(256_000, Duration.ofSeconds(1)),
                                OptionalLong.of(2_000_000),
                                OptionalLong.empty(),
                                Duration.ofMinutes(3),
                                4),
                        Restrictions.NONE,
                        EVERYBODY,
                        DATABASES,
                        new RetentionSettings(
                                ByDirectory.all(
                                        new RetentionRules(0, Optional.of(Duration.ofDays(90)), OptionalLong.empty())),
                                Optional.of(new StorageSize(20L << 30, 0)),
                                Optional.of(new StorageSize(0, 0.05))),
                        SCRUB,
                        NO_PREFETCH,
                        new Listening(
                                "0.0.0.0",
                                7878,
                                List.of(
                                        "listen_ip_address = 0.0.0.0 (environment variable FLEXO_LISTEN_IP_ADDRESS)",
                                        "port = 7878 (environment variable FLEXO_PORT)")),
                        List.of()));
    }

    private static Outbound outbound(Duration connectTimeout, String... customRepositories) {
        List<UpstreamAccess> upstreams = Stream.of(customRepositories)
                .map(url -> new UpstreamAccess(URI.create(url), Optional.empty(), Optional.empty(), Map.of()))
                .toList();
        return new Outbound(
                connectTimeout,
                Optional.empty(),
                new TlsSetup.Files(List.of(), Optional.empty(), Optional.empty(), TlsSetup.Minimum.TLS_1_2),
                new OutboundRules(ProxyRules.DIRECT, upstreams, OutboundRules.RedirectRules.USUAL));
    }

    @Test
    void theStrongerSourceWinsSettingBySetting() throws Exception {
        Path file = Files.writeString(folder.resolve("flexo.toml"), """
                connect_timeout = 1
                low_speed_time_secs = 1
                client_timeout_secs = 1
                num_versions_retain = 1
                """);

        FlexoConfig config = FlexoConfig.load(new SettingSources(
                Map.of("flexo.connect_timeout", "4"),
                Map.of("FLEXO_CONNECT_TIMEOUT", "3", "FLEXO_LOW_SPEED_TIME_SECS", "3"),
                Map.of(
                        "flexo.connect_timeout", "2",
                        "flexo.low_speed_time_secs", "2",
                        "flexo.client_timeout_secs", "2",
                        "another.parameter", "of the web application"),
                file));

        assertThat(config.outbound().connectTimeout()).isEqualTo(Duration.ofMillis(4));
        assertThat(config.limits().lowSpeed().time()).isEqualTo(Duration.ofSeconds(3));
        assertThat(config.limits().clientTimeout()).isEqualTo(Duration.ofSeconds(2));
        assertThat(config.retention().rules().usual().versionsToKeep()).isEqualTo(1);
        assertThat(config.mirrors().criteria().numMirrors()).isEqualTo(8);
    }

    @Test
    void theNamedFileIsReadInPlaceOfTheDefaultFile() throws Exception {
        Path usual = Files.writeString(folder.resolve("usual.toml"), "num_versions_retain = 1");
        Path named = Files.writeString(folder.resolve("named.toml"), "connect_timeout = 1");

        FlexoConfig config = FlexoConfig.load(
                new SettingSources(Map.of(), Map.of("FLEXO_CONFIG_FILE", named.toString()), Map.of(), usual));

        assertThat(config.configFile()).contains(named);
        assertThat(config.outbound().connectTimeout()).isEqualTo(Duration.ofMillis(1));
        assertThat(config.retention().rules().usual().versionsToKeep()).isEqualTo(3);
    }

    @Test
    void aByteOrderMarkDoesNotMatter() throws Exception {
        Path file = Files.writeString(folder.resolve("flexo.toml"), "\uFEFFconnect_timeout = 1\r\n");

        assertThat(FlexoConfig.load(Sources.file(file)).outbound().connectTimeout())
                .isEqualTo(Duration.ofMillis(1));
    }

    @Test
    void emptyVariablesCountAsNotSet() throws Exception {
        FlexoConfig config = FlexoConfig.load(
                Sources.environment(Map.of("FLEXO_CONNECT_TIMEOUT", "", "FLEXO_CACHE_DIRECTORY", " ")));

        assertThat(config.outbound().connectTimeout()).isEqualTo(Duration.ofSeconds(3));
        assertThat(config.cacheDirectory()).isEmpty();
    }

    @Test
    void everyListIsAcceptedInBothForms() throws Exception {
        for (String list :
                List.of("[\"https://a/x\", \"https://b\"]", "https://a/x, https://b/,", "https://a/x/,https://b")) {
            FlexoConfig config = FlexoConfig.load(Sources.properties(Map.of(
                    "flexo.mirrors_predefined", list,
                    "flexo.mirrors_auto.mirrors_blacklist", list,
                    "flexo.mirrors_auto.mirrors_status_json_endpoint_fallbacks", list,
                    "flexo.mirrors_auto.allowed_countries", list.startsWith("[") ? "['de', 'at']" : "de,at",
                    "flexo.custom_repo",
                            list.startsWith("[") ? "['n@https://a', 'm@https://b']" : "n@https://a, m@https://b")));

            assertThat(config.mirrors().predefined())
                    .containsExactly(Mirror.of("https://a/x/"), Mirror.of("https://b/"));
            assertThat(config.mirrors().criteria().blacklist())
                    .containsExactlyInAnyOrderElementsOf(config.mirrors().predefined());
            assertThat(config.mirrors().statusDocuments()).hasSize(3);
            assertThat(config.mirrors().criteria().allowedCountries()).containsExactlyInAnyOrder("DE", "AT");
            assertThat(config.customRepositories())
                    .containsExactly(
                            CustomRepository.at(
                                    "n", RepositoryUrl.parse("https://a/").orElseThrow()),
                            CustomRepository.at(
                                    "m", RepositoryUrl.parse("https://b/").orElseThrow()));
        }
    }

    @Test
    void theLowSpeedLimitWithUnitsWinsOverTheNumberOfItsOwnSource() throws Exception {
        FlexoConfig config = FlexoConfig.load(Sources.properties(
                Map.of("flexo.low_speed_limit", "7", "flexo.low_speed_limit_formatted", "8 KBit/s")));

        assertThat(config.limits().lowSpeed().bytesPerSecond()).isEqualTo(1000);
    }

    @Test
    void theLowSpeedLimitOfAStrongerSourceWinsOverUnits() throws Exception {
        FlexoConfig config = FlexoConfig.load(new SettingSources(
                Map.of("flexo.low_speed_limit", "7"),
                Map.of("FLEXO_LOW_SPEED_LIMIT_FORMATTED", "8 KBit/s"),
                Map.of(),
                folder.resolve("none")));

        assertThat(config.limits().lowSpeed().bytesPerSecond()).isEqualTo(7);
    }

    @Test
    void zeroSpeedLimitsMeanWhatTheyMeanInFlexo() throws Exception {
        FlexoConfig config = FlexoConfig.load(
                Sources.properties(Map.of("flexo.low_speed_limit", "0", "flexo.max_speed_limit", "0")));

        assertThat(config.limits().lowSpeed().bytesPerSecond()).isEqualTo(1);
        assertThat(config.limits().maxBytesPerSecond()).isEmpty();
    }

    @Test
    void aSettingInItsOwnPlaceWinsOverTheSameBelowMirrorsAuto() throws Exception {
        Path file = Files.writeString(folder.resolve("flexo.toml"), """
                refresh_latency_tests_after = "2 days"
                [mirrors_auto]
                refresh_latency_tests_after = "8 days"
                """);

        assertThat(FlexoConfig.load(Sources.file(file)).mirrors().refreshTestsAfter())
                .isEqualTo(Duration.ofDays(2));
    }

    @Test
    void connectorSettingsAreNamedInOneLine() throws Exception {
        assertThat(FlexoConfig.load(Sources.nothing()).connectorNote()).isEmpty();
        assertThat(FlexoConfig.load(Sources.environment(Map.of("FLEXO_PORT", "80")))
                        .connectorNote())
                .hasValueSatisfying(note -> assertThat(note)
                        .startsWith("These settings have no effect here: port = 80 (environment variable FLEXO_PORT).")
                        .doesNotContain("\n"));
    }

    @Test
    void whereTheConnectorFollowsOnlyContextParametersAreNamed() throws Exception {
        Map<String, String> launched =
                Map.of("flexo.launched", "true", "flexo.launched.port", "7878", "flexo.port", "80");
        FlexoConfig followed = FlexoConfig.load(Sources.properties(launched));
        assertThat(followed.connectorNote()).isEmpty();
        assertThat(followed.listening().port()).isEqualTo(80);
        assertThat(FlexoConfig.load(new SettingSources(
                                Map.of("flexo.launched", "true"),
                                Map.of(),
                                Map.of("flexo.port", "80"),
                                Path.of("/none")))
                        .connectorNote())
                .hasValueSatisfying(note -> assertThat(note).contains("port = 80 (context parameter flexo.port)"));
    }

    @Test
    void wrongPortIsAMistakeWhereTheConnectorFollowsButForTheOneOfKubernetes() throws Exception {
        Map<String, String> launched = Map.of("flexo.launched", "true");
        for (String port : List.of("0", "65536", "http", "-1")) {
            assertThatThrownBy(() -> FlexoConfig.load(
                            new SettingSources(launched, Map.of("FLEXO_PORT", port), Map.of(), Path.of("/none"))))
                    .as(port)
                    .isInstanceOf(InvalidConfigException.class)
                    .hasMessageContaining("environment variable FLEXO_PORT: port = \"" + port + "\"");
        }
        Path file = Files.writeString(folder.resolve("flexo.toml"), "port = 9129");
        FlexoConfig config = FlexoConfig.load(
                new SettingSources(launched, Map.of("FLEXO_PORT", "tcp://10.0.0.1:7878"), Map.of(), file));
        assertThat(config.listening().port()).isEqualTo(9129);
        assertThat(config.warnings()).hasSize(1);
    }

    @Test
    void directoryOfARepositoryThatIsMissingIsOnlyWarnedAbout() throws Exception {
        String tables = "[[custom_repo]]\nname = \"%s\"\nurl = \"file://%s\"\n";
        FlexoConfig config = FlexoConfig.load(Sources.file(Files.writeString(
                folder.resolve("flexo.toml"),
                tables.formatted("there", folder) + tables.formatted("missing", folder.resolve("pacakges")))));

        assertThat(config.customRepositories()).hasSize(2);
        assertThat(config.warnings())
                .singleElement()
                .asString()
                .contains("missing: there is no directory " + folder.resolve("pacakges"));
    }

    @Test
    void unknownVariablesAreOnlyWarnedAbout() throws Exception {
        FlexoConfig config = FlexoConfig.load(Sources.environment(Map.of(
                "FLEXO_CONECT_TIMEOUT", "secret",
                "FLEXO_MIRRORS_BLACKLIST", "[]",
                "FLEXO_PORT", "tcp://10.0.0.1:7878",
                "FLEXO_GROWING_FILE_STALL_TIMEOUT_SECS", "3",
                "FLEX_OTHER", "x")));

        assertThat(config.warnings())
                .map(Problem::toString)
                .containsExactly(
                        "environment variable FLEXO_PORT: port = \"tcp://10.0.0.1:7878\": expected a number; this is what"
                                + " Kubernetes sets for a service that is called flexo, and does not count",
                        "environment variable FLEXO_CONECT_TIMEOUT: conect_timeout: unknown setting; did you mean"
                                + " FLEXO_CONNECT_TIMEOUT?",
                        "environment variable FLEXO_GROWING_FILE_STALL_TIMEOUT_SECS: growing_file_stall_timeout_secs:"
                                + " unknown setting",
                        "environment variable FLEXO_MIRRORS_BLACKLIST: mirrors_blacklist: unknown setting; did you mean"
                                + " FLEXO_MIRRORS_AUTO_MIRRORS_BLACKLIST?");
        assertThat(config.connectorNote()).isEmpty();
    }

    @Test
    void propertiesOfTheTestsAndTheLauncherAreNotTakenForSettings() throws Exception {
        FlexoConfig config = FlexoConfig.load(Sources.properties(Map.of(
                "flexo.test.war", "x.war", "flexo.war", "/opt/flexo.war", "java.version", "17", "flexotic", "x")));

        assertThat(config.warnings()).isEmpty();
    }

    @Test
    void valuesAreTakenLiterally() throws Exception {
        FlexoConfig config = FlexoConfig.load(
                Sources.properties(Map.of("flexo.cache_directory", "/srv/${flexo.port}\\${user.home}")));

        assertThat(config.cacheDirectory()).contains(Path.of("/srv/${flexo.port}\\${user.home}"));
    }

    @Test
    void credentialsAreKeptInUrlsAndLeftOutOfText() throws Exception {
        FlexoConfig config = FlexoConfig.load(Sources.properties(Map.of(
                "flexo.mirrors_predefined", "https://me:s3cret@mirror.example.org/arch",
                "flexo.provisional_mirror", "https://me:s3cret@mirror.example.org/arch",
                "flexo.mirrors_auto.mirrors_status_json_endpoint", "https://me:s3cret@status.example.org/?token=s3cret",
                "flexo.custom_repo", "mine@https://me:s3cret@repo.example.org")));

        assertThat(config.mirrors().predefined())
                .containsExactly(Mirror.of("https://me:s3cret@mirror.example.org/arch/"));
        assertThat(config.customRepositories())
                .flatMap(CustomRepository::mirrors)
                .containsExactly(Mirror.of("https://me:s3cret@repo.example.org/"));
        assertThat(config.toString())
                .contains("mine@[https://***@repo.example.org/]")
                .doesNotContain("s3cret");
    }

    @Test
    void theConfigurationIsNeverRegistered() throws Exception {
        FlexoConfig.load(Sources.properties(Map.of("flexo.num_versions_retain", "17")));

        assertThat(ConfigProvider.getConfig()
                        .getConfigValue("flexo.num_versions_retain")
                        .getValue())
                .isEqualTo("3");
    }

    @Test
    void theSourcesOfThisProcessAreItsPropertiesAndItsEnvironment() {
        SettingSources sources = SettingSources.ofThisProcess(Map.of("flexo.port", "1"));

        assertThat(sources.systemProperties()).containsEntry("java.version", System.getProperty("java.version"));
        assertThat(sources.environment()).isEqualTo(System.getenv());
        assertThat(sources.contextParameters()).containsOnlyKeys("flexo.port");
        assertThat(sources.defaultFile()).isEqualTo(Path.of("/etc/flexo/flexo.toml"));
    }
}
