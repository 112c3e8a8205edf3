package flexo.web;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The one servlet registered with the container: it delegates each request to the current parts of the application.
 *
 * <p>A container accepts servlets only while it deploys the application. Other servlets may be created later, when
 * mistakes in the settings have been corrected. Servlets and filters behind it are ready for use when they are passed
 * in; nobody calls their {@code init} or {@code destroy}.
 */
public final class Front extends HttpServlet {
    private static final long serialVersionUID = 1L;

    private final transient Consumer<Throwable> broken;
    private transient volatile Routes routes;

    /**
     * The servlets and filters. A servlet gets the path below the context as path info.
     *
     * @param filters applied in this order before any servlet; not applied again when a suspended request resumes
     * @param exact servlets by exact path, such as {@code /status}
     * @param others serves all other paths
     */
    public record Routes(List<Filter> filters, Map<String, HttpServlet> exact, HttpServlet others) {
        public Routes {
            filters = List.copyOf(filters);
            exact = Map.copyOf(exact);
        }

        private void answer(ServletRequest request, ServletResponse response, int filter)
                throws ServletException, IOException {
            if (filter < filters.size() && request.getDispatcherType() == DispatcherType.REQUEST) {
                filters.get(filter).doFilter(request, response, (next, answer) -> answer(next, answer, filter + 1));
            } else {
                String path = ((HttpServletRequest) request).getPathInfo();
                exact.getOrDefault(path == null ? "" : path, others).service(request, response);
            }
        }
    }

    /**
     * Delegates to these until others are set.
     *
     * @param first used before anything else is ready
     * @param broken receives errors after which the process is unreliable; the container would catch them, and go on
     */
    public Front(Routes first, Consumer<Throwable> broken) {
        this.routes = first;
        this.broken = broken;
    }

    /** Replaces the servlets and filters. */
    public void use(Routes next) {
        routes = next;
    }

    @Override
    public void service(ServletRequest request, ServletResponse response) throws ServletException, IOException {
        try {
            routes.answer(request, response, 0);
        } catch (OutOfMemoryError | InternalError e) {
            broken.accept(e);
            throw e;
        }
    }
}
