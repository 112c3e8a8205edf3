package flexo.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A short response of our own, instead of a file.
 *
 * @param headers in addition to those of every such response, by name
 * @param contentType the type of the text
 * @param text the whole body, sent in UTF-8; may be empty
 */
record Reply(int status, Map<String, String> headers, String contentType, String text) {
    private static final String PLAIN = "text/plain;charset=UTF-8";

    /** An empty 200. */
    static Reply empty() {
        return of(HttpServletResponse.SC_OK, "", "");
    }

    /** A text in some format. */
    static Reply of(int status, String contentType, String text) {
        return new Reply(status, Map.of(), contentType, text);
    }

    static Reply plain(int status, String text) {
        return of(status, PLAIN, text);
    }

    static Reply json(int status, String document) {
        return of(status, "application/json", document);
    }

    /** Whether a request asks for JSON. A wildcard does not count. */
    static boolean acceptsJson(HttpServletRequest request) {
        String accept = request.getHeader("Accept");
        return accept != null && accept.contains("application/json");
    }

    /** Whether a request accepts plain text but not JSON. */
    static boolean prefersPlain(HttpServletRequest request) {
        String accept = request.getHeader("Accept");
        return accept != null && accept.contains("text/plain") && !acceptsJson(request);
    }

    Reply with(String header, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new Reply(status, more, contentType, text);
    }

    /** Whether it exceeds a socket's send buffer, and must be streamed rather than wait as a whole for each client. */
    boolean isLong() {
        return text.length() > SmallBodies.MOST_BYTES;
    }

    /** Sends it; for HEAD the container leaves out the body. */
    void send(HttpServletResponse response) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        sendHead(response, body.length);
        if (body.length > 0) {
            // The text waits in the buffer until the servlet has returned (ThreadGuard). If the container has refused
            // the request, the buffer can no longer be changed.
            if (body.length > response.getBufferSize()) {
                response.setBufferSize(body.length);
            }
            response.getOutputStream().write(body);
        }
    }

    /** Sets everything except the body. */
    void sendHead(HttpServletResponse response, int bodyBytes) {
        response.setStatus(status);
        response.setHeader(PayloadOrigin.HEADER, PayloadOrigin.NO_PAYLOAD.headerValue());
        headers.forEach(response::setHeader);
        response.setContentLength(bodyBytes);
        if (bodyBytes > 0) {
            response.setContentType(contentType);
        }
    }
}
