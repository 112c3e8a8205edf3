package flexo.cache;

import java.time.Instant;
import java.util.Optional;

/**
 * By what a mirror tells whether its file has changed (RFC 9110, section 8.8).
 *
 * @param lastModified the {@code Last-Modified} of the state that is known, in whole seconds; empty if there is none
 * @param etag the {@code ETag} that came with it, as it stood in the header; empty if there is none
 */
public record Validators(Optional<Instant> lastModified, String etag) {
    /** Whether there is anything to ask by. */
    public boolean any() {
        return lastModified.isPresent() || !etag.isEmpty();
    }
}
