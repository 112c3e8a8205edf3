package flexo.web;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.ServletException;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HealthFilterTest {
    private final List<String> events = new ArrayList<>();
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();

    private void ask(Optional<String> fault) throws ServletException, IOException {
        new HealthFilter(() -> fault)
                .doFilter(request("/status"), response(), (request, response) -> events.add("healthy"));
    }

    @Test
    void healthCheckIsAnsweredWhileAllIsWell() throws ServletException, IOException {
        ask(Optional.empty());

        assertThat(events).containsExactly("healthy");
    }

    @Test
    void healthCheckFailsAndSaysWhy() throws ServletException, IOException {
        ask(Optional.of("A thread has ended."));

        assertThat(events).containsExactly("setStatus 503");
        assertThat(body.toString(StandardCharsets.UTF_8)).isEqualTo("A thread has ended.\n");
    }

    private static HttpServletRequest request(String path) {
        return (HttpServletRequest) Proxy.newProxyInstance(
                HealthFilterTest.class.getClassLoader(),
                new Class<?>[] {HttpServletRequest.class},
                (proxy, method, arguments) -> method.getName().equals("getPathInfo") ? path : null);
    }

    private HttpServletResponse response() {
        return (HttpServletResponse) Proxy.newProxyInstance(
                HealthFilterTest.class.getClassLoader(),
                new Class<?>[] {HttpServletResponse.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("setStatus")) {
                        events.add("setStatus " + arguments[0]);
                    }
                    return switch (method.getName()) {
                        case "getOutputStream" -> out();
                        case "getBufferSize" -> 8 << 10;
                        default -> null;
                    };
                });
    }

    private ServletOutputStream out() {
        return new ServletOutputStream() {
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
    }
}
