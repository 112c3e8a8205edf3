package flexo.web;

import flexo.net.IpNetwork;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;

/**
 * Admits only clients in some networks.
 *
 * <p>Health checks are exempt: monitoring rarely runs in a client's network. So are requests that are authorised to
 * make changes.
 */
public final class AllowedClientsFilter extends HttpFilter {
    private static final long serialVersionUID = 1L;

    private final transient Supplier<List<IpNetwork>> allowed;
    private final transient RequestLog requestLog;
    private final transient Steering steering;

    /**
     * Admits clients in these networks.
     *
     * @param allowed evaluated for each request; empty admits everybody
     * @param steering recognises authorised requests
     */
    public AllowedClientsFilter(Supplier<List<IpNetwork>> allowed, RequestLog requestLog, Steering steering) {
        this.allowed = allowed;
        this.requestLog = requestLog;
        this.steering = steering;
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        List<IpNetwork> networks = allowed.get();
        if (networks.isEmpty() || isHealthCheck(request)) {
            chain.doFilter(request, response);
            return;
        }
        ServedRequest served = requestLog.begin(request);
        if (served.client().isIn(networks) || steering.isKnown(request)) {
            chain.doFilter(request, response);
        } else {
            String why = served.client() + " is not served here: allowed_clients leaves it out.";
            ErrorAnswer.write(response, HttpServletResponse.SC_FORBIDDEN, why);
            served.refused(HttpServletResponse.SC_FORBIDDEN, why);
        }
    }

    private static boolean isHealthCheck(HttpServletRequest request) {
        String path = request.getPathInfo();
        return ("/status".equals(path) && !Reply.acceptsJson(request)) || (path != null && path.startsWith("/health/"));
    }
}
