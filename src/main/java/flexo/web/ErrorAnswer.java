package flexo.web;

import flexo.alpm.RefusedPathException;
import flexo.download.DownloadFailure;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** The answer to a request that gets no file: a status and a sentence for people, as plain text. */
final class ErrorAnswer {
    /** A longer message is cut; it must fit into the response buffer of every container. */
    private static final int MAX_BYTES = 4 * 1024;
    /** When to ask again for what there is no place for at the moment. */
    private static final String RETRY_AFTER_SECONDS = "5";

    private ErrorAnswer() {}

    /** The status for a refused path, as Flexo answers it. */
    static int status(RefusedPathException.Reason reason) {
        return switch (reason) {
            case MALFORMED -> HttpServletResponse.SC_BAD_REQUEST;
            case FORBIDDEN -> HttpServletResponse.SC_FORBIDDEN;
        };
    }

    /** The status for a download that failed before its head was known. */
    static int status(DownloadFailure.Reason reason) {
        return switch (reason) {
            case NOT_ALLOWED -> HttpServletResponse.SC_FORBIDDEN;
            case NOT_FOUND -> HttpServletResponse.SC_NOT_FOUND;
            case BAD_ANSWERS -> HttpServletResponse.SC_BAD_GATEWAY;
            case TIMED_OUT -> HttpServletResponse.SC_GATEWAY_TIMEOUT;
            case STORAGE -> HttpServletResponse.SC_INTERNAL_SERVER_ERROR;
            case ABANDONED, BUSY -> HttpServletResponse.SC_SERVICE_UNAVAILABLE;
        };
    }

    /** Refuses the method of a request to a place that answers only some. */
    static void methodNotAllowed(HttpServletResponse response, String allowed) throws IOException {
        response.setHeader("Allow", allowed);
        write(response, HttpServletResponse.SC_METHOD_NOT_ALLOWED, "Only " + allowed + " is answered here.");
    }

    /** Writes it; HEAD gets the same head, and the container leaves out the body. */
    static void write(HttpServletResponse response, int status, String message) throws IOException {
        byte[] body = (message + "\n").getBytes(StandardCharsets.UTF_8);
        int length = Math.min(body.length, MAX_BYTES);
        response.setStatus(status);
        if (status == HttpServletResponse.SC_SERVICE_UNAVAILABLE) {
            response.setHeader("Retry-After", RETRY_AFTER_SECONDS);
        }
        response.setHeader(PayloadOrigin.HEADER, PayloadOrigin.NO_PAYLOAD.headerValue());
        response.setContentType("text/plain");
        response.setCharacterEncoding(StandardCharsets.UTF_8.name());
        response.setContentLength(length);
        response.getOutputStream().write(body, 0, length);
    }
}
