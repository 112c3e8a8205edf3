package flexo.system;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.TestCertificates;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A company's network: no way out but a forward proxy that wants to know who asks, and an authority of its own. */
class ForwardProxyIT {
    @ScratchFolder
    Path folder;

    @ParameterizedTest
    @EnumSource
    void pacmanInstallsThroughTheProxyAndNothingGoesAnotherWay(PacmanRelease release) throws Exception {
        release.program();
        ArchMirror arch = ArchMirror.pristine();
        try (TinyProxy proxy = TinyProxy.started(folder.resolve("proxy"));
                MirrorServer mirror = MirrorServer.serve(arch.folder(), 1, folder.resolve("mirror.log"));
                NginxServer plain = NginxServer.started(folder.resolve("plain"), outside(mirror));
                NginxServer secure = NginxServer.startedOverTls(
                        folder.resolve("secure"),
                        TestCertificates.file("server.pem"),
                        TestCertificates.file("server.key"),
                        outside(mirror));
                FlexoServer flexo =
                        flexo(proxy, List.of(secure.url(), plain.url())).start()) {
            Pacman pacman = Pacman.client(release, arch, folder.resolve("client"), flexo.url());
            pacman.sync();
            pacman.install(Packages.THIRTY);

            pacman.assertIntact();
            assertThat(proxy.requests()).contains("CONNECT " + secure.url().getAuthority() + " HTTP/1.1");
            assertThat(plain.log() + secure.log())
                    .as("nobody but the proxy was let in, and nobody else has tried")
                    .doesNotContain("access forbidden");
            assertThat(Files.readString(flexo.log())).doesNotContain(TinyProxy.PASSWORD);
        }
    }

    @Test
    void proxyThatDiesAndReturnsNeedsNoRestart() throws Exception {
        ArchMirror arch = ArchMirror.pristine();
        try (TinyProxy proxy = TinyProxy.started(folder.resolve("proxy"));
                MirrorServer mirror = MirrorServer.serve(arch.folder(), 3, folder.resolve("mirror.log"));
                FlexoServer flexo = flexo(proxy, mirror.urls()).start()) {
            assertThat(status(flexo, "core/os/x86_64/core.db")).isEqualTo(200);
            proxy.kill();

            assertThat(status(flexo, "core/os/x86_64/core.db"))
                    .as("a known database is served, stale")
                    .isEqualTo(200);
            assertThat(status(flexo, "extra/os/x86_64/extra.db"))
                    .as("an unknown one is not")
                    .isIn(502, 504);
            proxy.start();

            assertThat(status(flexo, "extra/os/x86_64/extra.db"))
                    .as("with the very next request")
                    .isEqualTo(200);
            assertThat(mirror.requests())
                    .isNotEmpty()
                    .allSatisfy(
                            request -> assertThat(request.headers().get("via")).contains("tinyproxy"));
            assertThat(Files.readString(flexo.log()))
                    .contains("the proxy http://127.0.0.1:", "refused the connection")
                    .doesNotContain(TinyProxy.PASSWORD);
        }
    }

    /** The mirror as it is seen from outside the company: only the proxy's own address is let in. */
    private static String outside(MirrorServer mirror) {
        return """
                allow %s;
                deny all;
                location / {
                    proxy_pass %s;
                    proxy_http_version 1.1;
                }
                """.formatted(
                        TinyProxy.OWN_ADDRESS, mirror.urls().get(0).toString().replaceAll("/$", ""));
    }

    private FlexoServer flexo(TinyProxy proxy, List<URI> mirrors) {
        return FlexoServer.alone(folder.resolve("flexo"), mirrors)
                .with("http_proxy", proxy.url().toString())
                .with("https_proxy", proxy.url().toString())
                .with("FLEXO_CA_CERTIFICATES", "[\"" + TestCertificates.file("authority.pem") + "\"]");
    }

    private static int status(FlexoServer flexo, String path) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(flexo.url().resolve(path))
                                .timeout(Duration.ofSeconds(30))
                                .build(),
                        HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }
}
