package flexo.mirror;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/**
 * What is known of one mirror after a test, and from its use since.
 *
 * @param mirror the mirror
 * @param countryCode two letters in upper case; empty if it is in no country, or it is not known in which
 * @param latency time to answer a small request, name lookup left out; null if it was never measured
 * @param databaseModified when the mirror's {@code core.db} was made; null if it did not tell
 * @param bytesPerSecond what it delivered lately; 0 if nothing was downloaded from it yet
 * @param failures how many transfers from it failed by its own fault since the last restart or reset
 */
public record MirrorTestResult(
        Mirror mirror,
        String countryCode,
        Duration latency,
        Instant databaseModified,
        long bytesPerSecond,
        long failures) {

    /** Refuses a result without a mirror or a country. */
    public MirrorTestResult {
        Objects.requireNonNull(mirror, "mirror");
        Objects.requireNonNull(countryCode, "countryCode");
    }

    /** What a test alone finds out. */
    public static MirrorTestResult measured(MirrorCandidate candidate, Duration latency, Instant databaseModified) {
        return new MirrorTestResult(candidate.mirror(), candidate.countryCode(), latency, databaseModified, 0, 0);
    }

    /** The same test with what the use of the mirror has taught. */
    public MirrorTestResult learned(long bytesPerSecond, long failures) {
        return new MirrorTestResult(mirror, countryCode, latency, databaseModified, bytesPerSecond, failures);
    }
}
