package flexo.config;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.cache.ByDirectory;
import flexo.download.Glob;
import flexo.download.Restrictions;
import flexo.mirror.Mirror;
import flexo.prefetch.QuietHours;
import flexo.prefetch.Schedule;
import flexo.retention.RetentionRules;
import flexo.retention.RetentionSettings;
import flexo.retention.StorageSize;
import flexo.upstream.Credential;
import flexo.upstream.HttpProxy;
import flexo.upstream.NoProxy;
import flexo.upstream.ProxyRules;
import flexo.upstream.TlsSetup;
import flexo.upstream.UpstreamAccess;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The way out, custom repositories and their tables, as they are understood when nothing is wrong with them. */
class OutboundSettingsTest {
    @TempDir
    Path folder;

    @Test
    void siblingsAreAskedWithoutAProxy() throws Exception {
        FlexoConfig config = load("""
                siblings = ["http://n1.example:7878"]
                http_proxy = "http://proxy.example:3128"
                """);

        assertThat(config.siblings()).containsExactly(Mirror.of("http://n1.example:7878/"));
        assertThat(config.outbound().rules().upstreams())
                .containsExactly(new UpstreamAccess(
                        URI.create("http://n1.example:7878/"),
                        Optional.of(new UpstreamAccess.Way(Optional.empty())),
                        Optional.empty(),
                        Map.of()));
    }

    @Test
    void aCustomRepositoryMayHaveSettingsOfItsOwn() throws Exception {
        Path token = Files.writeString(folder.resolve("token"), "t0ken\n");

        FlexoConfig config = load("""
                [[custom_repo]]
                name = "chaotic"
                urls = ["https://a.example/$$", "https://b.example/~me"]
                database_check_interval = "1 min"
                num_versions_retain = 5
                purge_unused_after = "1 day"
                cache_size_limit = "1 GiB"
                proxy = "none"
                token_file = "TOKEN"
                headers = { X-Api-Key = "s3cret", "X.Other" = "a \\"b\\"" }

                [[custom_repo]]
                name = "built-here"
                url = "file:///srv/packages"
                """.replace("TOKEN", token.toString()));

        assertThat(config.customRepositories())
                .containsExactly(
                        new CustomRepository(
                                "chaotic",
                                List.of(Mirror.of("https://a.example/$$/"), Mirror.of("https://b.example/~me/")),
                                Optional.empty(),
                                Optional.empty(),
                                new RepositoryOverrides(
                                        Optional.of(Duration.ofMinutes(1)),
                                        OptionalInt.of(5),
                                        Optional.of(Duration.ofDays(1)),
                                        OptionalLong.of(1L << 30)),
                                Optional.of(new UpstreamAccess.Way(Optional.empty())),
                                Optional.of(Credential.bearer("t0ken")),
                                Map.of("X-Api-Key", "s3cret", "X.Other", "a \"b\"")),
                        CustomRepository.at(
                                "built-here",
                                new RepositoryUrl(Optional.empty(), Optional.of(Path.of("/srv/packages")))));
        assertThat(config.databases().checkIntervals().own())
                .isEqualTo(Map.of("custom_repo/chaotic", Duration.ofMinutes(1)));
    }

    @Test
    void tablesMayStandInOneVariable() throws Exception {
        FlexoConfig config = FlexoConfig.load(Sources.environment(Map.of(
                "FLEXO_REPOSITORY", "[{name = \"/core/\", num_versions_retain = 7}]",
                "FLEXO_CUSTOM_REPO", "[{name = \"arm\", url = \"http://arm.example\", proxy = \"http://p:3128\"}]")));

        assertThat(config.retention().rulesOf("core").versionsToKeep()).isEqualTo(7);
        assertThat(config.customRepositories().get(0).way())
                .contains(new UpstreamAccess.Way(Optional.of(new HttpProxy("p", 3128, Optional.empty()))));
    }

    @Test
    void credentialsBelongToAnAddress() throws Exception {
        FlexoConfig config = load("""
                [[upstream_credentials]]
                url = "https://a.example"
                user = "me"
                password = "s3cret"

                [[upstream_credentials]]
                url = "https://a.example/deeper"
                token = "t0ken"
                """);

        assertThat(config.outbound().rules().upstreams())
                .containsExactlyInAnyOrder(
                        UpstreamAccess.with(URI.create("https://a.example/"), Credential.basic("me", "s3cret")),
                        UpstreamAccess.with(URI.create("https://a.example/deeper/"), Credential.bearer("t0ken")));
        assertThat(config.toString()).doesNotContain("s3cret").doesNotContain("t0ken");
    }

    @Test
    void theProcessesProxiesCountWhereOursAreNotSet() throws Exception {
        ProxyRules proxies = proxies(Map.of(
                "http_proxy", "proxy:3128",
                "HTTP_PROXY", "http://not.this:1",
                "HTTPS_PROXY", "http://me:s3%40cret@proxy:3128/",
                "no_proxy", "localhost, .Example.org,*.local,10.0.0.0/8,[::1]"));

        assertThat(proxies)
                .isEqualTo(new ProxyRules(
                        Optional.of(new HttpProxy("proxy", 3128, Optional.empty())),
                        Optional.of(new HttpProxy("proxy", 3128, Optional.of(Credential.basic("me", "s3@cret")))),
                        noProxy("localhost", "example.org", "local", "10.0.0.0/8", "[::1]")));
        assertThat(proxies.toString()).doesNotContain("s3@cret");
    }

    @Test
    void ourProxiesCountMoreThanTheProcesses() throws Exception {
        ProxyRules proxies = proxies(Map.of(
                "http_proxy", "http://process:1",
                "https_proxy", "http://process:1",
                "no_proxy", "process",
                "FLEXO_HTTP_PROXY", "none",
                "FLEXO_HTTPS_PROXY", "http://ours",
                "FLEXO_NO_PROXY", "[\"ours\"]",
                "FLEXO_PROXY_USER", "me",
                "FLEXO_PROXY_PASSWORD", "s3cret"));

        assertThat(proxies)
                .isEqualTo(new ProxyRules(
                        Optional.empty(),
                        Optional.of(new HttpProxy("ours", 80, Optional.of(Credential.basic("me", "s3cret")))),
                        noProxy("ours")));
    }

    @Test
    void prefetchIsOffOrRegularOrAtTimesOfTheCalendar() throws Exception {
        assertThat(load("prefetch = \"6 h\"").prefetch().schedule()).isEqualTo(Schedule.every(Duration.ofHours(6)));
        assertThat(load("prefetch = \"0 3 * * mon-fri\"").prefetch().schedule())
                .isEqualTo(
                        Schedule.cron("0 3 * * mon-fri", ZoneId.systemDefault()).orElseThrow());
        assertThat(load("prefetch = \"OFF\"").prefetch().schedule()).isEqualTo(Schedule.never());
        assertThat(load("prefetch_quiet_hours = \"22:00 - 6:30\"").prefetch().quietHours())
                .isEqualTo(new QuietHours(LocalTime.of(22, 0), LocalTime.of(6, 30), ZoneId.systemDefault()));
        assertThat(load("prefetch_size_limit = \"1 MB\"").prefetch().sizeLimitBytes())
                .hasValue(1_000_000);
        assertThat(load("prefetch_speed_limit = 0").limits().prefetchBytesPerSecond())
                .isEmpty();
        assertThat(load("prefetch_speed_limit = 0").prefetch().slowly()).isFalse();
        assertThat(load("prefetch_speed_limit = 7").prefetch().slowly()).isTrue();
    }

    @Test
    void aMirrorlistFileTakesThePlaceOfPredefinedMirrors() throws Exception {
        Path list = Files.writeString(folder.resolve("mirrorlist"), "Server = https://a.example/$repo/os/$arch\n");

        FlexoConfig config = load("mirror_selection_method = \"predefined\"\nmirrorlist_file = \"" + list + "\"");

        assertThat(config.mirrors().mirrorlist()).contains(list);
        assertThat(config.mirrors().predefined()).isEmpty();
    }

    @Test
    void clientCertificateAndRestrictionsAreRead() throws Exception {
        Path pem = Files.writeString(folder.resolve("x.pem"), "");

        FlexoConfig config = load("""
                ca_certificates = ["PEM"]
                client_certificate = "PEM"
                client_key = "PEM"
                minimum_tls = 1.3
                allowed_repositories = ["core/", "custom_repo/arm"]
                allowed_paths = ["/*/os/x86_64/**"]
                """.replace("PEM", pem.toString()));

        assertThat(config.outbound().tls())
                .isEqualTo(
                        new TlsSetup.Files(List.of(pem), Optional.of(pem), Optional.of(pem), TlsSetup.Minimum.TLS_1_3));
        assertThat(config.restrictions())
                .isEqualTo(new Restrictions(
                        List.of("core", "custom_repo/arm"),
                        List.of(Glob.parse("*/os/x86_64/**").orElseThrow())));
    }

    private static NoProxy noProxy(String... entries) {
        return new NoProxy(Stream.of(entries)
                .map(entry -> NoProxy.Exemption.parse(entry).orElseThrow())
                .toList());
    }

    private ProxyRules proxies(Map<String, String> environment) throws InvalidConfigException {
        return FlexoConfig.load(Sources.environment(environment))
                .outbound()
                .rules()
                .proxies();
    }

    private FlexoConfig load(String toml) throws Exception {
        return FlexoConfig.load(Sources.file(Files.writeString(folder.resolve("flexo.toml"), toml)));
    }

    @Test
    void whatADirectoryDoesNotSayIsAsEverywhere() throws Exception {
        RetentionSettings settings = load("""
                purge_unused_after = "30 days"
                cache_size_limit = "50 %"
                cache_min_free = "7 KiB"

                [[repository]]
                name = "core"
                num_versions_retain = 5
                cache_size_limit = "1 KB"

                [[repository]]
                name = "core/os/x86_64"
                purge_unused_after = "365 days"

                [[custom_repo]]
                name = "arm"
                url = "https://arm.example"
                num_versions_retain = 0
                """).retention();

        Optional<Duration> month = Optional.of(Duration.ofDays(30));
        Optional<Duration> year = Optional.of(Duration.ofDays(365));
        assertThat(settings)
                .isEqualTo(new RetentionSettings(
                        new ByDirectory<>(
                                new RetentionRules(3, month, OptionalLong.empty()),
                                Map.of(
                                        "core", new RetentionRules(5, month, OptionalLong.of(1000)),
                                        "core/os/x86_64", new RetentionRules(3, year, OptionalLong.empty()),
                                        "custom_repo/arm", new RetentionRules(0, month, OptionalLong.empty()))),
                        Optional.of(new StorageSize(0, 0.5)),
                        Optional.of(new StorageSize(7 << 10, 0))));
    }
}
