package flexo.web;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Answers a request that fails because of a bug with a plain 500, and logs it. A container would show the stack trace
 * and its version. A response that has begun is left to the container, which aborts it.
 */
public final class FailureFilter extends HttpFilter {
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = Logger.getLogger(FailureFilter.class.getName());

    public FailureFilter() {}

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        try {
            chain.doFilter(request, response);
        } catch (IOException | ServletException | RuntimeException | StackOverflowError e) {
            if (response.isCommitted() || request.isAsyncStarted() || e instanceof CutResponseException) {
                throw e;
            }
            LOG.log(Level.SEVERE, e, () -> request.getMethod() + " " + request.getRequestURI() + " failed");
            response.reset();
            ErrorAnswer.write(
                    response, HttpServletResponse.SC_INTERNAL_SERVER_ERROR, "Internal error; the log says more.");
        }
    }
}
