package flexo.mirror;

import java.time.Duration;
import java.time.Instant;

/**
 * The entry of the official status document for one mirror. A component is null if it is missing or invalid.
 *
 * @param url the URL as written, of any protocol; never null
 * @param protocol {@code https}, {@code http}, {@code rsync} or any other
 * @param active whether the mirror is in service
 * @param lastSync the last time it was seen synchronised
 * @param completion the fraction of the repositories it has, 0 to 1
 * @param delay its average lag
 * @param averageSeconds the average time of the document's own checks
 * @param deviationSeconds the standard deviation of those times
 * @param score the document's own rating, lower is better
 * @param countryCode two upper-case letters; empty for worldwide mirrors
 * @param ipv4 whether it is reachable by IPv4
 * @param ipv6 whether it is reachable by IPv6
 */
public record MirrorStatus(
        String url,
        String protocol,
        Boolean active,
        Instant lastSync,
        Double completion,
        Duration delay,
        Double averageSeconds,
        Double deviationSeconds,
        Double score,
        String countryCode,
        Boolean ipv4,
        Boolean ipv6) {

    /** Whether all fields are set that the criteria need; a mirror that never synchronised lacks some. */
    public boolean complete() {
        return protocol != null
                && lastSync != null
                && completion != null
                && delay != null
                && averageSeconds != null
                && deviationSeconds != null
                && score != null
                && countryCode != null
                && ipv4 != null
                && ipv6 != null;
    }
}
