package flexo.system;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.FileContent;
import flexo.testing.RepositoryDatabaseFile;
import flexo.testing.Strangers;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Strangers ask for more than a small heap holds, and a well-behaved client is served beside them. */
class BoundsIT {
    private static final String DIRECTORY = "extra/os/x86_64/";
    private static final FileContent PACKAGE = FileContent.seeded(1, 300_000);
    private static final long SLOW_BYTES = 50L << 20;
    /** Some as large as the largest of Arch. */
    private static final int PACKAGES = 14_000;

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @ScratchFolder
    Path folder;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private MirrorServer mirror;
    private FlexoServer flexo;

    @BeforeEach
    void start() throws IOException {
        Path directory = Files.createDirectories(files().resolve(DIRECTORY));
        Files.write(
                directory.resolve("extra.db"),
                new RepositoryDatabaseFile()
                        .list("good0-1-1-any.pkg.tar.zst", PACKAGE)
                        .bytes());
        for (int number = 0; number < 10; number++) {
            Files.write(directory.resolve("good" + number + "-1-1-any.pkg.tar.zst"), PACKAGE.bytes());
        }
        mirror = MirrorServer.serve(files(), 1, folder.resolve("mirror.log"));
        flexo = FlexoServer.alone(folder.resolve("flexo"), mirror.urls())
                .with(
                        "FLEXO_ARCHIVE_URL",
                        mirror.urls().get(0).resolve("repos/").toString())
                .with("JAVA_TOOL_OPTIONS", "-Xmx128m -XX:+ExitOnOutOfMemoryError");
    }

    @AfterEach
    void stop() {
        if (flexo != null) {
            flexo.close();
        }
        if (mirror != null) {
            mirror.close();
        }
    }

    private Path files() {
        return folder.resolve("files");
    }

    /** So many packages that the mirror delivers at no more than 20 kB/s. */
    private void slowFiles(int count) throws IOException {
        Path first = files().resolve(DIRECTORY + "slow0-1-1-any.pkg.tar.zst");
        try (RandomAccessFile file = new RandomAccessFile(first.toFile(), "rw")) {
            file.setLength(SLOW_BYTES);
        }
        for (int number = 1; number < count; number++) {
            Files.createLink(files().resolve(slow(number).substring(1)), first);
        }
        mirror.rules(0, "{\"path\": \"slow*\", \"rate\": 20000}");
    }

    private static String slow(int number) {
        return "/" + DIRECTORY + "slow" + number + "-1-1-any.pkg.tar.zst";
    }

    private static String good(int number) {
        return "/" + DIRECTORY + "good" + number + "-1-1-any.pkg.tar.zst";
    }

    private HttpResponse<byte[]> get(String path) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(flexo.url().resolve(path))
                        .timeout(PATIENCE)
                        .build(),
                HttpResponse.BodyHandlers.ofByteArray());
    }

    private void assertWellBehavedClientIsServed(int number) throws IOException, InterruptedException {
        assertThat(get("/" + DIRECTORY + "extra.db").statusCode()).isEqualTo(200);
        HttpResponse<byte[]> answer = get(good(number));
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(PACKAGE.matches(0, answer.body(), answer.body().length)).isTrue();
        assertThat(answer.body()).hasSize((int) PACKAGE.lengthBytes());
    }

    private void assertAliveAndWell() throws IOException {
        assertThat(flexo.isRunning()).as("flexo lives").isTrue();
        assertThat(Files.readString(flexo.log())).doesNotContain("java.lang.OutOfMemoryError");
    }

    private long figure(String name) throws IOException, InterruptedException {
        String text = new String(get("/metrics/prometheus").body(), StandardCharsets.US_ASCII);
        return text.lines()
                .filter(line -> line.startsWith(name + " "))
                .map(line -> line.substring(name.length() + 1))
                .mapToLong(value -> (long) Double.parseDouble(value))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void moreDownloadsThanTheHeapHoldsAreRefusedAndOthersServed() throws Exception {
        slowFiles(200);
        flexo.start();
        try (Strangers strangers = new Strangers(flexo.url())) {
            for (int number = 0; number < 200; number++) {
                strangers.ask(number / 20, slow(number));
            }
            Awaitility.await("all are on their way, or refused")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> figure("flexo_downloads_waiting") == 0
                            && figure("flexo_downloads_refused_total") + figure("flexo_downloads_running") >= 200);

            assertWellBehavedClientIsServed(0);

            List<String> refused = strangers.answers().stream()
                    .filter(answer -> answer.startsWith("HTTP/1.1 503 "))
                    .toList();
            assertThat(refused)
                    .hasSizeBetween(100, 199)
                    .allSatisfy(answer -> assertThat(answer).contains("\r\nRetry-After: 5\r\n"));
            assertThat(new String(get("/metrics").body(), StandardCharsets.US_ASCII))
                    .as("no mirror is blamed")
                    .containsPattern("\"num_failures\"\\s*:\\s*0\\b");
        }
        assertAliveAndWell();
    }

    @Test
    void whoAsksAndLeavesAtOnceCostsNobodyElseAnything() throws Exception {
        slowFiles(300);
        flexo.start();
        try (Strangers strangers = new Strangers(flexo.url())) {
            for (int number = 0; number < 300; number++) {
                strangers.ask(0, slow(number));
                strangers.leave();
                if (number % 50 == 49) {
                    assertWellBehavedClientIsServed(number / 50);
                }
            }
        }
        Awaitility.await("what nobody reads gives way")
                .atMost(Duration.ofSeconds(20))
                .until(() -> figure("flexo_downloads_running") < 16);
        assertWellBehavedClientIsServed(9);
        assertAliveAndWell();
    }

    @Test
    void everyDayOfTheArchiveIsServedInASmallHeap() throws Exception {
        RepositoryDatabaseFile large = new RepositoryDatabaseFile().list("old-1-1-any.pkg.tar.zst", PACKAGE);
        IntStream.range(0, PACKAGES)
                .forEach(number -> large.list("package" + number + "-1.2.3-1-x86_64.pkg.tar.zst", PACKAGE));
        Path database = Files.write(folder.resolve("large.db"), large.bytes());
        List<String> days = IntStream.rangeClosed(1, 28)
                .mapToObj(day -> "2024/02/%02d/extra/os/x86_64/".formatted(day))
                .toList();
        for (String day : days) {
            Path directory = Files.createDirectories(files().resolve("repos").resolve(day));
            Files.createLink(directory.resolve("extra.db"), database);
            Files.write(directory.resolve("old-1-1-any.pkg.tar.zst"), PACKAGE.bytes());
        }
        flexo.start();
        try (Strangers strangers = new Strangers(flexo.url())) {
            for (String day : days) {
                strangers.ask(days.indexOf(day) % 4, "/archive/" + day + "extra.db");
            }
            assertWellBehavedClientIsServed(0);
            for (String day : days) {
                URI old = flexo.url().resolve("/archive/" + day + "old-1-1-any.pkg.tar.zst");
                assertThat(get("/archive/" + day + "extra.db").statusCode())
                        .as("the database of %s", day)
                        .isEqualTo(200);
                assertThat(get(old.getPath()).body()).hasSize((int) PACKAGE.lengthBytes());
            }
        }
        assertWellBehavedClientIsServed(1);
        assertAliveAndWell();
    }
}
