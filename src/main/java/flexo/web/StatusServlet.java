package flexo.web;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

/**
 * The health check {@code /status}: 200 and nothing else, as Flexo answers it; for who accepts JSON, whether the settings that are
 * written down are the ones in force.
 */
public final class StatusServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    private final transient Supplier<SettingsState> state;

    /** Tells of the settings as they are at that moment. */
    public StatusServlet(Supplier<SettingsState> state) {
        this.state = state;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        if (request.getMethod().equals("GET") || request.getMethod().equals("HEAD")) {
            super.service(request, response);
        } else {
            ErrorAnswer.methodNotAllowed(response, "GET, HEAD");
        }
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setHeader("Vary", "Accept");
        if (acceptsJson(request)) {
            answerInJson(response, HttpServletResponse.SC_OK, state.get());
        } else {
            response.setHeader(PayloadOrigin.HEADER, PayloadOrigin.NO_PAYLOAD.headerValue());
            response.setContentLength(0);
        }
    }

    /** Who takes anything asks for nothing in particular. */
    static boolean acceptsJson(HttpServletRequest request) {
        String accept = request.getHeader("Accept");
        return accept != null && accept.contains("application/json");
    }

    static void answerInJson(HttpServletResponse response, int status, SettingsState state) throws IOException {
        byte[] json = (SettingsStateJson.print(state) + "\n").getBytes(StandardCharsets.UTF_8);
        response.setStatus(status);
        response.setHeader(PayloadOrigin.HEADER, PayloadOrigin.NO_PAYLOAD.headerValue());
        response.setContentType("application/json");
        response.setContentLength(json.length);
        response.getOutputStream().write(json);
    }
}
