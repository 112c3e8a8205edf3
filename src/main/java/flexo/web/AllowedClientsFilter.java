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
 * Answers only clients of some networks.
 *
 * <p>Health checks are answered to everybody: whatever watches a server seldom has an address among those of its clients. So is
 * whoever may steer.
 */
public final class AllowedClientsFilter extends HttpFilter {
    private static final long serialVersionUID = 1L;

    private final transient Supplier<List<IpNetwork>> allowed;
    private final transient RequestLog requestLog;
    private final transient Steering steering;

    /**
     * Answers clients of these networks.
     *
     * @param allowed asked for with each request; if there is none, everybody is answered
     * @param steering who is answered wherever they are
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
