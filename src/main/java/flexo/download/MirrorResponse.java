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
 * @param bodyBytes the announced length of this response's body; empty if the mirror announces none
 * @param range what the body is a part of; empty unless the mirror says so
 * @param lastModified the mirror's {@code Last-Modified}, in whole seconds
 * @param etag the mirror's {@code ETag} as it stands in the header, empty if there is none
 * @param retryAfter when the mirror wants to be asked again at the earliest; empty if it does not say
 * @param server what the mirror calls itself, empty if it does not
 * @param endsWithConnection whether its body ends where the connection does, so that nobody can tell whether all of it came
 * @param staleFor how long ago the mirror, itself a cache, last heard from its own mirror; empty unless it says that its
 *     answer is stale
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
    /** Of a mirror that is asked too often and does not say when to come back. */
    private static final Duration USUAL_REST = Duration.ofSeconds(10);

    /** The same with a length that is known from elsewhere, if the mirror announces none. */
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
