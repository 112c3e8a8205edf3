package flexo.web;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Answers everything with 503 and what is wrong with the configuration, in place of an application that half works. */
public final class MisconfiguredServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    private final String report;

    /**
     * Answers with a report.
     *
     * @param report all that is wrong, for the person who can mend it; without secrets
     */
    public MisconfiguredServlet(String report) {
        this.report = report;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        ErrorAnswer.write(response, HttpServletResponse.SC_SERVICE_UNAVAILABLE, report);
    }
}
