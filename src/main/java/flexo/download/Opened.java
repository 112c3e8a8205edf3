package flexo.download;

import flexo.cache.Content;
import java.time.Duration;
import java.util.Optional;

/**
 * A file that was opened for a client, and how it came.
 *
 * @param content the file
 * @param origin how it came
 * @param age how long ago a mirror last confirmed it; empty unless it is stale
 */
public record Opened(Content content, Origin origin, Optional<Duration> age) {
    /** One that is not stale. */
    public Opened(Content content, Origin origin) {
        this(content, origin, Optional.empty());
    }

    /** How a file comes to a client. */
    public enum Origin {
        /** It was whole in the cache. */
        HIT,
        /** This request started its download. */
        MISS,
        /** It was in the cache, but no mirror could say whether there is a newer one. */
        STALE,
        /** Another request had started its download. */
        JOINED;

        /** Whether its bytes were in the cache. */
        public boolean fromCache() {
            return this == HIT || this == STALE;
        }
    }
}
