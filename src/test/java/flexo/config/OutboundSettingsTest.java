package flexo.config;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.prefetch.QuietHours;
import flexo.prefetch.Schedule;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The way out, custom repositories and their tables, as they are understood when nothing is wrong with them. */
class OutboundSettingsTest {
    @TempDir
    Path folder;

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
                                List.of(URI.create("https://a.example/$$/"), URI.create("https://b.example/~me/")),
                                Optional.empty(),
                                new RepositoryOverrides(
                                        Optional.of(Duration.ofMinutes(1)),
                                        OptionalInt.of(5),
                                        Optional.of(Duration.ofDays(1)),
                                        OptionalLong.of(1L << 30)),
                                Optional.of(new ProxyChoice(Optional.empty())),
                                Optional.of(new Credentials.Bearer(new Secret("t0ken"))),
                                Map.of("X-Api-Key", new Secret("s3cret"), "X.Other", new Secret("a \"b\""))),
                        CustomRepository.at("built-here", URI.create("file:///srv/packages/")));
        assertThat(config.repositoryOverrides())
                .containsOnlyKeys("custom_repo/chaotic")
                .containsValue(config.customRepositories().get(0).overrides());
    }

    @Test
    void tablesMayStandInOneVariable() throws Exception {
        FlexoConfig config = FlexoConfig.load(Sources.environment(Map.of(
                "FLEXO_REPOSITORY", "[{name = \"/core/\", num_versions_retain = 7}]",
                "FLEXO_CUSTOM_REPO", "[{name = \"arm\", url = \"http://arm.example\", proxy = \"http://p:3128\"}]")));

        assertThat(config.repositoryOverrides().get("core").numVersionsRetain()).hasValue(7);
        assertThat(config.customRepositories().get(0).proxy())
                .contains(new ProxyChoice(Optional.of(new OutboundProxy("p", 3128, Optional.empty()))));
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

        assertThat(config.outbound().credentials())
                .containsExactly(
                        new UpstreamCredentials(
                                URI.create("https://a.example/"), new Credentials.Login("me", new Secret("s3cret"))),
                        new UpstreamCredentials(
                                URI.create("https://a.example/deeper/"), new Credentials.Bearer(new Secret("t0ken"))));
        assertThat(config.toString()).doesNotContain("s3cret").doesNotContain("t0ken");
    }

    @Test
    void theProcessesProxiesCountWhereOursAreNotSet() throws Exception {
        Proxies proxies = proxies(Map.of(
                "http_proxy", "proxy:3128",
                "HTTP_PROXY", "http://not.this:1",
                "HTTPS_PROXY", "http://me:s3%40cret@proxy:3128/",
                "no_proxy", "localhost, .Example.org,*.local,10.0.0.0/8,[::1]"));

        assertThat(proxies)
                .isEqualTo(new Proxies(
                        Optional.of(new OutboundProxy("proxy", 3128, Optional.empty())),
                        Optional.of(new OutboundProxy(
                                "proxy", 3128, Optional.of(new Credentials.Login("me", new Secret("s3@cret"))))),
                        List.of("localhost", "example.org", "local", "10.0.0.0/8", "[::1]")));
        assertThat(proxies.toString()).doesNotContain("s3@cret");
    }

    @Test
    void ourProxiesCountMoreThanTheProcesses() throws Exception {
        Proxies proxies = proxies(Map.of(
                "http_proxy", "http://process:1",
                "https_proxy", "http://process:1",
                "no_proxy", "process",
                "FLEXO_HTTP_PROXY", "none",
                "FLEXO_HTTPS_PROXY", "http://ours",
                "FLEXO_NO_PROXY", "[\"ours\"]",
                "FLEXO_PROXY_USER", "me",
                "FLEXO_PROXY_PASSWORD", "s3cret"));

        assertThat(proxies)
                .isEqualTo(new Proxies(
                        Optional.empty(),
                        Optional.of(new OutboundProxy(
                                "ours", 80, Optional.of(new Credentials.Login("me", new Secret("s3cret"))))),
                        List.of("ours")));
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
                .isEqualTo(new Tls(List.of(pem), Optional.of(new Tls.ClientCertificate(pem, pem)), TlsVersion.TLS_1_3));
        assertThat(config.restrictions())
                .isEqualTo(new Restrictions(List.of("core", "custom_repo/arm"), List.of("*/os/x86_64/**")));
    }

    private Proxies proxies(Map<String, String> environment) throws InvalidConfigException {
        return FlexoConfig.load(Sources.environment(environment)).outbound().proxies();
    }

    private FlexoConfig load(String toml) throws Exception {
        return FlexoConfig.load(Sources.file(Files.writeString(folder.resolve("flexo.toml"), toml)));
    }
}
