package flexo.cache;

import java.time.Instant;

/**
 * The properties of a file that are known before its first byte.
 *
 * @param lengthBytes its size, positive; {@link #UNKNOWN_LENGTH} while nobody knows it
 * @param lastModified the mirror's {@code Last-Modified}, in whole seconds; pacman gives its copy this time and asks
 *     with it later
 */
public record ContentHead(long lengthBytes, Instant lastModified) {
    /** Longer than any file. */
    public static final long UNKNOWN_LENGTH = Long.MAX_VALUE;

    /** Checks the size. */
    public ContentHead {
        if (lengthBytes <= 0) {
            throw new IllegalArgumentException("a file of " + lengthBytes + " bytes");
        }
    }

    /** Whether its size is known. */
    public boolean isLengthKnown() {
        return lengthBytes != UNKNOWN_LENGTH;
    }
}
