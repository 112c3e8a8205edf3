package flexo.download;

import flexo.cache.Content;
import java.time.Duration;
import java.util.Optional;

/**
 * A file that was opened for a client.
 *
 * @param content the file
 * @param origin its origin
 * @param age the time since the last confirmation by a mirror; empty unless it is stale
 */
public record Opened(Content content, Origin origin, Optional<Duration> age) {
    /** A file that is not stale. */
    public Opened(Content content, Origin origin) {
        this(content, origin, Optional.empty());
    }

    /** The origin of a file. */
    public enum Origin {
        /** It was complete in the cache. */
        HIT,
        /** This request started its download. */
        MISS,
        /** It was in the cache, but no mirror could confirm it. */
        STALE,
        /** Another request had started its download. */
        JOINED;

        /** Whether its bytes were in the cache. */
        public boolean fromCache() {
            return this == HIT || this == STALE;
        }
    }
}
