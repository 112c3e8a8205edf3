package flexo.web;

import flexo.alpm.RepositoryPath;
import flexo.download.Client;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.Optional;

/**
 * A client's request for a file.
 *
 * @param client the client
 * @param path the file
 * @param headOnly whether only the head (HEAD)
 * @param onlyIfCached whether no mirror is to be asked for it
 * @param range the part it wants; empty for all
 * @param ifRange the time for which the range is meant; empty for any
 * @param ifRangeIsTag whether {@code If-Range} names an entity tag, which we never gave out
 * @param ifModifiedSince the time of the copy it has, if that is all it says of it
 */
record ClientRequest(
        Client client,
        RepositoryPath path,
        boolean headOnly,
        boolean onlyIfCached,
        Optional<ByteRange> range,
        Optional<Instant> ifRange,
        boolean ifRangeIsTag,
        Optional<Instant> ifModifiedSince) {
    static ClientRequest of(HttpServletRequest request, RepositoryPath path, ClientAddress address) {
        Optional<Instant> ifRange = date(request, "If-Range");
        // A tag, which is none of ours, overrides the time (RFC 9110, section 13.1.3).
        Optional<Instant> copy =
                request.getHeader("If-None-Match") == null ? date(request, "If-Modified-Since") : Optional.empty();
        return new ClientRequest(
                client(request, address, copy),
                path,
                request.getMethod().equals("HEAD"),
                isOnlyIfCached(request),
                ByteRange.parse(request.getHeader("Range")),
                ifRange,
                request.getHeader("If-Range") != null && ifRange.isEmpty(),
                copy);
    }

    /** As other nodes ask (RFC 9111, section 5.2.1.7). */
    static boolean isOnlyIfCached(HttpServletRequest request) {
        return Collections.list(request.getHeaders("Cache-Control")).stream()
                .flatMap(header -> Arrays.stream(header.split(",")))
                .anyMatch(directive -> directive.strip().equalsIgnoreCase("only-if-cached"));
    }

    private static Client client(HttpServletRequest request, ClientAddress address, Optional<Instant> copy) {
        String text = address.toString();
        // A proxy's connection is shared by its clients.
        return new Client(
                text, address.forwarded() ? text : text + " port " + request.getRemotePort(), copy, via(request));
    }

    /** All values, so that the first server of a loop detects it. */
    private static String via(HttpServletRequest request) {
        return String.join(", ", Collections.list(request.getHeaders("Via")));
    }

    /** An invalid date is ignored (RFC 9110, section 13.1.3). */
    private static Optional<Instant> date(HttpServletRequest request, String header) {
        try {
            long millis = request.getDateHeader(header);
            return millis < 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(millis));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
