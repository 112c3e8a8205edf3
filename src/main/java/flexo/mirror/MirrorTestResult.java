package flexo.mirror;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/**
 * The knowledge about one mirror from a test, and from its use since.
 *
 * @param mirror the mirror
 * @param countryCode two upper-case letters; empty if the country is unknown, or there is none
 * @param latency the response time of a small request without name lookup; null if unknown
 * @param databaseModified the time of the mirror's {@code core.db}; null if unknown
 * @param bytesPerSecond its recent download speed; 0 if unknown
 * @param failures transfers that failed by its own fault since the last restart or reset
 */
public record MirrorTestResult(
        Mirror mirror,
        String countryCode,
        Duration latency,
        Instant databaseModified,
        long bytesPerSecond,
        long failures) {

    public MirrorTestResult {
        Objects.requireNonNull(mirror, "mirror");
        Objects.requireNonNull(countryCode, "countryCode");
    }

    /** The result of a test alone. */
    public static MirrorTestResult measured(MirrorCandidate candidate, Duration latency, Instant databaseModified) {
        return new MirrorTestResult(candidate.mirror(), candidate.countryCode(), latency, databaseModified, 0, 0);
    }

    /** The same test with knowledge from use. */
    public MirrorTestResult learned(long bytesPerSecond, long failures) {
        return new MirrorTestResult(mirror, countryCode, latency, databaseModified, bytesPerSecond, failures);
    }
}
