package flexo.web;

import static org.assertj.core.api.Assertions.assertThat;

import flexo.testing.SteppedTimer;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class SuspendedRequestTest {
    private final SteppedTimer timer = new SteppedTimer();
    private final ClientStreams streams =
            new ClientStreams(Runnable::run, timer, () -> Duration.ofSeconds(60), timer::nanoTime, 4);
    private final List<String> events = new ArrayList<>();
    private boolean forgotten;

    private final HttpServletResponse response = proxy(HttpServletResponse.class, null);
    private final AsyncContext async = proxy(AsyncContext.class, response);
    private final HttpServletRequest request = proxy(HttpServletRequest.class, async);

    /** Notes each call; one that returns something returns the same each time. */
    private <T> T proxy(Class<T> type, Object answer) {
        return type.cast(Proxy.newProxyInstance(
                SuspendedRequestTest.class.getClassLoader(), new Class<?>[] {type}, (proxy, called, arguments) -> {
                    if (called.getName().equals("dispatch") && forgotten) {
                        throw new UnsupportedOperationException();
                    }
                    if (called.getReturnType() == void.class
                            && !called.getName().equals("addListener")) {
                        events.add(called.getName() + (arguments == null ? "" : Arrays.toString(arguments)));
                    }
                    return called.getReturnType() == void.class ? null : answer;
                }));
    }

    @Test
    void requestGoesBackToItsServletOnce() {
        SuspendedRequest suspended = streams.suspend(request);

        assertThat(suspended.resume()).isTrue();
        assertThat(suspended.resume()).isFalse();

        assertThat(events).containsExactly("setTimeout[0]", "dispatch");
    }

    @Test
    void requestThatTheContainerNoLongerDispatchesIsEndedByItsTimeLimit() {
        SuspendedRequest suspended = streams.suspend(request);
        forgotten = true;

        assertThat(suspended.resume()).isFalse();
        suspended.onTimeout(new AsyncEvent(null, null, null));

        assertThat(events)
                .startsWith("setTimeout[0]", "setTimeout[1]")
                .contains("setStatus[503]")
                .endsWith("complete");
    }
}
