package flexo.web;

import flexo.alpm.RefusedPathException;
import flexo.download.DownloadFailure;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** The response to a request that gets no file: a status and a sentence for people, as plain text. */
final class ErrorAnswer {
    /** Longer messages are cut; the text must fit into the response buffer of every container. */
    private static final int MAX_BYTES = 4 * 1024;
    /** The {@code Retry-After} while all places are taken. */
    private static final String RETRY_AFTER_SECONDS = "5";

    private ErrorAnswer() {}

    /** The status for a refused path, as in the original Flexo. */
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
            case PUT_OFF -> HttpServletResponse.SC_SERVICE_UNAVAILABLE;
            case NOT_CACHED, TIMED_OUT -> HttpServletResponse.SC_GATEWAY_TIMEOUT;
            case STORAGE -> HttpServletResponse.SC_INTERNAL_SERVER_ERROR;
            case ABANDONED, BUSY -> HttpServletResponse.SC_SERVICE_UNAVAILABLE;
        };
    }

    /** The response for a failed download; a mirror's {@code Retry-After} is passed on. */
    static Reply of(DownloadFailure failure, String message) {
        return failure.rest()
                .map(rest -> plain(rest.status(), message)
                        .with(
                                "Retry-After",
                                Long.toString(Math.max(1, rest.left().toSeconds()))))
                .orElseGet(() -> of(status(failure.reason()), message));
    }

    /** A response with a status and a sentence. */
    static Reply of(int status, String message) {
        Reply reply = plain(status, message);
        return status == HttpServletResponse.SC_SERVICE_UNAVAILABLE
                ? reply.with("Retry-After", RETRY_AFTER_SECONDS)
                : reply;
    }

    private static Reply plain(int status, String message) {
        byte[] text = message.getBytes(StandardCharsets.UTF_8);
        return Reply.plain(
                status,
                (text.length < MAX_BYTES ? message : new String(text, 0, MAX_BYTES, StandardCharsets.UTF_8)) + "\n");
    }

    /** Writes such a response. */
    static void write(HttpServletResponse response, int status, String message) throws IOException {
        of(status, message).send(response);
    }
}
