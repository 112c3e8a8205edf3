package flexo.scenario;

import static flexo.scenario.Answers.CACHE;
import static flexo.scenario.Answers.REMOTE;
import static flexo.scenario.Answers.assertError;
import static flexo.scenario.Answers.assertWhole;
import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.DetachedSignature;
import flexo.testing.Fault;
import flexo.testing.FileContent;
import flexo.testing.Gate;
import flexo.testing.RawClient;
import flexo.testing.RawResponse;
import flexo.testing.ScriptedMirror;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.logging.Level;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.jboss.arquillian.container.test.api.Deployer;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How the cache keeps itself while clients are served. */
@ExtendWith(ArquillianExtension.class)
class RetentionIT {
    private static final String CORE = "/core/os/x86_64/";
    private static final FileContent FILE = FileContent.seeded(1, 100_000);
    private static final FileContent LARGE = FileContent.seeded(2, 3_000_001);
    private static final FileContent SIGNATURE = DetachedSignature.of(FILE);

    @RegisterExtension
    final Scenario scenario = new Scenario();

    @ArquillianResource
    Deployer deployer;

    private ScriptedMirror mirror;

    @Deployment(name = FlexoWar.ROOT, managed = false, testable = false)
    static WebArchive root() {
        return FlexoWar.named(FlexoWar.ROOT);
    }

    @BeforeEach
    void container() throws Exception {
        scenario.deployedBy(deployer);
        mirror = scenario.mirror();
    }

    @Test
    void olderVersionsGoWithTheirSignaturesWhenANewerOneWasCached() throws Exception {
        scenario.set("num_versions_retain", 2);
        for (String version : List.of("9-1", "10-1", "1:1-1")) {
            offer("bash-" + version);
        }
        scenario.start(mirror);
        for (String version : List.of("9-1", "10-1", "1:1-1")) {
            scenario.hit(pkg("bash-" + version));
        }

        Awaitility.await("nobody asks for a sweep, the first one comes by itself")
                .atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(scenario.cachedFiles())
                        .containsExactlyInAnyOrder(
                                name("bash-10-1"), name("bash-10-1") + ".sig",
                                name("bash-1:1-1"), name("bash-1:1-1") + ".sig"));
        assertThat(scenario.log().messages(Level.INFO))
                .filteredOn(line -> line.contains(": removed, since "))
                .singleElement()
                .asString()
                .contains(name("bash-9-1"));
    }

    @Test
    @OnEachTomcat
    void sweepDuringFiftyDownloadsHarmsNone() throws Exception {
        scenario.set("num_versions_retain", 1);
        Gate gate = new Gate(30_000);
        Path large = write("served-0-1-1", LARGE);
        for (int i = 0; i < 25; i++) {
            write("fetched-" + i + "-1-1", FILE);
            write("fetched-" + i + "-2-1", FILE);
            offer("fetched-" + i + "-3-1");
            mirror.fault(pkg("fetched-" + i + "-3-1"), new Fault().gate(gate));
            if (i > 0) {
                Files.createLink(place("served-" + i + "-1-1"), large);
            }
            write("served-" + i + "-2-1", FILE);
        }
        scenario.start(mirror);
        List<RawClient> fetching = new ArrayList<>();
        List<RawClient> served = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            fetching.add(begin(scenario.client(), pkg("fetched-" + i + "-3-1")));
            served.add(begin(scenario.clientWithSmallWindow(), pkg("served-" + i + "-1-1")));
        }
        for (RawClient client : fetching) {
            client.readExpecting(FILE, 0, 30_000);
        }
        for (RawClient client : served) {
            client.readExpecting(LARGE, 0, 1000);
        }

        sweep();
        sweep();

        assertThat(scenario.cachedFiles())
                .filteredOn(file -> file.endsWith(".part") && !file.contains(".sig"))
                .hasSize(25);
        assertThat(scenario.cachedFiles())
                .as("the newest whole version")
                .filteredOn(file -> file.matches(".*/fetched-\\d+-2-1-any\\.pkg\\.tar\\.zst"))
                .hasSize(25);
        assertThat(scenario.cachedFiles()).noneMatch(file -> file.matches(".*/fetched-\\d+-1-1-.*"));
        gate.open();
        for (RawClient client : fetching) {
            client.readExpecting(FILE, 30_000, FILE.lengthBytes() - 30_000);
        }
        Awaitility.await("old versions go, of what is served too once the container has opened it")
                .untilAsserted(() -> {
                    sweep();
                    assertThat(scenario.cachedFiles())
                            .hasSize(75)
                            .noneMatch(file -> file.matches(".*/fetched-\\d+-2-1-.*|.*/served-\\d+-1-1-.*"));
                });
        for (RawClient client : served) {
            client.readExpecting(LARGE, 1000, LARGE.lengthBytes() - 1000);
        }
    }

    @Test
    void leastRecentlyUsedMakeRoomWhateverTimesTheDiskShowsAndAcrossARestart() throws Exception {
        scenario.set("cache_size_limit", "350 kB");
        for (String name : List.of("a-1-1", "b-1-1", "c-1-1", "d-1-1")) {
            offer(name);
        }
        scenario.start(mirror);
        for (String name : List.of("a-1-1", "b-1-1", "c-1-1", "a-1-1")) {
            scenario.hit(pkg(name));
        }
        setTimes("a-1-1", Instant.EPOCH, Instant.EPOCH);
        setTimes("b-1-1", Instant.now(), Instant.now().plus(Duration.ofDays(9)));
        scenario.restart();

        scenario.hit(pkg("d-1-1"));
        sweep();

        assertThat(packages()).containsExactlyInAnyOrder(name("a-1-1"), name("c-1-1"), name("d-1-1"));
        assertThat(scenario.log().messages(Level.INFO)).anyMatch(line -> line.contains(name("b-1-1") + ": removed"));
    }

    @Test
    void whatACrashHasLeftIsClearedAwayWhileRequestsAreServed() throws Exception {
        offer("bash-1-1");
        write("zlib-1-1", FILE);
        List<Path> leftovers = List.of(
                place("empty-1-1"),
                scenario.cached(CORE + ".lost-1-1-any.pkg.tar.zst.part"),
                scenario.cached(CORE + ".promise-1-1-any.pkg.tar.zst.head"),
                scenario.cached(CORE + ".flexo-1-1-any.pkg.tar.zst.cfs"));
        for (Path leftover : leftovers) {
            Files.write(leftover, new byte[leftover.equals(leftovers.get(0)) ? 0 : 10]);
        }
        Path signature = Files.write(scenario.cached(pkg("soon-1-1") + ".sig"), SIGNATURE.bytes());
        Path image = Files.createFile(scenario.cached("/archlinux.iso"));
        scenario.start(mirror);

        Awaitility.await("what may still be written is left alone for ten seconds")
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofSeconds(1))
                .untilAsserted(() -> {
                    assertWhole(scenario.get(pkg("zlib-1-1")), FILE, CACHE);
                    scenario.get(pkg("bash-1-1"));
                    sweep();
                    assertThat(leftovers).noneMatch(Files::exists);
                });

        assertThat(signature).as("its package may follow").exists();
        assertThat(image).as("is no package").exists();
        assertWhole(scenario.hit(pkg("bash-1-1")), FILE, CACHE);
        assertThat(scenario.get("/metrics/prometheus").text())
                .contains("flexo_cache_removed_files_total{reason=\"empty\"} 1\n")
                .contains("flexo_cache_removed_files_total{reason=\"useless_part\"} 1\n")
                .contains("flexo_cache_removed_files_total{reason=\"orphan_note\"} 2\n");
    }

    @Test
    void filesCopiedInByHandAreHitsAtOnceAndFilesRemovedByHandAreFetched() throws Exception {
        offer("bash-1-1");
        scenario.start(mirror);
        write("zlib-1-1", FILE);

        assertWhole(scenario.get(pkg("zlib-1-1")), FILE, CACHE);
        Files.delete(place("zlib-1-1"));
        assertError(scenario.get(pkg("zlib-1-1")), 404);
        scenario.hit(pkg("bash-1-1"));
        Files.delete(place("bash-1-1"));
        assertWhole(scenario.get(pkg("bash-1-1")), FILE, REMOTE);
    }

    @Test
    void whatPaccacheRemovesIsFetchedAgainAndSweepsGoOn() throws Exception {
        List<String> versions = List.of("1-1", "2-1", "3-1", "4-1");
        for (String version : versions) {
            offer("bash-" + version);
        }
        scenario.set("num_versions_retain", 0).start(mirror);
        for (String version : versions) {
            scenario.hit(pkg("bash-" + version));
            scenario.hit(pkg("bash-" + version) + ".sig");
        }

        // As `paccache -rk1` does it: all but the newest version, with signatures.
        for (String version : versions.subList(0, 3)) {
            Files.delete(place("bash-" + version));
            Files.delete(scenario.cached(pkg("bash-" + version) + ".sig"));
        }
        sweep();

        assertWhole(scenario.get(pkg("bash-4-1")), FILE, CACHE);
        assertWhole(scenario.get(pkg("bash-2-1")), FILE, REMOTE);
        assertWhole(scenario.hit(pkg("bash-2-1") + ".sig"), SIGNATURE, CACHE);
        sweep();
        assertThat(scenario.cachedFiles())
                .containsExactlyInAnyOrder(
                        name("bash-2-1"), name("bash-2-1") + ".sig", name("bash-4-1"), name("bash-4-1") + ".sig");
        assertThat(scenario.log().messages(Level.WARNING)).noneMatch(line -> line.contains(" flexo."));
    }

    @Test
    void repositoriesMayHaveRulesOfTheirOwn() throws Exception {
        Path toml = Files.writeString(scenario.scratch().resolve("flexo.toml"), """
                num_versions_retain = 2
                [[repository]]
                name = "core"
                num_versions_retain = 1
                [[custom_repo]]
                name = "arm"
                url = "%s"
                num_versions_retain = 0
                """.formatted(mirror.url()));
        for (String version : List.of("1-1", "2-1", "3-1")) {
            write("bash-" + version, FILE);
            for (String directory : List.of("/extra/os/x86_64/", "/custom_repo/arm/")) {
                Path other =
                        scenario.cached(directory + place("bash-" + version).getFileName());
                Files.createDirectories(other.getParent());
                Files.copy(place("bash-" + version), other);
            }
        }
        scenario.set("config_file", toml).start(mirror);

        sweep();

        assertThat(packages())
                .containsExactlyInAnyOrder(
                        "core/os/x86_64/bash-3-1-any.pkg.tar.zst",
                        "extra/os/x86_64/bash-2-1-any.pkg.tar.zst",
                        "extra/os/x86_64/bash-3-1-any.pkg.tar.zst",
                        "custom_repo/arm/bash-1-1-any.pkg.tar.zst",
                        "custom_repo/arm/bash-2-1-any.pkg.tar.zst",
                        "custom_repo/arm/bash-3-1-any.pkg.tar.zst");
    }

    @Test
    void imagesGoByTheSameRulesAsPackages() throws Exception {
        scenario.set("cache_size_limit", "900 kB");
        offer("bash-1-1");
        for (int month = 1; month <= 6; month++) {
            mirror.file(image(month), FileContent.seeded(month, 300_000));
        }
        scenario.start(mirror);
        scenario.hit(pkg("bash-1-1"));
        for (int month = 1; month <= 6; month++) {
            scenario.hit(image(month));
            scenario.hit(pkg("bash-1-1"));
        }

        Awaitility.await("images go once they are not served any more").untilAsserted(() -> {
            sweep();
            assertThat(scenario.cachedFiles())
                    .filteredOn(file -> file.endsWith(".iso"))
                    .hasSizeBetween(1, 2);
        });
        assertThat(scenario.cached(pkg("bash-1-1"))).as("is used all the time").exists();
    }

    private static String image(int month) {
        return "/iso/2026.0" + month + ".01/archlinux-x86_64.iso";
    }

    @Test
    void directoryThatOthersHaveFilledIsNotSweptButToldOf() throws Exception {
        scenario.set("num_versions_retain", 1);
        write("bash-1-1", FILE);
        write("bash-2-1", FILE);
        scenario.start(mirror);

        Awaitility.await("the first sweep is a dry run")
                .atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(scenario.log().messages(Level.WARNING))
                        .anyMatch(line -> line.contains(" 1 files would go, ")));
        assertThat(packages()).hasSize(2);

        sweep();
        assertThat(packages()).containsExactly(name("bash-2-1"));
    }

    // Asking for it.

    @Test
    void dryRunTellsWhatASweepWouldRemoveAndWhy() throws Exception {
        scenario.set("num_versions_retain", 1);
        write("bash-1-1", FILE);
        write("bash-2-1", FILE);
        Set<String> before = scenario.cachedFiles();
        scenario.start(mirror);

        RawResponse json = scenario.get("/sweep");
        RawResponse text = scenario.get("/sweep", "Accept: text/plain");

        assertThat(json.status()).isEqualTo(200);
        assertThat(json.header("Content-Type")).startsWith("application/json");
        assertThat(json.text().replaceAll("\\s", ""))
                .contains("\"dryRun\":true", "\"removed\":{\"bytes\":100000,\"files\":1}")
                .contains("\"left\":{\"bytes\":100000,\"files\":1}")
                .contains("{\"bytes\":100000,\"path\":\"" + name("bash-1-1") + "\",\"reason\":\"old_version\"}");
        assertThat(text.header("Content-Type")).startsWith("text/plain");
        assertThat(text.text())
                .startsWith("A sweep would remove 1 file, 100000 bytes; left would be 1 file, 100000 bytes.\n")
                .contains(name("bash-1-1") + ": 100000 bytes, since enough newer versions");
        assertThat(scenario.cachedFiles()).isEqualTo(before);
    }

    @Test
    @OnEachTomcat
    void sweepIsRunWhenItIsAskedFor() throws Exception {
        scenario.set("num_versions_retain", 1);
        write("bash-1-1", FILE);
        write("bash-2-1", FILE);
        scenario.start(mirror);

        RawResponse put = ask("PUT");
        assertError(put, 405);
        assertThat(put.header("Allow")).isEqualTo("GET, HEAD, POST");
        assertThat(packages()).hasSize(2);
        RawResponse swept = ask("POST");

        assertThat(swept.text().replaceAll("\\s", ""))
                .contains("\"dryRun\":false", "\"removedFor\":{\"old_version\":{\"bytes\":100000,\"files\":1},");
        assertThat(packages()).containsExactly(name("bash-2-1"));
    }

    @Test
    @OnEachTomcat
    void figuresAreThereForPrometheus() throws Exception {
        offer("bash-1-1");
        scenario.set("num_versions_retain", 1);
        write("bash-0-1", FILE);
        scenario.start(mirror);
        scenario.hit(pkg("bash-1-1"));
        sweep();

        RawResponse figures = scenario.get("/metrics/prometheus");

        assertThat(figures.header("Content-Type")).startsWith("text/plain").contains("version=0.0.4");
        assertThat(figures.text().lines())
                .contains(
                        "# TYPE flexo_cache_removed_files_total counter",
                        "flexo_cache_removed_files_total{reason=\"old_version\"} 1",
                        "flexo_cache_removed_bytes_total{reason=\"old_version\"} 100000",
                        "flexo_cache_removed_files_total{reason=\"wrong_content\"} 0",
                        "flexo_cache_files 2",
                        "flexo_cache_bytes " + (FILE.lengthBytes() + SIGNATURE.lengthBytes()),
                        "flexo_downloads_running 0",
                        "flexo_database_stale_answers_total 0",
                        "flexo_mirror_transfers_total{mirror=\"" + mirror.url() + "\"} 2")
                .anyMatch(line -> line.startsWith("flexo_sweep_last_timestamp_seconds 1"));
    }

    private void sweep() throws IOException {
        assertThat(ask("POST").status()).isEqualTo(200);
    }

    private RawResponse ask(String method, String... headers) throws IOException {
        try (RawClient client = new RawClient(scenario.port())) {
            List<String> all = new ArrayList<>(List.of(headers));
            all.add(Scenario.AS_ADMIN);
            all.add("Content-Length: 0");
            client.request(method, "/sweep", all.toArray(String[]::new));
            return client.readResponse();
        }
    }

    private static RawClient begin(RawClient client, String target) throws IOException {
        client.request("GET", target);
        assertThat(client.readHead().status()).isEqualTo(200);
        return client;
    }

    private Set<String> packages() {
        return scenario.cachedFiles().stream()
                .filter(file -> file.endsWith(".zst"))
                .collect(Collectors.toSet());
    }

    private void offer(String nameAndVersion) {
        mirror.file(pkg(nameAndVersion), FILE).file(pkg(nameAndVersion) + ".sig", SIGNATURE);
    }

    private Path write(String nameAndVersion, FileContent content) throws IOException {
        Path file = place(nameAndVersion);
        Files.createDirectories(file.getParent());
        Files.write(file, content.bytes());
        return Files.setLastModifiedTime(file, FileTime.from(ScriptedMirror.LAST_MODIFIED));
    }

    private void setTimes(String nameAndVersion, Instant modified, Instant accessed) throws IOException {
        Files.getFileAttributeView(place(nameAndVersion), BasicFileAttributeView.class)
                .setTimes(FileTime.from(modified), FileTime.from(accessed), null);
    }

    private Path place(String nameAndVersion) {
        return scenario.cached(pkg(nameAndVersion));
    }

    private static String pkg(String nameAndVersion) {
        return CORE + nameAndVersion + "-any.pkg.tar.zst";
    }

    /** As {@link Scenario#cachedFiles} names it. */
    private static String name(String nameAndVersion) {
        return pkg(nameAndVersion).substring(1);
    }
}
