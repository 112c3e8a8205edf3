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
            case PUT_OFF -> HttpServletResponse.SC_SERVICE_UNAVAILABLE;
            case NOT_CACHED, TIMED_OUT -> HttpServletResponse.SC_GATEWAY_TIMEOUT;
            case STORAGE -> HttpServletResponse.SC_INTERNAL_SERVER_ERROR;
            case ABANDONED, BUSY -> HttpServletResponse.SC_SERVICE_UNAVAILABLE;
        };
    }

    /** The answer to who asked for the file of a download that failed: a mirror's wish to be left alone is handed on. */
    static Reply of(DownloadFailure failure, String message) {
        return failure.rest()
                .map(rest -> plain(rest.status(), message)
                        .with(
                                "Retry-After",
                                Long.toString(Math.max(1, rest.left().toSeconds()))))
                .orElseGet(() -> of(status(failure.reason()), message));
    }

    /** A status and a sentence. */
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

    /** Writes one. */
    static void write(HttpServletResponse response, int status, String message) throws IOException {
        of(status, message).send(response);
    }
}
