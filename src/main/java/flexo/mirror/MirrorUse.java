package flexo.mirror;

import java.time.Duration;
import java.util.Map;

/**
 * A snapshot of the knowledge about one mirror from its use.
 *
 * @param standing whether it may be asked
 * @param inUse its running transfers without signatures
 * @param latency the recent average time to the first byte; null if unknown
 * @param bytesPerSecond the recent average speed; 0 if unknown
 * @param usages its transfers
 * @param failures its transfers that failed by its own fault, by kind
 */
record MirrorUse(
        Standing standing,
        int inUse,
        Duration latency,
        long bytesPerSecond,
        long usages,
        Map<MirrorFailure, Long> failures) {

    MirrorUse {
        failures = Map.copyOf(failures);
    }

    long failureCount() {
        return failures.values().stream().mapToLong(Long::longValue).sum();
    }
}
