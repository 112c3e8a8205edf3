package flexo.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import flexo.testing.LogLines;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;

class FailureFilterTest {
    private final HttpServletRequest request = new ScriptedRequest("GET", "/core")
            .answering("isAsyncStarted", false)
            .request();
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private int status = 200;
    private boolean committed;

    private HttpServletResponse response() {
        ServletOutputStream out = new ServletOutputStream() {
            @Override
            public void write(int b) {
                body.write(b);
            }

            @Override
            public boolean isReady() {
                return true;
            }

            @Override
            public void setWriteListener(WriteListener listener) {
                throw new UnsupportedOperationException();
            }
        };
        return (HttpServletResponse) Proxy.newProxyInstance(
                FailureFilterTest.class.getClassLoader(),
                new Class<?>[] {HttpServletResponse.class},
                (proxy, called, arguments) -> switch (called.getName()) {
                    case "isCommitted" -> committed;
                    case "getOutputStream" -> out;
                    case "getBufferSize" -> 8 << 10;
                    case "setStatus" -> {
                        status = (Integer) arguments[0];
                        yield null;
                    }
                    default -> null;
                });
    }

    private void filter(FilterChain chain) throws Exception {
        new FailureFilter().doFilter(request, response(), chain);
    }

    @Test
    void mistakeOfOursIsAnsweredInAWordAndLoggedInFull() {
        List<String> told = LogLines.of(FailureFilter.class, Level.SEVERE, () -> {
            try {
                filter((asked, answered) -> {
                    throw new StringIndexOutOfBoundsException("begin 1, end 0");
                });
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });

        assertThat(status).isEqualTo(500);
        assertThat(body.toString(StandardCharsets.UTF_8)).isEqualTo("Internal error; the log says more.\n");
        assertThat(told).containsExactly("GET /core failed");
    }

    @Test
    void responseThatHasBegunIsLeftToTheContainer() {
        committed = true;

        assertThatThrownBy(() -> filter((asked, answered) -> {
                    throw new UncheckedIOException(new IOException("broken"));
                }))
                .isInstanceOf(UncheckedIOException.class);
        assertThat(body.size()).isZero();
    }

    @Test
    void cutIsLeftToTheContainer() {
        assertThatThrownBy(() -> filter((asked, answered) -> {
                    throw new CutResponseException("all mirrors failed");
                }))
                .isInstanceOf(CutResponseException.class);
        assertThat(body.size()).isZero();
    }
}
