package flexo.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A short answer of our own, in place of a file.
 *
 * @param headers beside those of every such answer, by name
 * @param contentType of the text
 * @param text the whole body, sent in UTF-8; empty if there is none
 */
record Reply(int status, Map<String, String> headers, String contentType, String text) {
    private static final String PLAIN = "text/plain;charset=UTF-8";

    /** 200 and nothing else. */
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

    /** Whether a request asks for JSON. Who takes anything asks for nothing in particular. */
    static boolean acceptsJson(HttpServletRequest request) {
        String accept = request.getHeader("Accept");
        return accept != null && accept.contains("application/json");
    }

    /** Whether a request asks for plain text alone, and not for JSON. */
    static boolean prefersPlain(HttpServletRequest request) {
        String accept = request.getHeader("Accept");
        return accept != null && accept.contains("text/plain") && !acceptsJson(request);
    }

    Reply with(String header, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new Reply(status, more, contentType, text);
    }

    /** Whether it does not fit into the socket of a client that reads: it must be streamed, and not wait as a whole for each client. */
    boolean isLong() {
        return text.length() > SmallBodies.MOST_BYTES;
    }

    /** Sends it; HEAD gets the same head, and the container leaves out the body. */
    void send(HttpServletResponse response) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        sendHead(response, body.length);
        if (body.length > 0) {
            // The text waits in the buffer until the servlet has returned (ThreadGuard).
            // Where the container has refused the request, the buffer can no longer be changed.
            if (body.length > response.getBufferSize()) {
                response.setBufferSize(body.length);
            }
            response.getOutputStream().write(body);
        }
    }

    /** Sets all but the body. */
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
