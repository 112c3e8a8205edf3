package flexo.web;

import flexo.log.RepeatedLines;
import flexo.log.RepeatedLines.Kind;
import jakarta.servlet.http.HttpServletRequest;
import java.util.function.LongSupplier;

/**
 * The request log: one line per request, rate-limited for each client.
 *
 * <p>The limits are high enough for machines that update, even many of them; {@code docs/logging.md} lists them.
 */
public final class RequestLog {
    static final Kind SERVED = new Kind("requests that were served", 2000, 10_000);
    static final Kind LEFT = new Kind("requests whose client left", 20, 500);
    static final Kind MISSING = new Kind("requests for missing files", 20, 500);
    static final Kind REFUSED = new Kind("requests that were refused", 20, 500);
    static final Kind FAILED = new Kind("requests that failed", 20, 500);

    private final RepeatedLines lines;
    private final RequestFigures figures;
    private final TrustedProxies proxies;
    private final LongSupplier nanoTime;

    /**
     * A log.
     *
     * @param figures counts the requests, too
     * @param proxies trusted to name the client
     * @param nanoTime as {@link System#nanoTime}
     */
    public RequestLog(RepeatedLines lines, RequestFigures figures, TrustedProxies proxies, LongSupplier nanoTime) {
        this.lines = lines;
        this.figures = figures;
        this.proxies = proxies;
        this.nanoTime = nanoTime;
    }

    /** Begins a request. */
    ServedRequest begin(HttpServletRequest request) {
        // Not decoded.
        String path = request.getRequestURI().substring(request.getContextPath().length());
        return new ServedRequest(lines, figures, proxies.client(request), request.getMethod(), path, nanoTime);
    }
}
