package flexo.web;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** {@code GET /metrics/prometheus}: all figures of the application. {@code /metrics} is what Flexo's own clients know. */
public final class PrometheusServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    private final transient List<Figures> figures;

    /** Shows these figures, in this order. */
    public PrometheusServlet(List<Figures> figures) {
        this.figures = List.copyOf(figures);
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
        PrometheusText text = new PrometheusText();
        figures.forEach(part -> part.writeTo(text));
        byte[] body = text.toString().getBytes(StandardCharsets.UTF_8);
        response.setHeader(PayloadOrigin.HEADER, PayloadOrigin.NO_PAYLOAD.headerValue());
        response.setContentType(PrometheusText.CONTENT_TYPE);
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }
}
