package flexo.system;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.HostileClients;
import flexo.testing.RawClient;
import flexo.testing.RawResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** More connections than there is memory for, in the container that we ship, with a small heap and a client that behaves. */
class HostileClientsIT {
    private static final int ATTACKERS = 500;
    /** Of a heap of 128 MiB, as docs/limits.md says. */
    private static final int MOST_CONNECTIONS = 877;

    private static final int MOST_STREAMS = 512;

    /** On a machine that is busy with all that is sent; threads that are held are held for 195 s. */
    private static final Duration NOT_HELD_UP = Duration.ofSeconds(20);

    private static final String CACHED = "/extra/os/x86_64/cached-1-1-any.pkg.tar.zst";
    private static final String SLOW = "/extra/os/x86_64/slow-1-1-any.pkg.tar.zst";
    private static final int CACHED_BYTES = 3_000_000;

    @ScratchFolder
    static Path folder;

    private static MirrorServer mirror;
    private static FlexoServer flexo;
    private static byte[] cached;

    private RawClient behaved;

    /** One for all, since it has to survive all of that. */
    @BeforeAll
    static void aServerWithASmallHeap() throws IOException {
        cached = file(CACHED, CACHED_BYTES);
        file(SLOW, 60_000_000);
        mirror = MirrorServer.serve(folder.resolve("files"), 1, folder.resolve("mirror.log"));
        flexo = FlexoServer.alone(folder.resolve("flexo"), mirror.urls())
                .with("JAVA_TOOL_OPTIONS", "-Xmx128m")
                .start();
        try (RawClient first = new RawClient(port())) {
            first.get(CACHED);
            Awaitility.await().until(() -> "Cache".equals(first.get(CACHED).header("Flexo-Payload-Origin")));
        }
    }

    @AfterAll
    static void end() {
        flexo.close();
        mirror.close();
    }

    @BeforeEach
    void aClientThatBehaves() throws IOException {
        behaved = elsewhere();
        assertIsServed(behaved);
    }

    @AfterEach
    void theServerLivesAndHasHadMemoryAllTheTime() throws IOException {
        behaved.close();
        assertThat(flexo.isRunning()).isTrue();
        assertThat(Files.readString(flexo.log())).doesNotContain("OutOfMemoryError");
        try (RawClient newcomer = elsewhere()) {
            assertIsServed(newcomer);
        }
    }

    /** Tomcat answers some by itself. */
    @ParameterizedTest
    @ValueSource(strings = {"GET " + CACHED, "GET /WEB-INF/web.xml", "GET /a\\b", "TRACE /", "OPTIONS *"})
    void bodiesThatNeverComeHoldNobodyUp(String request) throws IOException {
        try (HostileClients hostile =
                new HostileClients(port(), ATTACKERS, request + " HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n")) {
            assertThat(hostile.count()).isPositive();
            assertEverybodyIsServed();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET /metrics/prometheus", "HEAD " + CACHED, "GET /absent", "OPTIONS *", "TRACE /"})
    void answersThatAreNotReadHoldNobodyUp(String request) throws IOException {
        String[] words = request.split(" ", 2);
        try (HostileClients hostile =
                new HostileClients(port(), ATTACKERS, HostileClients.pipelined(words[0], words[1], 2000))) {
            assertThat(hostile.count()).isPositive();
            assertEverybodyIsServed();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "GET /st"})
    void theLongestIdleConnectionsMakeRoomForOthers(String begun) throws IOException {
        try (HostileClients hostile = new HostileClients(port(), MOST_CONNECTIONS + 50, begun)) {
            assertThat(hostile.count()).isPositive();
            for (int i = 0; i < 3; i++) {
                try (RawClient newcomer = elsewhere()) {
                    assertIsServed(newcomer);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void readersOfNothingLeaveConnectionsToOthers(int addresses) throws IOException {
        try (HostileClients hostile = new HostileClients(
                port(), MOST_CONNECTIONS + 50, HostileClients.pipelined("GET", CACHED, 1), addresses)) {
            assertThat(hostile.count()).isPositive();
            for (int i = 0; i < 3; i++) {
                try (RawClient newcomer = elsewhere()) {
                    assertIsServed(newcomer);
                }
            }
        }
    }

    @Test
    void eightHundredSlowReadersOfACachedFileLeaveEverybodyServed() throws IOException {
        try (HostileClients hostile =
                new HostileClients(port(), 800, "GET " + CACHED + " HTTP/1.1\r\nHost: a\r\n\r\n")) {
            assertThat(hostile.count()).isPositive();
            assertEverybodyIsServed();
        }
    }

    @Test
    void slowReadersOfADownloadBeyondTheBoundAreToldToComeBack() throws Exception {
        mirror.rules(0, "{\"rate\": 3000000}");
        try (HostileClients hostile =
                new HostileClients(port(), MOST_STREAMS, "GET " + SLOW + " HTTP/1.1\r\nHost: a\r\n\r\n")) {
            assertThat(hostile.count()).isPositive();
            assertEverybodyIsServed();
            Awaitility.await().untilAsserted(() -> {
                List<String> answers = hostile.firstLines();
                assertThat(answers).anyMatch(line -> line.contains(" 503"));
            });
            assertEverybodyIsServed();
        }
    }

    private void assertEverybodyIsServed() throws IOException {
        for (int i = 0; i < 5; i++) {
            assertIsServed(behaved);
            try (RawClient newcomer = elsewhere()) {
                assertIsServed(newcomer);
            }
        }
    }

    private void assertIsServed(RawClient client) throws IOException {
        long started = System.nanoTime();
        RawResponse answer = client.get(CACHED);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(cached);
        assertThat(client.get("/metrics/prometheus").status()).isEqualTo(200);
        assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(NOT_HELD_UP);
    }

    /** Some bounds are for each address, and attackers come to feel them. */
    private static RawClient elsewhere() throws IOException {
        return RawClient.from("127.0.0.9", port());
    }

    private static int port() {
        return flexo.url().getPort();
    }

    private static byte[] file(String path, int bytes) throws IOException {
        byte[] content = new byte[bytes];
        new Random(bytes).nextBytes(content);
        Path file = folder.resolve("files" + path);
        Files.createDirectories(file.getParent());
        Files.write(file, content);
        return content;
    }
}
