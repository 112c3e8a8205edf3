package flexo.web;

import flexo.retention.SweepReport;
import flexo.retention.Sweeps;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * {@code GET /sweep}: what a sweep of the cache would remove now; {@code POST /sweep}: have one run now.
 *
 * <p>Anybody may ask, as it only costs a walk through the directory, one at a time; only who sits at this machine may have
 * one run, though it does nothing that the daily one would not do. The answer is JSON, or plain text if that is preferred.
 * A request holds no thread while it waits.
 */
public final class SweepServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = Logger.getLogger(SweepServlet.class.getName());
    private static final String REPORT = SweepServlet.class.getName() + ".report";

    private final transient Sweeps sweeps;
    private final transient Executor pumps;

    /**
     * Asks these sweeps.
     *
     * @param pumps dispatches requests whose sweep has ended
     */
    public SweepServlet(Sweeps sweeps, Executor pumps) {
        this.sweeps = sweeps;
        this.pumps = pumps;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (request.getDispatcherType() == DispatcherType.ASYNC) {
            answer(request, response);
            return;
        }
        switch (request.getMethod()) {
            case "GET", "HEAD" -> suspend(request, sweeps.dryRun());
            case "POST" -> {
                if (isFromThisMachine(request)) {
                    suspend(request, sweeps.now());
                } else {
                    ErrorAnswer.write(
                            response,
                            HttpServletResponse.SC_FORBIDDEN,
                            "Only a client on the machine itself may have a sweep run.");
                }
            }
            default -> ErrorAnswer.methodNotAllowed(response, "GET, HEAD, POST");
        }
    }

    /** A proxy on this machine speaks for others, and says so. */
    private static boolean isFromThisMachine(HttpServletRequest request) throws IOException {
        return request.getHeader("X-Forwarded-For") == null
                && request.getHeader("Forwarded") == null
                // An address, so no name server is asked.
                && InetAddress.getByName(request.getRemoteAddr()).isLoopbackAddress();
    }

    private void suspend(HttpServletRequest request, CompletionStage<SweepReport> report) {
        request.setAttribute(REPORT, report);
        AsyncContext async = request.startAsync();
        // A sweep takes as long as it takes.
        async.setTimeout(0);
        var unused = report.whenCompleteAsync((swept, failure) -> resume(async), pumps);
    }

    private static void resume(AsyncContext async) {
        try {
            async.dispatch();
        } catch (IllegalStateException e) {
            LOG.log(Level.FINE, "The container has ended a request that was waiting for a sweep", e);
        }
    }

    private static void answer(HttpServletRequest request, HttpServletResponse response) throws IOException {
        SweepReport report;
        try {
            report = ((CompletionStage<?>) request.getAttribute(REPORT))
                    .thenApply(SweepReport.class::cast)
                    .toCompletableFuture()
                    .join();
        } catch (CompletionException e) {
            ErrorAnswer.write(
                    response,
                    HttpServletResponse.SC_SERVICE_UNAVAILABLE,
                    "The sweep did not come to its end; the log says why, unless Flexo is being stopped.");
            return;
        }
        boolean plain = prefersText(request.getHeader("Accept"));
        byte[] body = (plain ? SweepReportText.print(report) : SweepReportJson.print(report) + "\n")
                .getBytes(StandardCharsets.UTF_8);
        response.setHeader(PayloadOrigin.HEADER, PayloadOrigin.NO_PAYLOAD.headerValue());
        response.setHeader("Vary", "Accept");
        response.setContentType(plain ? "text/plain" : "application/json");
        response.setCharacterEncoding(StandardCharsets.UTF_8.name());
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }

    /** Who names both gets JSON. */
    private static boolean prefersText(String accept) {
        return accept != null && accept.contains("text/plain") && !accept.contains("application/json");
    }
}
