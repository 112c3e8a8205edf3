package flexo.download;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The head of a mirror's response, after redirects.
 *
 * @param status the status code
 * @param bodyBytes the announced length of this response's body; empty if the mirror announces none
 * @param range what the body is a part of; empty unless the mirror says so
 * @param lastModified the mirror's {@code Last-Modified}, in whole seconds
 * @param etag the mirror's {@code ETag} as it stands in the header, empty if there is none
 * @param server what the mirror calls itself, empty if it does not
 */
public record MirrorResponse(
        int status,
        OptionalLong bodyBytes,
        Optional<ContentRange> range,
        Optional<Instant> lastModified,
        String etag,
        String server) {

    /**
     * A {@code Content-Range} of bytes with a known total (RFC 9110, section 14.4).
     *
     * @param first the first byte
     * @param last the last byte, inclusive
     * @param totalBytes the size of the whole file
     */
    public record ContentRange(long first, long last, long totalBytes) {}
}
