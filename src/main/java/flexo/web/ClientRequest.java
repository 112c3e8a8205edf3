package flexo.web;

import flexo.alpm.RepositoryPath;
import flexo.download.Client;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.Optional;

/**
 * What a client asks for.
 *
 * @param client who asks
 * @param path the file
 * @param headOnly whether only the head (HEAD)
 * @param range the part it wants; empty for all
 * @param ifRange the time for which the range is meant; empty for any
 * @param ifRangeIsTag whether {@code If-Range} names an entity tag, which we never gave out
 * @param ifModifiedSince the time of the copy it has, if that is all it says of it
 */
record ClientRequest(
        Client client,
        RepositoryPath path,
        boolean headOnly,
        Optional<ByteRange> range,
        Optional<Instant> ifRange,
        boolean ifRangeIsTag,
        Optional<Instant> ifModifiedSince) {
    /** Enough for some addresses; a client could send kilobytes. */
    private static final int FORWARDED_CHARACTERS = 100;

    static ClientRequest of(HttpServletRequest request, RepositoryPath path) {
        Optional<Instant> ifRange = date(request, "If-Range");
        return new ClientRequest(
                client(request),
                path,
                request.getMethod().equals("HEAD"),
                ByteRange.parse(request.getHeader("Range")),
                ifRange,
                request.getHeader("If-Range") != null && ifRange.isEmpty(),
                // A tag, which is none of ours, makes the time meaningless (RFC 9110, section 13.1.3).
                request.getHeader("If-None-Match") == null ? date(request, "If-Modified-Since") : Optional.empty());
    }

    private static Client client(HttpServletRequest request) {
        String address = request.getRemoteAddr();
        String forwarded = request.getHeader("X-Forwarded-For");
        if (forwarded == null) {
            return new Client(address, address + " port " + request.getRemotePort());
        }
        // The connection is the reverse proxy's, shared by its clients; what it says of them tells them apart.
        String name = address + " for " + forwarded.substring(0, Math.min(forwarded.length(), FORWARDED_CHARACTERS));
        return new Client(name, name);
    }

    /** A date that cannot be read counts as none (RFC 9110, section 13.1.3). */
    private static Optional<Instant> date(HttpServletRequest request, String header) {
        try {
            long millis = request.getDateHeader(header);
            return millis < 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(millis));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
