package flexo.web;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * The page for the container's own refusals: the status in words, without the container's version. {@code web.xml}
 * configures it.
 */
public final class ErrorPage extends HttpServlet {
    private static final long serialVersionUID = 1L;

    public ErrorPage() {}

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (request.getDispatcherType() != DispatcherType.ERROR) {
            ErrorAnswer.write(
                    response, HttpServletResponse.SC_FORBIDDEN, "Names that start with a dot are not served.");
            return;
        }
        int status = (Integer) request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
        ErrorAnswer.write(response, status, "This request cannot be answered (" + status + ").");
    }
}
