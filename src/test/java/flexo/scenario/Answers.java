package flexo.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.FileContent;
import flexo.testing.RawClient;
import flexo.testing.RawResponse;
import flexo.testing.ScriptedMirror;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.Arrays;
import org.assertj.core.api.SoftAssertions;

/** What an answer of the application must look like, byte for byte. */
final class Answers {
    /** Name of the header that says where the bytes came from. */
    static final String ORIGIN = "Flexo-Payload-Origin";

    static final String CACHE = "Cache";
    static final String REMOTE = "RemoteMirror";
    static final String NOTHING = "NoPayload";

    /** Last-Modified of every file of a {@link ScriptedMirror} that was given none. */
    static final String LAST_MODIFIED = ScriptedMirror.httpDate(ScriptedMirror.LAST_MODIFIED);

    private Answers() {}

    /** A whole file: 200, all headers, all bytes. */
    static void assertWhole(RawResponse answer, FileContent file, String origin) {
        assertHead(answer, 200, file.lengthBytes(), origin);
        assertSameBytes(answer.body(), file.bytes());
    }

    /** One exact part of a file: 206, all headers, all bytes. */
    static void assertPart(RawResponse answer, FileContent file, long from, long to, String origin) {
        assertHead(answer, 206, to - from + 1, origin);
        assertThat(answer.header("Content-Range")).isEqualTo("bytes " + from + "-" + to + "/" + file.lengthBytes());
        assertSameBytes(answer.body(), file.bytes(from, Math.toIntExact(to - from + 1)));
    }

    /** The head of an answer that carries (a part of) a file. */
    static void assertHead(RawResponse answer, int status, long contentLength, String origin) {
        SoftAssertions.assertSoftly(soft -> {
            soft.assertThat(answer.status()).as("status").isEqualTo(status);
            soft.assertThat(answer.contentLength()).as("Content-Length").isEqualTo(contentLength);
            soft.assertThat(answer.header("Last-Modified")).as("Last-Modified").isEqualTo(LAST_MODIFIED);
            soft.assertThat(answer.header("Accept-Ranges")).as("Accept-Ranges").isEqualTo("bytes");
            soft.assertThat(answer.header(ORIGIN)).as(ORIGIN).isEqualTo(origin);
            soft.assertThat(answer.header("Transfer-Encoding"))
                    .as("Transfer-Encoding")
                    .isNull();
        });
    }

    /** An error: its status, a short text for people, and nothing that looks like a file. */
    static void assertError(RawResponse answer, int status) {
        SoftAssertions.assertSoftly(soft -> {
            soft.assertThat(answer.status()).as("status").isEqualTo(status);
            soft.assertThat(answer.header("Content-Type")).as("Content-Type").startsWith("text/plain");
            soft.assertThat(answer.text()).as("reason").isNotBlank().hasSizeLessThan(4000);
            soft.assertThat(answer.header(ORIGIN)).as(ORIGIN).isEqualTo(NOTHING);
        });
    }

    /** Compares without printing megabytes when it fails. */
    static void assertSameBytes(byte[] actual, byte[] expected) {
        int difference = Arrays.mismatch(actual, expected);
        assertThat(difference)
                .as(
                        "first byte that differs (-1: none); %d bytes came, %d were expected",
                        actual.length, expected.length)
                .isEqualTo(-1);
    }

    /**
     * The connection breaks visibly and at once: an end of the stream or a reset before the announced length, right
     * bytes up to there, and no waiting.
     */
    static void assertBreaksOff(RawClient client, FileContent file, long alreadyRead) throws IOException {
        // As pacman is: it is to be cut off before it gives up by itself.
        client.patience(Duration.ofSeconds(10));
        long at = alreadyRead;
        try {
            while (at < file.lengthBytes()) {
                client.readExpecting(file, at, 1);
                at++;
            }
        } catch (EOFException | SocketException brokenOff) {
            return;
        }
        throw new AssertionError("the whole file came, although no mirror could have sent it");
    }
}
