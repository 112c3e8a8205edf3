package flexo.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** nginx before us, as where one port serves several applications, and nginx beside us, on our cache directory. */
class ReverseProxyIT {
    @ScratchFolder
    Path folder;

    @ParameterizedTest
    @EnumSource
    void pacmanComesThroughNginx(PacmanRelease release) {
        release.program();
        ArchMirror arch = ArchMirror.pristine();
        try (MirrorServer mirror = MirrorServer.serve(arch.folder(), 1, folder.resolve("mirror.log"));
                FlexoServer flexo = FlexoServer.started(folder.resolve("flexo"), mirror.urls());
                NginxServer nginx = NginxServer.started(folder.resolve("nginx"), """
                        location / {
                            proxy_pass %s;
                            proxy_http_version 1.1;
                            proxy_set_header Connection "";
                        }
                        """.formatted(
                                flexo.url().toString().replaceAll("/$", "")))) {
            Pacman pacman = Pacman.client(release, arch, folder.resolve("client"), nginx.url());
            pacman.sync();
            pacman.install(Packages.THIRTY);

            pacman.assertIntact();
            assertThat(mirror.packageRequests())
                    .allSatisfy((path, requests) -> assertThat(requests).isEqualTo(1));
        }
    }

    /** nginx keeps connections to us for all its clients, and says nothing of them. */
    @ParameterizedTest
    @EnumSource
    void pairsFitThroughNginxThatKeepsConnections(PacmanRelease release) {
        release.program();
        ArchMirror arch = ArchMirror.copy(folder.resolve("arch"));
        try (MirrorServer mirror = MirrorServer.serve(arch.folder(), 1, folder.resolve("mirror.log"));
                FlexoServer flexo = FlexoServer.alone(folder.resolve("flexo"), mirror.urls())
                        .with("FLEXO_DATABASE_CHECK_INTERVAL", "0 s")
                        .start();
                NginxServer nginx = NginxServer.started(
                        folder.resolve("nginx"),
                        "upstream flexo { server 127.0.0.1:" + flexo.url().getPort() + "; keepalive 8; }",
                        """
                        location / {
                            proxy_pass http://flexo;
                            proxy_http_version 1.1;
                            proxy_set_header Connection "";
                        }
                        """)) {
            Pacman pacman = Pacman.client(release, arch, folder.resolve("client"), nginx.url());
            pacman.sync();
            for (int round = 0; round < 3; round++) {
                arch.update();
                pacman.sync();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void nginxServesOurCacheDirectoryWithoutUs(PacmanRelease release) {
        release.program();
        ArchMirror arch = ArchMirror.pristine();
        try (MirrorServer mirror = MirrorServer.serve(arch.folder(), 1, folder.resolve("mirror.log"));
                FlexoServer flexo = FlexoServer.started(folder.resolve("flexo"), mirror.urls());
                NginxServer nginx = NginxServer.started(
                        folder.resolve("nginx"), "root " + flexo.cache() + "; location ~ /\\. { deny all; }")) {
            Pacman one = Pacman.client(release, arch, folder.resolve("one"), flexo.url());
            one.sync();
            one.install(Packages.THIRTY);
            mirror.forgetRequests();
            flexo.stop();

            // Packages are first looked for in our directory; the databases come from the mirror.
            Pacman two = Pacman.client(
                    release,
                    arch,
                    folder.resolve("two"),
                    "--server",
                    nginx.url().toString(),
                    "--server",
                    mirror.urls().get(0).toString());
            two.sync();
            two.install(Packages.THIRTY);

            two.assertIntact();
            assertThat(mirror.packageRequests()).isEqualTo(Map.of());
        }
    }

    /** To us, everybody who comes through it is on this machine. */
    @Test
    void nobodySteersThroughNginxWithoutTheToken() throws Exception {
        ArchMirror arch = ArchMirror.pristine();
        try (MirrorServer mirror = MirrorServer.serve(arch.folder(), 1, folder.resolve("mirror.log"));
                FlexoServer flexo = FlexoServer.alone(folder.resolve("flexo"), mirror.urls())
                        .withAdminToken()
                        .start();
                NginxServer nginx = NginxServer.started(
                        folder.resolve("nginx"),
                        "location / { proxy_pass %s; }"
                                .formatted(flexo.url().toString().replaceAll("/$", "")))) {
            for (String order : List.of("sweep", "prefetch", "reset-metrics")) {
                assertThat(post(nginx.url() + order)).as(order).isEqualTo(401);
                assertThat(post(nginx.url() + order, "X-Forwarded-For", "127.0.0.1"))
                        .as(order)
                        .isEqualTo(401);
                assertThat(post(nginx.url() + order, "Authorization", FlexoServer.AUTHORIZATION))
                        .as(order)
                        .isBetween(200, 202);
            }
        }
    }

    private static int post(String url, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url))
                .timeout(Duration.ofSeconds(30))
                .POST(HttpRequest.BodyPublishers.noBody());
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HttpClient.newHttpClient()
                .send(request.build(), HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    @Test
    void mirrorThatIsOurselvesBehindNginxDoesNotLoop() {
        ArchMirror arch = ArchMirror.pristine();
        try (MirrorServer mirror = MirrorServer.serve(arch.folder(), 1, folder.resolve("mirror.log"));
                FlexoServer flexo = FlexoServer.alone(folder.resolve("flexo"), mirror.urls());
                NginxServer nginx = NginxServer.started(
                        folder.resolve("nginx"),
                        "location / { proxy_pass %s; }"
                                .formatted(flexo.url().toString().replaceAll("/$", "")))) {
            flexo.with(
                            "FLEXO_MIRRORS_PREDEFINED",
                            nginx.url() + "," + mirror.urls().get(0))
                    .start();
            Pacman pacman = Pacman.client(PacmanRelease.INSTALLED, arch, folder.resolve("client"), flexo.url());
            pacman.sync();
            pacman.install(Packages.FEW);

            pacman.assertIntact();
            assertThat(mirror.packageRequests())
                    .allSatisfy((path, requests) -> assertThat(requests).isEqualTo(1));
            assertThat(flexo.log()).content().contains("asked by this server itself");
        }
    }
}
