package flexo.download;

import flexo.cache.Content;

/**
 * A file that was opened for a client, and how it came.
 *
 * @param content the file
 * @param origin how it came
 */
public record Opened(Content content, Origin origin) {
    /** How a file comes to a client. */
    public enum Origin {
        /** It was whole in the cache. */
        HIT,
        /** This request started its download. */
        MISS,
        /** Another request had started its download. */
        JOINED
    }
}
