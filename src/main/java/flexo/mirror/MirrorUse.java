package flexo.mirror;

import java.time.Duration;
import java.util.Map;

/**
 * What the use of one mirror has taught, at one moment.
 *
 * @param standing whether it may be asked
 * @param inUse how many transfers use it now, those of signatures not counted
 * @param latency average time to the first byte lately; null if unknown
 * @param bytesPerSecond average speed lately; 0 if unknown
 * @param usages how many transfers it was asked for
 * @param failures how many of those failed by its own fault, by kind
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
