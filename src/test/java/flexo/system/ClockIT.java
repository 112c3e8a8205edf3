package flexo.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** A clock that is wrong, and is set while Flexo runs: nothing that clients use is lost, and all goes on. */
class ClockIT {
    private static final Duration TEN_YEARS = Duration.ofDays(3650);

    @ScratchFolder
    Path folder;

    /** As a small computer without a battery for its clock, which had a power cut before it learned the time. */
    @Test
    void machineThatStartsTwiceIn1970AndThenLearnsTheTimeKeepsServingAndPrefetching() throws Exception {
        PacmanRelease release = PacmanRelease.INSTALLED;
        release.program();
        ArchMirror arch = ArchMirror.copy(folder.resolve("arch"));
        FakeClock clock = new FakeClock(folder.resolve("clock"));
        try (MirrorServer mirror = MirrorServer.serve(arch.folder(), 1, folder.resolve("mirror.log"));
                FlexoServer flexo = clock.seenBy(FlexoServer.alone(folder.resolve("flexo"), mirror.urls()))
                        .withAdminToken()
                        .with("FLEXO_DATABASE_CHECK_INTERVAL", "0 s")
                        .with("FLEXO_PURGE_UNUSED_AFTER", "30 days")) {
            clock.ahead(Duration.between(Instant.now(), Instant.EPOCH.plusSeconds(60)));
            flexo.start();
            Pacman pacman = Pacman.client(release, arch, folder.resolve("client"), flexo.url());
            pacman.sync();
            pacman.install(Packages.FEW);
            Map<String, String> before = pacman.installed();
            Set<String> cached = packages(flexo);
            assertThat(cached).isNotEmpty();
            awaitUsesAreSaved(flexo);

            flexo.kill();
            clock.ahead(Duration.between(Instant.now(), Instant.EPOCH.plusSeconds(3600)));
            flexo.start();
            assertThat(removedBySweep(flexo)).isZero();
            set(clock, Duration.ZERO, flexo);

            assertThat(removedBySweep(flexo)).isZero();
            assertThat(packages(flexo)).isEqualTo(cached);
            arch.update();
            assertThat(prefetched(flexo)).isNotEmpty();
            Awaitility.await("new versions")
                    .atMost(Duration.ofMinutes(1))
                    .until(() -> prefetched(flexo).isEmpty());
            mirror.refuse(0);
            pacman.run("-Syu").succeeded();
            pacman.assertIntact();
            assertThat(pacman.installed()).isNotEqualTo(before);
        }
    }

    @Test
    void clockThatIsTenYearsAheadForAWhileMakesNothingOldAndKeepsNothingForYears() throws Exception {
        PacmanRelease release = PacmanRelease.INSTALLED;
        release.program();
        ArchMirror arch = ArchMirror.copy(folder.resolve("arch"));
        FakeClock clock = new FakeClock(folder.resolve("clock"));
        try (MirrorServer mirror = MirrorServer.serve(arch.folder(), 1, folder.resolve("mirror.log"));
                FlexoServer flexo = clock.seenBy(FlexoServer.alone(folder.resolve("flexo"), mirror.urls()))
                        .withAdminToken()
                        .with("FLEXO_DATABASE_CHECK_INTERVAL", "0 s")
                        .with("FLEXO_NUM_VERSIONS_RETAIN", "0")
                        .with("FLEXO_PURGE_UNUSED_AFTER", "10 h")
                        .start()) {
            Pacman pacman = Pacman.client(release, arch, folder.resolve("client"), flexo.url());
            pacman.sync();
            pacman.install(Packages.FEW);
            flexo.stop();
            flexo.start();

            for (Duration ahead : new Duration[] {TEN_YEARS, Duration.ZERO}) {
                Map<String, String> before = pacman.installed();
                set(clock, ahead, flexo);
                assertThat(removedBySweep(flexo)).isZero();
                arch.update();
                pacman.run("-Syu").succeeded();
                assertThat(pacman.installed()).as("databases are checked").isNotEqualTo(before);
                assertThat(removedBySweep(flexo)).isZero();
            }
            pacman.assertIntact();
            mirror.refuse(0);
            Pacman second = Pacman.client(release, arch, folder.resolve("second"), flexo.url());
            second.sync();
            second.install(Packages.FEW);

            set(clock, Duration.ofHours(11), flexo);
            // What was sent last is left alone for a moment.
            Awaitility.await("all is old, as after a night").until(() -> {
                send(flexo, "POST", "sweep");
                return packages(flexo).isEmpty();
            });
        }
    }

    /** Sets the clock of a server that runs, and waits until it has seen that. */
    private static void set(FakeClock clock, Duration ahead, FlexoServer flexo) {
        clock.ahead(ahead);
        Awaitility.await("the clock is set").until(() -> {
            Instant began = Instant.parse(
                    JsonText.object(send(flexo, "GET", "sweep")).get("began").toString());
            return Duration.between(began, Instant.now().plus(ahead)).abs().compareTo(Duration.ofMinutes(1)) < 0;
        });
    }

    private static Set<String> packages(FlexoServer flexo) throws IOException {
        try (Stream<Path> files = Files.walk(flexo.cache())) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".zst"))
                    .collect(Collectors.toSet());
        }
    }

    private static void awaitUsesAreSaved(FlexoServer flexo) {
        // An empty one has a head and a checksum of 44 bytes.
        Awaitility.await("uses are saved")
                .atMost(Duration.ofSeconds(30))
                .until(() -> Machine.bytesIn(flexo.state(), "last-uses") > 44);
    }

    private static long removedBySweep(FlexoServer flexo) throws Exception {
        Object removed = JsonText.object(send(flexo, "POST", "sweep")).get("removed");
        return JsonText.asLong(JsonText.asObject(removed).get("files"));
    }

    private static List<Object> prefetched(FlexoServer flexo) throws Exception {
        return JsonText.asArray(JsonText.object(send(flexo, "POST", "prefetch")).get("fetching"));
    }

    private static String send(FlexoServer flexo, String method, String path) throws Exception {
        HttpResponse<String> response = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(flexo.url() + path))
                                .timeout(Duration.ofSeconds(30))
                                .header("Authorization", FlexoServer.AUTHORIZATION)
                                .method(method, HttpRequest.BodyPublishers.noBody())
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isBetween(200, 202);
        return response.body();
    }
}
