package flexo.system;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.Damage;
import flexo.testing.FileContent;
import flexo.testing.RawClient;
import flexo.testing.RawResponse;
import flexo.testing.ScriptedMirror;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Strangers' bytes at the port of the executable WAR: each gets an answer or loses its connection, and the next client is served. */
class RequestHeadsFuzzIT {
    private static final int ROUNDS = 1500 * Integer.getInteger("flexo.test.effort", 1);
    /** Far beyond what any answer takes; an incomplete request ends with the client's own end of stream. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final int NO_ANSWER = -1;
    private static final String PACKAGE = "/core/os/x86_64/zlib-1:1.3.1-2-x86_64.pkg.tar.zst";
    private static final FileContent FILE = FileContent.seeded(1, 60_003);
    private static final List<String> REQUESTS = List.of(
            "GET " + PACKAGE + " HTTP/1.1\r\nHost: 127.0.0.1\r\nRange: bytes=100-199\r\nIf-Range: \"x\"\r\n\r\n",
            "GET " + PACKAGE
                    + " HTTP/1.1\r\nHost: 127.0.0.1\r\nIf-Modified-Since: Wed, 01 Jan 2025 00:00:00 GMT\r\n\r\n",
            "HEAD " + PACKAGE + ".sig HTTP/1.0\r\n\r\n",
            "POST /prefetch HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\nContent-Type: text/plain\r\n\r\nzlib\n",
            "POST /sweep HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
            "GET /metrics/prometheus HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/plain\r\nVia: 1.1 other\r\n\r\n");
    private static final String[] WORDS =
            ("\r\n|\n|\r|\r\n\r\n| |\t|:|HTTP/1.1|HTTP/9.9|HTTP/2.0|PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n|GET|"
                            + "CONNECT|OPTIONS *|/..|//|%00|%2e%2e/|;|?|#|http://elsewhere.example/|Host: a\r\n|Host:\r\n|"
                            + "Content-Length: 10\r\n|Content-Length: -1\r\n|Content-Length: 99999999999999999999\r\n|"
                            + "Transfer-Encoding: chunked\r\n|Transfer-Encoding: gzip\r\n|Expect: 100-continue\r\n|"
                            + "Connection: close\r\n|Upgrade: h2c\r\n|Range: bytes=0-1,2-3\r\n|\u0000|\u0016\u0003\u0001|"
                            + "Cookie: a=b\r\n|Accept-Encoding: gzip\r\n|Authorization: Bearer x\r\n|"
                            + "X-Forwarded-For: 127.0.0.1\r\n|"
                            + "X: " + "y".repeat(9000) + "\r\n")
                    .split("\\|");

    @ScratchFolder
    Path folder;

    @Test
    void everyRequestIsAnsweredOrRefusedAndOthersAreServed() throws Exception {
        Damage damage = new Damage(1, WORDS);
        try (ScriptedMirror mirror = new ScriptedMirror();
                FlexoServer flexo = FlexoServer.alone(folder.resolve("flexo"), List.of(URI.create(mirror.url())))
                        .with("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1 -Xmx64m -XX:+ExitOnOutOfMemoryError")
                        .start()) {
            mirror.file(PACKAGE, FILE);
            int port = flexo.url().getPort();
            int answered = 0;

            for (int round = 0; round < ROUNDS; round++) {
                String request = new String(
                        damage.of(damage.oneOf(REQUESTS).getBytes(StandardCharsets.ISO_8859_1)),
                        StandardCharsets.ISO_8859_1);
                int status = statusOf(port, request);
                assertThat(status)
                        .as(request)
                        .isIn(
                                NO_ANSWER, 100, 200, 202, 206, 304, 307, 400, 401, 403, 404, 405, 411, 413, 414, 415,
                                416, 417, 431, 501, 503, 505);
                answered += status == NO_ANSWER ? 0 : 1;
                if (round % 100 == 0) {
                    assertIsServed(port);
                }
            }

            assertThat(answered).isGreaterThan(ROUNDS / 2);
            assertIsServed(port);
            assertThat(Files.readString(flexo.log())).doesNotContain("SEVERE", "Exception");
        }
    }

    /** The status of the first answer, or {@link #NO_ANSWER} when the connection was closed instead. */
    private static int statusOf(int port, String request) throws IOException {
        try (RawClient client = new RawClient(port)) {
            client.patience(PATIENCE);
            client.send(request);
            client.endOfRequests();
            return client.readHead().status();
        } catch (EOFException | SocketException closed) {
            return NO_ANSWER;
        }
    }

    private static void assertIsServed(int port) throws IOException {
        try (RawClient client = new RawClient(port)) {
            RawResponse answer = client.get(PACKAGE);
            assertThat(answer.status()).isEqualTo(200);
            assertThat(FILE.matches(0, answer.body(), answer.body().length)).isTrue();
        }
    }
}
