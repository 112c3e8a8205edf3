package flexo.testing;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A response as it came over the wire. */
public final class RawResponse {
    private final int status;
    private final Map<String, List<String>> headers;
    private final byte[] body;

    RawResponse(int status, Map<String, List<String>> headers, byte[] body) {
        this.status = status;
        this.headers = headers;
        this.body = body;
    }

    /**
     * The code of the status line.
     *
     * @return for example 200
     */
    public int status() {
        return status;
    }

    /**
     * What was read of the body; empty if only the head was asked for.
     *
     * @return the bytes, not a copy
     */
    public byte[] body() {
        return body;
    }

    /**
     * A header's first value.
     *
     * @param name in any case
     * @return the value, or null if the header is absent
     */
    public String header(String name) {
        List<String> values = headers.get(name.toLowerCase(Locale.ROOT));
        return values == null ? null : values.get(0);
    }

    /**
     * The announced length.
     *
     * @return bytes, or -1 if there is no Content-Length
     */
    public long contentLength() {
        String length = header("Content-Length");
        return length == null ? -1 : Long.parseLong(length);
    }

    /**
     * The body as text.
     *
     * @return decoded as UTF-8
     */
    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    RawResponse withBody(byte[] bytes) {
        return new RawResponse(status, headers, bytes);
    }

    @Override
    public String toString() {
        return status + " " + headers;
    }
}
