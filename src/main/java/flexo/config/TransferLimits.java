package flexo.config;

import flexo.download.LowSpeedLimit;
import java.time.Duration;
import java.util.OptionalLong;

/**
 * Minimum and maximum rates.
 *
 * @param lowSpeed the limit below which a transfer is aborted
 * @param maxBytesPerSecond the limit for all downloads together; empty for none
 * @param prefetchBytesPerSecond the limit for all prefetching together; empty for none
 * @param clientTimeout the time after which a client that takes no byte is disconnected, positive
 * @param mirrorsPerFile how many mirrors one large package may come from at once, at least 1
 */
public record TransferLimits(
        LowSpeedLimit lowSpeed,
        OptionalLong maxBytesPerSecond,
        OptionalLong prefetchBytesPerSecond,
        Duration clientTimeout,
        int mirrorsPerFile) {}
