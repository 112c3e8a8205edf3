package flexo.web;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Supplier;

/** Lets {@code /status} fail when the application cannot be relied upon any more, so that whoever watches it starts it again. */
public final class HealthFilter extends HttpFilter {
    private static final long serialVersionUID = 1L;

    private final transient Supplier<Optional<String>> fault;

    /**
     * Asks how it is.
     *
     * @param fault what is wrong; empty while all is well
     */
    public HealthFilter(Supplier<Optional<String>> fault) {
        this.fault = fault;
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        Optional<String> wrong = fault.get();
        if (wrong.isPresent() && "/status".equals(request.getPathInfo())) {
            ErrorAnswer.write(response, HttpServletResponse.SC_SERVICE_UNAVAILABLE, wrong.get());
        } else {
            chain.doFilter(request, response);
        }
    }
}
