package flexo.web;

import flexo.mirror.MirrorHealth;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** {@code POST /reset-metrics}: counts afresh; what was learned about the mirrors stays. */
public final class ResetMetricsServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    private final transient MirrorHealth health;

    /** Resets the counts of these mirrors. */
    public ResetMetricsServlet(MirrorHealth health) {
        this.health = health;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        if (request.getMethod().equals("POST")) {
            super.service(request, response);
        } else {
            ErrorAnswer.methodNotAllowed(response, "POST");
        }
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) {
        health.resetMetrics();
        response.setHeader(PayloadOrigin.HEADER, PayloadOrigin.NO_PAYLOAD.headerValue());
        response.setContentLength(0);
    }
}
