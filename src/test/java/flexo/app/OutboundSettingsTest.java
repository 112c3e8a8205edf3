package flexo.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import flexo.config.FlexoConfig;
import flexo.config.InvalidConfigException;
import flexo.config.SettingSources;
import flexo.mirror.Mirror;
import flexo.testing.TestCertificates;
import flexo.upstream.Credential;
import flexo.upstream.HttpProxy;
import flexo.upstream.OutboundRules;
import flexo.upstream.UpstreamAccess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Settings as people write them, and what requests follow because of them. */
class OutboundSettingsTest {
    @TempDir
    Path folder;

    @Test
    void proxiesAreThoseOfTheSettings() throws Exception {
        OutboundRules rules = rules("""
                http_proxy = "http://one.example:3128"
                https_proxy = "http://me:s3cret@two.example:3129"
                """);

        assertThat(rules.proxies().http()).contains(new HttpProxy("one.example", 3128, Optional.empty()));
        assertThat(rules.proxies().https())
                .contains(new HttpProxy("two.example", 3129, Optional.of(Credential.basic("me", "s3cret"))));
        assertThat(rules.redirects()).isEqualTo(OutboundRules.RedirectRules.USUAL);
    }

    @Test
    void redirectsMayLeadWhereTheSettingsSay() throws Exception {
        assertThat(rules("allow_https_downgrade = true").redirects())
                .isEqualTo(new OutboundRules.RedirectRules(true, false));
        assertThat(rules("allow_private_redirects = true").redirects())
                .isEqualTo(new OutboundRules.RedirectRules(false, true));
    }

    @Test
    void credentialsAreForTheirAddress() throws Exception {
        Path token = Files.writeString(folder.resolve("token"), "t0ken\n");

        OutboundRules rules = rules("""
                [[upstream_credentials]]
                url = "https://mirror.example/private"
                user = "me"
                password = "s3cret"

                [[upstream_credentials]]
                url = "https://other.example/"
                token_file = "%s"
                """.formatted(token));

        assertThat(rules.upstreams())
                .containsExactlyInAnyOrder(
                        UpstreamAccess.with(
                                URI.create("https://mirror.example/private/"), Credential.basic("me", "s3cret")),
                        UpstreamAccess.with(URI.create("https://other.example/"), Credential.bearer("t0ken")));
    }

    @Test
    void customRepositoryHasAWayACredentialAndHeadersOfItsOwn() throws Exception {
        OutboundRules rules = rules("""
                [[custom_repo]]
                name = "corp"
                urls = ["https://a.example/arch/", "https://b.example/"]
                proxy = "http://corp.example:8080"
                token = "t0ken"
                headers = { X-Api-Key = "k3y" }

                [[custom_repo]]
                name = "inside"
                url = "http://c.example/"
                proxy = "none"

                [[custom_repo]]
                name = "local"
                url = "file:///srv/packages"
                """);

        UpstreamAccess.Way corp =
                new UpstreamAccess.Way(Optional.of(new HttpProxy("corp.example", 8080, Optional.empty())));
        Optional<Credential> token = Optional.of(Credential.bearer("t0ken"));
        Map<String, String> key = Map.of("X-Api-Key", "k3y");
        assertThat(rules.upstreams())
                .containsExactlyInAnyOrder(
                        new UpstreamAccess(URI.create("https://a.example/arch/"), Optional.of(corp), token, key),
                        new UpstreamAccess(URI.create("https://b.example/"), Optional.of(corp), token, key),
                        new UpstreamAccess(
                                URI.create("http://c.example/"),
                                Optional.of(new UpstreamAccess.Way(Optional.empty())),
                                Optional.empty(),
                                Map.of()));
    }

    @Test
    void mirrorsOfAListAreAskedAsTheirRepositorySays() throws Exception {
        Path list = Files.writeString(folder.resolve("list"), "Server = https://a.example/$repo/$arch\n");
        AtomicReference<OutboundRules> inForce = new AtomicReference<>();
        Settings settings = new Settings(config("""
                [[custom_repo]]
                name = "corp"
                mirrorlist = "%s"
                proxy = "none"
                token = "t0ken"
                """.formatted(list)));
        OutboundInUse rules = new OutboundInUse(settings, inForce::set);
        assertThat(inForce.get().upstreams()).as("before the list is read").isEmpty();
        Optional<UpstreamAccess.Way> direct = Optional.of(new UpstreamAccess.Way(Optional.empty()));
        UpstreamAccess first = new UpstreamAccess(
                URI.create("https://a.example/"), direct, Optional.of(Credential.bearer("t0ken")), Map.of());

        rules.listed("corp", List.of(Mirror.of("https://a.example/")));
        assertThat(inForce.get().upstreams()).containsExactly(first);

        settings.replace(config("""
                [[custom_repo]]
                name = "corp"
                mirrorlist = "%s"
                proxy = "none"
                token = "an0ther"
                """.formatted(list)));
        assertThat(inForce.get().upstreams())
                .as("after a change of the settings")
                .containsExactly(new UpstreamAccess(
                        URI.create("https://a.example/"), direct, Optional.of(Credential.bearer("an0ther")), Map.of()));
    }

    @Test
    void mistakesInFilesForTlsAreMistakesOfTheConfiguration() throws Exception {
        FlexoConfig config = config("""
                client_certificate = "%s"
                client_key = "%s"
                ca_certificates = ["%s"]
                """.formatted(
                        TestCertificates.file("client.pem"),
                        TestCertificates.file("sec1.key"),
                        TestCertificates.file("not-pem.txt")));

        InvalidConfigException mistakes = catchThrowableOfType(
                InvalidConfigException.class,
                () -> TlsReading.read(config.outbound().tls(), Instant.parse("2026-01-01T00:00:00Z")));

        assertThat(mistakes)
                .hasMessageContainingAll(
                        "The configuration has 2 mistakes:",
                        TestCertificates.file("not-pem.txt") + ": ca_certificates: it is not a PEM file",
                        TestCertificates.file("sec1.key") + ": client_key: the key is not in PKCS#8");
    }

    private OutboundRules rules(String toml) throws Exception {
        return config(toml).outbound().rules();
    }

    private FlexoConfig config(String toml) throws IOException, InvalidConfigException {
        Path file = Files.writeString(folder.resolve("flexo.toml"), toml);
        return FlexoConfig.load(new SettingSources(Map.of(), Map.of(), Map.of(), file));
    }
}
