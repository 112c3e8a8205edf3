package flexo.web;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** Serves one kind of health check, liveness or readiness: 200 while all is well, else 503 with the faults. */
public final class HealthServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private static final Set<String> METHODS = Set.of("GET", "HEAD");

    private final transient Supplier<List<HealthCheck>> checks;

    /**
     * Reports the outcome of these checks.
     *
     * @param checks run for each request, so they must be fast
     */
    public HealthServlet(Supplier<List<HealthCheck>> checks) {
        this.checks = checks;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (!METHODS.contains(request.getMethod())) {
            ErrorAnswer.of(HttpServletResponse.SC_METHOD_NOT_ALLOWED, "Only GET and HEAD are answered here.")
                    .with("Allow", "GET, HEAD")
                    .send(response);
            return;
        }
        List<HealthCheck> outcome = checks.get();
        boolean isUp = outcome.stream().allMatch(HealthCheck::isUp);
        Reply.json(
                        isUp ? HttpServletResponse.SC_OK : HttpServletResponse.SC_SERVICE_UNAVAILABLE,
                        HealthJson.print(outcome) + "\n")
                .with("Cache-Control", "no-store")
                .send(response);
    }
}
