package flexo.upstream;

import static flexo.testing.TestCertificates.file;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import flexo.download.MirrorClient;
import flexo.download.MirrorRequest;
import flexo.mirror.MirrorFailure;
import flexo.testing.FileContent;
import flexo.testing.ForwardProxy;
import flexo.testing.ScriptedMirror;
import flexo.upstream.ConnectionSettings.Traffic;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Mirrors with certificates of an authority of their own, and mirrors that want one of ours. */
class TlsSetupTest {
    private static final FileContent FILE = FileContent.seeded(1, 1000);
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Path AUTHORITY = file("authority.pem");

    @Test
    void mirrorOfAnUnknownAuthorityIsNotTrusted() throws Exception {
        try (ScriptedMirror mirror = ScriptedMirror.overTls(false).file("/file", FILE)) {
            Recorder.Failed failed = ask(TlsSetup.ofJvm(), mirror.url()).awaitFailure();

            assertThat(failed.failure()).isEqualTo(MirrorFailure.UNREACHABLE);
            assertThat(failed.detail()).startsWith("failed the TLS handshake");
            assertThat(mirror.requests()).isEmpty();
        }
    }

    @Test
    void mirrorOfAGivenAuthorityIsTrusted() throws Exception {
        try (ScriptedMirror mirror = ScriptedMirror.overTls(false).file("/file", FILE)) {
            TlsSetup tls = TlsSetup.of(files(List.of(AUTHORITY), null, null), NOW);

            assertThat(ask(tls, mirror.url()).awaitEnd().body()).isEqualTo(FILE.bytes());
        }
    }

    @Test
    void authoritiesOfTheJvmStayTrusted() throws Exception {
        var jvm = (X509TrustManager) trustOf(null);
        var both = (X509TrustManager) trustOf(AUTHORITY);

        assertThat(both.getAcceptedIssuers())
                .contains(jvm.getAcceptedIssuers())
                .hasSizeGreaterThan(jvm.getAcceptedIssuers().length);
    }

    @Test
    void certificateForAnotherHostIsRefused() throws Exception {
        try (ScriptedMirror mirror = ScriptedMirror.overTls(false).file("/file", FILE);
                ForwardProxy proxy = new ForwardProxy()
                        .knows("mirror.example", mirror.port())
                        .knows("other.example", mirror.port())) {
            TlsSetup tls = TlsSetup.of(files(List.of(AUTHORITY), null, null), NOW);
            ProxyRules through = new ProxyRules(
                    Optional.empty(),
                    Optional.of(new HttpProxy("127.0.0.1", proxy.port(), Optional.empty())),
                    NoProxy.NONE);

            ask(tls, "https://mirror.example/", through).awaitEnd();
            assertThat(ask(tls, "https://other.example/", through)
                            .awaitFailure()
                            .detail())
                    .startsWith("failed the TLS handshake");
            assertThat(mirror.requests()).hasSize(1);
        }
    }

    @Test
    void mirrorThatWantsACertificateIsShownOurs() throws Exception {
        try (ScriptedMirror mirror = ScriptedMirror.overTls(true).file("/file", FILE)) {
            TlsSetup with = TlsSetup.of(files(List.of(AUTHORITY), file("client.pem"), file("client.key")), NOW);
            TlsSetup without = TlsSetup.of(files(List.of(AUTHORITY), null, null), NOW);

            assertThat(ask(with, mirror.url()).awaitEnd().body()).isEqualTo(FILE.bytes());
            assertThat(ask(without, mirror.url()).awaitFailure().failure()).isEqualTo(MirrorFailure.UNREACHABLE);
        }
    }

    @Test
    void mirrorThatSpeaksOnlyOlderTlsIsNotAskedWhereNewerIsDemanded() throws Exception {
        try (ScriptedMirror mirror = ScriptedMirror.overTls("TLSv1.2").file("/file", FILE)) {
            TlsSetup newer = TlsSetup.of(
                    new TlsSetup.Files(
                            List.of(AUTHORITY), Optional.empty(), Optional.empty(), TlsSetup.Minimum.TLS_1_3),
                    NOW);
            TlsSetup usual = TlsSetup.of(files(List.of(AUTHORITY), null, null), NOW);

            assertThat(ask(newer, mirror.url()).awaitFailure().detail()).startsWith("failed the TLS handshake");
            assertThat(ask(usual, mirror.url()).awaitEnd().body()).isEqualTo(FILE.bytes());
        }
    }

    static Stream<Arguments> mistakes() {
        Path missing = Path.of("/nonexistent/ca.pem");
        Path noPem = file("not-pem.txt");
        return Stream.of(
                arguments(
                        files(List.of(missing), null, null), "ca_certificates: " + missing + ": there is no such file"),
                arguments(files(List.of(noPem), null, null), noPem + ": it is not a PEM file (-----BEGIN …-----)"),
                arguments(files(List.of(file("client.key")), null, null), "it holds no certificate"),
                arguments(files(List.of(file("damaged.pem")), null, null), "a certificate in it is damaged"),
                arguments(
                        files(List.of(file("expired.pem")), null, null),
                        "the certificate of CN=flexo expired at 2021-01-01T00:00:00Z"),
                arguments(
                        files(List.of(), file("expired.pem"), file("client.key")),
                        "client_certificate: " + file("expired.pem") + ": the certificate of CN=flexo expired"),
                arguments(
                        files(List.of(), file("client.pem"), file("other.key")),
                        "client_key: " + file("other.key") + ": it is not the key of the certificate in "
                                + file("client.pem")),
                arguments(files(List.of(), file("client.pem"), file("encrypted.key")), "the key is encrypted; openssl"),
                arguments(files(List.of(), file("client.pem"), file("sec1.key")), "the key is not in PKCS#8; openssl"),
                arguments(files(List.of(), file("client.pem"), file("client.pem")), "it holds no private key"),
                arguments(files(List.of(), file("client.pem"), null), "its key is missing; client_key names it"),
                arguments(files(List.of(), null, file("client.key")), "there is no client_certificate"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void mistakeNamesTheFileAndWhatIsWrongWithIt(TlsSetup.Files files, String words) {
        UnusableTlsException mistake = catchThrowableOfType(UnusableTlsException.class, () -> TlsSetup.of(files, NOW));

        assertThat(mistake).hasMessageContaining(words);
    }

    @Test
    void allMistakesAreToldAtOnce() {
        UnusableTlsException mistakes = catchThrowableOfType(
                UnusableTlsException.class,
                () -> TlsSetup.of(
                        files(
                                List.of(Path.of("/a.pem"), AUTHORITY, Path.of("/b.pem")),
                                Path.of("/c.pem"),
                                file("sec1.key")),
                        NOW));

        assertThat(mistakes.mistakes())
                .extracting(mistake -> mistake.file().toString())
                .containsExactly("/a.pem", "/b.pem", "/c.pem", file("sec1.key").toString());
    }

    @Test
    void textAroundTheCertificatesIsNoHarm(@TempDir Path folder) throws Exception {
        String certificate = Files.readString(AUTHORITY);
        Path bundle = Files.writeString(
                folder.resolve("bundle.pem"),
                "# Ours\r\n" + certificate.replace("\n", "\r\n") + "\nand\n" + certificate);

        assertThat(PemFile.certificates(bundle, NOW)).hasSize(2);
    }

    private static Object trustOf(Path authority) throws Exception {
        var factory = TlsSetup.trust(authority == null ? List.of() : PemFile.certificates(authority, NOW));
        return factory.getTrustManagers()[0];
    }

    private static TlsSetup.Files files(List<Path> authorities, Path certificate, Path key) {
        return new TlsSetup.Files(
                authorities, Optional.ofNullable(certificate), Optional.ofNullable(key), TlsSetup.Minimum.TLS_1_2);
    }

    /** Over connections that are closed when the answer is there. */
    private static Recorder ask(TlsSetup tls, String mirror) {
        return ask(tls, mirror, ProxyRules.DIRECT);
    }

    private static Recorder ask(TlsSetup tls, String mirror, ProxyRules through) {
        UpstreamConnections connections = new UpstreamConnections(
                new ConnectionSettings(Duration.ofSeconds(5), "flexo/test", "flexo-1", Traffic.FILES, 64, tls),
                Runnable::run,
                RealTimer.TIMER,
                Thread::new);
        try (connections) {
            connections.use(new OutboundRules(through, List.of(), OutboundRules.RedirectRules.USUAL));
            Recorder answer = Recorder.wanting();
            MirrorClient.Exchange unused = new HttpMirrorClient(connections, SpeedLimit.none(), SpeedLimit.none())
                    .send(new MirrorRequest(URI.create(mirror + "file"), 0, false, Optional.empty()), answer);
            answer.awaitOver();
            return answer;
        }
    }
}
