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
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What real pacmans use is there in its new version before they ask, and without any mirror. */
class PrefetchIT {
    @ScratchFolder
    Path folder;

    @ParameterizedTest
    @EnumSource
    void updateSucceedsFromTheCacheAloneAfterAPrefetch(PacmanRelease release) throws Exception {
        release.program();
        ArchMirror arch = ArchMirror.copy(folder.resolve("arch"));
        try (MirrorServer mirror = MirrorServer.serve(arch.folder(), 1, folder.resolve("mirror.log"));
                FlexoServer flexo = server(mirror).start()) {
            Pacman pacman = Pacman.client(release, arch, folder.resolve("client"), flexo.url());
            pacman.sync();
            pacman.install(Packages.FEW);
            Map<String, String> before = pacman.installed();

            arch.update();
            awaitPrefetched(flexo, prefetch(flexo, ""));
            mirror.refuse(0);
            pacman.run("-Syu").succeeded();

            pacman.assertIntact();
            assertThat(pacman.installed()).isNotEqualTo(before);
        }
    }

    /** It asks its own mirror for databases, and us for packages only. */
    @ParameterizedTest
    @EnumSource(names = {"V7_0", "V7_1"})
    void scheduledPrefetchServesClientsThatAskUsForPackagesOnly(PacmanRelease release) {
        release.program();
        ArchMirror arch = ArchMirror.copy(folder.resolve("arch"));
        try (MirrorServer ours = MirrorServer.serve(arch.folder(), 1, folder.resolve("ours.log"));
                MirrorServer theirs = MirrorServer.serve(arch.folder(), 1, folder.resolve("theirs.log"));
                FlexoServer flexo =
                        server(ours).with("FLEXO_PREFETCH", "* * * * *").start()) {
            Pacman pacman = Pacman.client(
                    release,
                    arch,
                    folder.resolve("client"),
                    "--server",
                    theirs.urls().get(0).toString(),
                    "--cache-server",
                    flexo.url().toString());
            pacman.sync();
            pacman.install(Packages.FEW);
            Map<String, String> before = pacman.installed();

            arch.update();
            pacman.sync();
            awaitPrefetched(flexo, needed(pacman));
            ours.refuse(0);
            theirs.rules(0, "{\"path\": [\"*.zst\", \"*.zst.sig\"], \"status\": 404}");
            pacman.run("-Syu").succeeded();

            pacman.assertIntact();
            assertThat(pacman.installed()).isNotEqualTo(before);
        }
    }

    @ParameterizedTest
    @EnumSource
    void listOfOneMachineIsThereForTheNextOne(PacmanRelease release) throws Exception {
        release.program();
        ArchMirror arch = ArchMirror.pristine();
        try (MirrorServer mirror = MirrorServer.serve(arch.folder(), 1, folder.resolve("mirror.log"));
                FlexoServer flexo = server(mirror).start()) {
            Pacman first = Pacman.client(
                    release, arch, folder.resolve("first"), mirror.urls().get(0));
            first.sync();
            first.install(Packages.FEW);
            Pacman second = Pacman.client(release, arch, folder.resolve("second"), flexo.url());
            second.sync();

            String list = first.run("-Qq").succeeded().output();
            List<String> fetching = prefetch(flexo, list);
            assertThat(fetching).hasSameSizeAs(list.lines().toList());
            awaitPrefetched(flexo, fetching);
            mirror.refuse(0);
            second.install(Packages.FEW);

            second.assertIntact();
        }
    }

    private FlexoServer server(MirrorServer mirror) {
        return FlexoServer.alone(folder.resolve("flexo"), mirror.urls())
                .withAdminToken()
                .with("FLEXO_DATABASE_CHECK_INTERVAL", "0 s");
    }

    /** The paths that will be fetched. */
    private static List<String> prefetch(FlexoServer flexo, String list) throws IOException, InterruptedException {
        HttpResponse<String> response = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(flexo.url() + "prefetch"))
                                .timeout(Duration.ofSeconds(30))
                                .header("Authorization", FlexoServer.AUTHORIZATION)
                                .POST(HttpRequest.BodyPublishers.ofString(list))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(202);
        return JsonText.asArray(JsonText.object(response.body()).get("fetching")).stream()
                .map(Object::toString)
                .toList();
    }

    /** The paths of what an update of the system will download. */
    private static List<String> needed(Pacman pacman) {
        return pacman.run("-Sup")
                .succeeded()
                .output()
                .lines()
                .filter(line -> line.endsWith(".zst"))
                .map(url -> url.replaceFirst("^.*/([^/]+/os/[^/]+/[^/]+)$", "$1"))
                .toList();
    }

    private static void awaitPrefetched(FlexoServer flexo, List<String> paths) {
        assertThat(paths).isNotEmpty();
        Awaitility.await("packages and their signatures")
                .atMost(Duration.ofMinutes(2))
                .untilAsserted(() -> assertThat(paths).allSatisfy(path -> {
                    assertThat(flexo.cache().resolve(path)).exists();
                    assertThat(flexo.cache().resolve(path + ".sig")).exists();
                }));
    }
}
