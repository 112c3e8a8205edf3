package flexo.download;

import flexo.mirror.Rest;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The head of a mirror's response, after redirects.
 *
 * @param status the status code
 * @param bodyBytes the announced length of this response's body; empty if there is none
 * @param range the {@code Content-Range}; empty if there is none
 * @param lastModified the mirror's {@code Last-Modified}, in whole seconds
 * @param etag the mirror's {@code ETag}, verbatim; empty if there is none
 * @param retryAfter the mirror's {@code Retry-After}; empty if there is none
 * @param server the mirror's {@code Server}; empty if there is none
 * @param endsWithConnection whether the end of the connection ends the body, so that truncation cannot be detected
 * @param staleFor the age of the last contact of the mirror, itself a cache, with its own mirror; empty unless it marks
 *     its response as stale
 */
public record MirrorResponse(
        int status,
        OptionalLong bodyBytes,
        Optional<ContentRange> range,
        Optional<Instant> lastModified,
        String etag,
        Optional<Duration> retryAfter,
        String server,
        boolean endsWithConnection,
        Optional<Duration> staleFor) {

    private static final int TOO_MANY_REQUESTS = 429;
    private static final int UNAVAILABLE = 503;
    /** For a mirror that is asked too often and sends no {@code Retry-After}. */
    private static final Duration USUAL_REST = Duration.ofSeconds(10);

    /** The same with a length known from elsewhere, if the mirror announces none. */
    MirrorResponse withLength(OptionalLong known) {
        return bodyBytes.isPresent() || known.isEmpty() || status / 100 != 2 || range.isPresent()
                ? this
                : new MirrorResponse(
                        status, known, range, lastModified, etag, retryAfter, server, endsWithConnection, staleFor);
    }

    /** The rest that the mirror wants to have (RFC 6585, section 4; RFC 9110, section 10.2.3); empty if it does not. */
    public Optional<Rest> rest() {
        return switch (status) {
            case TOO_MANY_REQUESTS -> Optional.of(new Rest(status, retryAfter.orElse(USUAL_REST)));
            case UNAVAILABLE -> retryAfter.map(after -> new Rest(status, after));
            default -> Optional.empty();
        };
    }

    /**
     * A {@code Content-Range} of bytes with a known total (RFC 9110, section 14.4).
     *
     * @param first the first byte
     * @param last the last byte, inclusive
     * @param totalBytes the size of the whole file
     */
    public record ContentRange(long first, long last, long totalBytes) {}
}
