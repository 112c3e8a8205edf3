package flexo.cache;

import java.time.Instant;
import java.util.Optional;

/**
 * The validators of conditional requests (RFC 9110, section 8.8).
 *
 * @param lastModified the {@code Last-Modified} of the known state, in whole seconds; empty if there is none
 * @param etag the {@code ETag} that came with it, verbatim; empty if there is none
 */
public record Validators(Optional<Instant> lastModified, String etag) {
    /** Whether there is any validator. */
    public boolean any() {
        return lastModified.isPresent() || !etag.isEmpty();
    }
}
