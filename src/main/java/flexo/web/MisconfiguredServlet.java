package flexo.web;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.function.Supplier;

/**
 * Answers everything with 503 and the mistakes in the settings, instead of an application that half works. The response
 * is plain text, or JSON if the client accepts that.
 */
public final class MisconfiguredServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    private final transient Supplier<SettingsState> state;

    /** Reports the current mistakes. */
    public MisconfiguredServlet(Supplier<SettingsState> state) {
        this.state = state;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        SettingsState now = state.get();
        if (Reply.acceptsJson(request)) {
            Endpoints.json(HttpServletResponse.SC_SERVICE_UNAVAILABLE, now).send(response);
        } else {
            String report = now.refused().map(SettingsState.Refusal::report).orElse("Flexo is starting.");
            ErrorAnswer.of(HttpServletResponse.SC_SERVICE_UNAVAILABLE, report)
                    .with("Vary", "Accept")
                    .send(response);
        }
    }
}
