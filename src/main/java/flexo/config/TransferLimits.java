package flexo.config;

import java.time.Duration;
import java.util.OptionalLong;

/**
 * How fast bytes must come, may come, and must go.
 *
 * @param lowSpeedBytesPerSecond at least 1; a transfer slower than this is dropped
 * @param lowSpeedTime how long it must be slower, positive
 * @param maxBytesPerSecond what all downloads together may take; empty means all there is
 * @param prefetchBytesPerSecond what all prefetching may take of it; empty means all there is
 * @param clientTimeout how long a client may take no byte while bytes are there for it, positive
 */
public record TransferLimits(
        long lowSpeedBytesPerSecond,
        Duration lowSpeedTime,
        OptionalLong maxBytesPerSecond,
        OptionalLong prefetchBytesPerSecond,
        Duration clientTimeout) {}
