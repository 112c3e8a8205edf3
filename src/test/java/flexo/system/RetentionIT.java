package flexo.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Rounds of updates by a real pacman, of which the cache keeps the newest versions. */
class RetentionIT {
    /** Each round brings newer versions of most: more digits, a pkgrel with a dot, an epoch with a lower version. */
    private static final List<String> NAMES = List.of(
            "zlib",
            "libstdc++5",
            "python-foo",
            "python-foo-bar",
            "gtk3",
            "gtk3-demos",
            "ttf-dejavu",
            "openbsd-manpages@7");

    /** The last three hyphens part a name from its version, pkgrel and architecture. */
    private static final Pattern FILE = Pattern.compile("(.+)-([^-]+-[^-]+)-[^-]+\\.pkg\\.tar\\.zst");

    @ScratchFolder
    Path folder;

    @Test
    void newestVersionsStayRoundForRoundAndPacmanIsServedFromThem() {
        PacmanRelease release = PacmanRelease.INSTALLED;
        release.program();
        ArchMirror arch = ArchMirror.copy(folder.resolve("arch"));
        try (MirrorServer mirror = MirrorServer.serve(arch.folder(), 1, folder.resolve("mirror.log"));
                FlexoServer flexo = FlexoServer.alone(folder.resolve("flexo"), mirror.urls())
                        .with("FLEXO_DATABASE_CHECK_INTERVAL", "0 s")
                        .withAdminToken()
                        .with("FLEXO_NUM_VERSIONS_RETAIN", "2")
                        .start()) {
            Pacman pacman = Pacman.client(release, arch, folder.resolve("client"), flexo.url());
            pacman.sync();
            pacman.install(NAMES);
            Map<String, List<String>> history = new TreeMap<>();
            note(pacman, history);

            for (int round = 0; round < 4; round++) {
                arch.update();
                pacman.run("-Syu").succeeded();
                note(pacman, history);
                assertNewestAreLeft(flexo, history);
            }

            assertThat(history.values()).anyMatch(versions -> versions.size() > 3);
            pacman.assertIntact();
            mirror.refuse(0);
            Pacman second = Pacman.client(release, arch, folder.resolve("second"), flexo.url());
            second.sync();
            second.install(NAMES);
            second.assertIntact();
        }
    }

    /** pacman goes only to newer versions, so their order is that in which it installed them. */
    private static void note(Pacman pacman, Map<String, List<String>> history) {
        pacman.installed().forEach((name, version) -> {
            List<String> versions = history.computeIfAbsent(name, unused -> new ArrayList<>());
            if (!versions.contains(version)) {
                versions.add(version);
            }
        });
    }

    private static void assertNewestAreLeft(FlexoServer flexo, Map<String, List<String>> history) {
        Map<String, Set<String>> wanted = new TreeMap<>();
        history.forEach((name, versions) ->
                wanted.put(name, new TreeSet<>(versions.subList(Math.max(0, versions.size() - 2), versions.size()))));
        Awaitility.await("two versions of each are left")
                // A file may go while its directory is read.
                .ignoreException(UncheckedIOException.class)
                .untilAsserted(() -> {
                    sweep(flexo);
                    assertThat(versions(flexo, ".zst")).isEqualTo(wanted);
                    assertThat(versions(flexo, ".zst.sig")).isEqualTo(wanted);
                });
    }

    /** By itself it would come half a minute later. */
    private static void sweep(FlexoServer flexo) throws Exception {
        HttpResponse<Void> swept = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(flexo.url() + "sweep"))
                                .timeout(Duration.ofSeconds(30))
                                .header("Authorization", FlexoServer.AUTHORIZATION)
                                .POST(HttpRequest.BodyPublishers.noBody())
                                .build(),
                        HttpResponse.BodyHandlers.discarding());
        assertThat(swept.statusCode()).isEqualTo(200);
    }

    private static Map<String, Set<String>> versions(FlexoServer flexo, String suffix) {
        try (Stream<Path> files = Files.walk(flexo.cache())) {
            Map<String, Set<String>> versions = new TreeMap<>();
            files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(suffix))
                    .map(name -> FILE.matcher(name.replaceAll("\\.sig$", "")))
                    .filter(Matcher::matches)
                    .forEach(name -> versions.computeIfAbsent(name.group(1), unused -> new TreeSet<>())
                            .add(name.group(2)));
            return versions;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
