package flexo.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import flexo.web.ByteRange.Slice;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SmallBodiesTest {
    private static final Path FILE = Path.of("cached");

    private final Client client = new Client();
    private final List<String> ends = new ArrayList<>();

    /** The container's side of a blocking response. */
    private static final class Client extends ServletOutputStream {
        private final ByteArrayOutputStream buffer = new ByteArrayOutputStream();
        private final ByteArrayOutputStream received = new ByteArrayOutputStream();
        private boolean gone;

        HttpServletResponse response() {
            return (HttpServletResponse) Proxy.newProxyInstance(
                    Client.class.getClassLoader(),
                    new Class<?>[] {HttpServletResponse.class},
                    (proxy, method, arguments) -> switch (method.getName()) {
                        case "getOutputStream" -> this;
                        case "flushBuffer" -> flushed();
                        default -> throw new UnsupportedOperationException(method.getName());
                    });
        }

        private Object flushed() throws IOException {
            if (gone) {
                throw new IOException("Broken pipe");
            }
            buffer.writeTo(received);
            buffer.reset();
            return null;
        }

        @Override
        public void write(int b) {
            buffer.write(b);
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setWriteListener(WriteListener listener) {
            throw new UnsupportedOperationException();
        }
    }

    private boolean write(ScriptedContent content, Slice slice) throws IOException {
        return SmallBodies.write(client.response(), content, slice, (bytes, end) -> ends.add(bytes + " " + end.why()));
    }

    private static ScriptedContent whole(long bytes) {
        return new ScriptedContent(bytes, bytes).liesAt(FILE);
    }

    @Test
    void smallWholeFileIsWrittenAtOnce() throws IOException {
        ScriptedContent content = whole(48 * 1024);

        assertThat(write(content, new Slice(0, 48 * 1024))).isTrue();

        assertThat(client.received.toByteArray()).isEqualTo(ScriptedContent.expected(0, 48 * 1024));
        assertThat(content.timesClosed()).isEqualTo(1);
        assertThat(ends).containsExactly("49152 ");
    }

    @Test
    void smallPartOfLargeFileIsWrittenAtOnce() throws IOException {
        assertThat(write(whole(1 << 20), new Slice(1000, 3000))).isTrue();

        assertThat(client.received.toByteArray()).isEqualTo(ScriptedContent.expected(1000, 3000));
    }

    @Test
    void emptyBodyIsWrittenAtOnce() throws IOException {
        assertThat(write(whole(0), new Slice(0, 0))).isTrue();

        assertThat(ends).containsExactly("0 ");
    }

    @Test
    void longerBodyIsLeftToOthers() throws IOException {
        assertLeft(whole(48 * 1024 + 1), new Slice(0, 48 * 1024 + 1));
    }

    @Test
    void fileThatStillGrowsIsLeftToOthers() throws IOException {
        assertLeft(new ScriptedContent(1000, 1000), new Slice(0, 1000));
    }

    @Test
    void clientThatIsGoneEndsItsOwnResponseOnly() throws IOException {
        client.gone = true;
        ScriptedContent content = whole(1000);

        assertThat(write(content, new Slice(0, 1000))).isTrue();

        assertThat(content.timesClosed()).isEqualTo(1);
        assertThat(ends).containsExactly("1000 the client left");
    }

    @Test
    void fileThatIsNotWhatItWasIsFoundBeforeAnythingIsWritten() {
        ScriptedContent content = new ScriptedContent(1000, 500).liesAt(FILE);
        content.fail("cut short at byte 500");

        assertThatIOException()
                .isThrownBy(() -> write(content, new Slice(0, 1000)))
                .withMessage("cut short at byte 500");

        assertThat(client.buffer.size()).isZero();
        assertThat(content.timesClosed()).isZero();
        assertThat(ends).isEmpty();
    }

    private void assertLeft(ScriptedContent content, Slice slice) throws IOException {
        assertThat(write(content, slice)).isFalse();

        assertThat(client.received.size() + client.buffer.size()).isZero();
        assertThat(content.timesClosed()).isZero();
        assertThat(ends).isEmpty();
    }
}
