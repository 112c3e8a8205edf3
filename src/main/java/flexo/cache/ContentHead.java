package flexo.cache;

import java.time.Instant;

/**
 * What is known of a file before its first byte.
 *
 * @param lengthBytes its size, positive
 * @param lastModified the mirror's {@code Last-Modified}, in whole seconds; pacman gives its copy this time and asks
 *     with it later
 */
public record ContentHead(long lengthBytes, Instant lastModified) {
    /** Checks the size. */
    public ContentHead {
        if (lengthBytes <= 0) {
            throw new IllegalArgumentException("a file of " + lengthBytes + " bytes");
        }
    }
}
