package flexo.system;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.Fault;
import flexo.testing.FileContent;
import flexo.testing.ScriptedMirror;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Two that serve from one cache directory at the same time. */
class SharedDirectoryIT {
    private static final String FOLDER = "extra/os/x86_64/";
    private static final int FILES = 12;
    private static final int FILE_BYTES = 3 << 20;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @ScratchFolder
    Path folder;

    private final HttpClient http = HttpClient.newHttpClient();

    /** What came of a request: the digest of a whole body; empty if it was refused or visibly broken off. */
    private Optional<String> get(URI url, String file) {
        try {
            HttpResponse<byte[]> response = http.send(
                    HttpRequest.newBuilder(url.resolve(file)).timeout(PATIENCE).build(),
                    HttpResponse.BodyHandlers.ofByteArray());
            return response.statusCode() == 200 ? Optional.of(sha256(response.body())) : Optional.empty();
        } catch (IOException cut) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String name(int number) {
        return FOLDER + "p" + number + "-1-1-any.pkg.tar.zst";
    }

    /** Asks both for all files at the same time, again and again, and checks whatever looks whole. */
    private void load(List<URI> urls, List<FileContent> files) {
        List<CompletableFuture<Void>> clients = new ArrayList<>();
        for (URI url : urls) {
            for (int client = 0; client < 3; client++) {
                int first = client;
                clients.add(CompletableFuture.runAsync(() -> {
                    for (int i = 0; i < FILES; i++) {
                        int number = (i + first) % FILES;
                        Optional<String> body = get(url, name(number));
                        body.ifPresent(it -> assertThat(it)
                                .as("what " + url + " gave for " + name(number))
                                .isEqualTo(files.get(number).sha256()));
                    }
                }));
            }
        }
        clients.forEach(CompletableFuture::join);
    }

    private void assertCacheIsWhole(FlexoServer flexo, List<FileContent> files) throws IOException {
        for (int number = 0; number < FILES; number++) {
            Path file = flexo.cache().resolve(name(number));
            if (Files.exists(file)) {
                assertThat(sha256(Files.readAllBytes(file)))
                        .as(file.toString())
                        .isEqualTo(files.get(number).sha256());
            }
        }
    }

    private List<FileContent> truncatedBy(ScriptedMirror truncating, ScriptedMirror whole) {
        List<FileContent> files = new ArrayList<>();
        for (int number = 0; number < FILES; number++) {
            FileContent file = FileContent.seeded(number, FILE_BYTES);
            files.add(file);
            whole.file("/" + name(number), file);
            truncating.file("/" + name(number), file);
            truncating.fault(
                    "/" + name(number), new Fault().cutAfter(FILE_BYTES / 2).rate(6_000_000));
        }
        return files;
    }

    @Test
    void twoProcessesOnTwoPortsServeNoTruncatedPackageAndOneMayBeRestarted() throws Exception {
        try (ScriptedMirror truncating = new ScriptedMirror();
                ScriptedMirror whole = new ScriptedMirror();
                FlexoServer first = FlexoServer.alone(folder.resolve("flexo"), mirrors(truncating, whole));
                FlexoServer second = FlexoServer.alone(folder.resolve("second"), mirrors(truncating, whole))
                        .with("FLEXO_CACHE_DIRECTORY", first.cache().toString())) {
            List<FileContent> files = truncatedBy(truncating, whole);
            first.start();
            second.start();

            CompletableFuture<Void> load =
                    CompletableFuture.runAsync(() -> load(List.of(first.url(), second.url()), files));
            Awaitility.await("one is on its way")
                    .until(() -> partFiles(first).stream().anyMatch(it -> it.endsWith(".part")));
            second.kill();
            second.start();
            load.join();
            load(List.of(first.url(), second.url()), files);

            assertCacheIsWhole(first, files);
            for (int number = 0; number < FILES; number++) {
                assertThat(get(second.url(), name(number)))
                        .contains(files.get(number).sha256());
            }
            Awaitility.await("its sweep removes what the killed one left of files that the other has published")
                    .atMost(Duration.ofMinutes(1))
                    .untilAsserted(() -> assertThat(partFiles(first)).isEmpty());
        }
    }

    @Test
    void twoVersionsOfTheApplicationInOneTomcatServeAtOnceAndTheOldOneMayGo() throws Exception {
        try (ScriptedMirror truncating = new ScriptedMirror();
                ScriptedMirror whole = new ScriptedMirror();
                FlexoServer tomcat = FlexoServer.inTomcat(folder.resolve("flexo"), mirrors(truncating, whole))) {
            List<FileContent> files = truncatedBy(truncating, whole);
            Path webapps = folder.resolve("flexo/tomcat/webapps");
            Files.move(webapps.resolve("flexo.war"), webapps.resolve("flexo##1.war"));
            Files.copy(Machine.war(), webapps.resolve("flexo##2.war"));
            Files.copy(Machine.war(), webapps.resolve("other.war"));
            tomcat.start();
            URI other = tomcat.url().resolve("/other/");
            Awaitility.await().atMost(PATIENCE).until(() -> get(other, "status").isPresent());
            Awaitility.await("three instances")
                    .until(() -> Files.exists(tomcat.cache().resolve(".flexo-cache/3.lock")));

            load(List.of(tomcat.url(), other), files);
            load(List.of(tomcat.url(), other), files);

            assertCacheIsWhole(tomcat, files);
            for (int number = 0; number < FILES; number++) {
                assertThat(get(other, name(number))).contains(files.get(number).sha256());
            }
            assertThat(partFiles(tomcat)).isEmpty();
        }
    }

    private static List<URI> mirrors(ScriptedMirror... mirrors) {
        return Stream.of(mirrors).map(mirror -> URI.create(mirror.url())).toList();
    }

    private static List<String> partFiles(FlexoServer flexo) {
        Path directory = flexo.cache().resolve(FOLDER);
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(file -> file.startsWith("."))
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }
}
