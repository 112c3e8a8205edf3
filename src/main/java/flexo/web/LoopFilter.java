package flexo.web;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;

/**
 * Refuses requests that we sent ourselves: one of our mirrors is actually this server, whatever lies in between. If
 * answered, it would wait for itself.
 *
 * <p>Such a request has our name in its {@code Via} header (RFC 9110, section 7.6.3); each instance has its own.
 */
public final class LoopFilter extends HttpFilter {
    private static final long serialVersionUID = 1L;
    /** Loop Detected (RFC 5842, section 7.2). */
    private static final int LOOP_DETECTED = 508;

    private final String via;
    private final transient RequestLog requestLog;

    /**
     * Refuses requests of one sender.
     *
     * @param via our name in outgoing requests
     */
    public LoopFilter(String via, RequestLog requestLog) {
        this.via = via;
        this.requestLog = requestLog;
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (!isOurs(request)) {
            chain.doFilter(request, response);
            return;
        }
        if (ClientRequest.isOnlyIfCached(request)) {
            // Among the nodes that it asks may be itself, so that all nodes can have the same settings.
            ErrorAnswer.write(response, HttpServletResponse.SC_GATEWAY_TIMEOUT, "This is the node that asks.");
            return;
        }
        requestLog
                .begin(request)
                .refused(
                        LOOP_DETECTED,
                        "asked by this server itself, so one of its mirrors is its own address; take it out of the mirrors");
        ErrorAnswer.write(response, LOOP_DETECTED, "A mirror of this server is this server itself.");
    }

    /** Each element consists of a protocol, a name, and optionally a comment. */
    private boolean isOurs(HttpServletRequest request) {
        return Collections.list(request.getHeaders("Via")).stream()
                .flatMap(header -> Arrays.stream(header.split(",")))
                .map(element -> element.strip().split("\\s+"))
                .anyMatch(words -> words.length > 1 && words[1].equals(via));
    }
}
