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
 * The one servlet that the container knows: it hands each request to what the application consists of at that moment.
 *
 * <p>A container takes servlets only while it deploys the application. What answers requests may come later than that: when
 * settings that were wrong have been mended. Servlets and filters behind it are complete when they are handed in; nobody calls
 * their {@code init} or {@code destroy}.
 */
public final class Front extends HttpServlet {
    private static final long serialVersionUID = 1L;

    private final transient Consumer<Throwable> broken;
    private transient volatile Routes routes;

    /**
     * What answers requests. A servlet gets the path below the context as path info.
     *
     * @param filters asked in this order before any servlet; not asked again when a request goes on after a wait
     * @param exact servlets by the path they answer, such as {@code /status}
     * @param others answers all other paths
     */
    public record Routes(List<Filter> filters, Map<String, HttpServlet> exact, HttpServlet others) {
        /** Copies the collections. */
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
     * Answers by these until told otherwise.
     *
     * @param first before anything else is ready
     * @param broken told of errors after which the process cannot be relied upon; the container catches them, and goes on
     */
    public Front(Routes first, Consumer<Throwable> broken) {
        this.routes = first;
        this.broken = broken;
    }

    /** From now on requests are answered by these. */
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
