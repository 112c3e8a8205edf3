package flexo.config;

import flexo.download.LowSpeedLimit;
import java.time.Duration;
import java.util.OptionalLong;

/**
 * How fast bytes must come, may come, and must go.
 *
 * @param lowSpeed a transfer that is slower is dropped
 * @param maxBytesPerSecond what all downloads together may take; empty means all there is
 * @param prefetchBytesPerSecond what all prefetching may take of it; empty means all there is
 * @param clientTimeout how long a client may take no byte while bytes are there for it, positive
 */
public record TransferLimits(
        LowSpeedLimit lowSpeed,
        OptionalLong maxBytesPerSecond,
        OptionalLong prefetchBytesPerSecond,
        Duration clientTimeout) {}
