package flexo.mirror;

import java.time.Duration;
import java.time.Instant;

/**
 * What the official status document says about one mirror. A component is null where the document says nothing, or
 * nothing that makes sense.
 *
 * @param url the address as written, of any protocol; never null
 * @param protocol {@code https}, {@code http}, {@code rsync} or whatever comes next
 * @param active whether the mirror is in service
 * @param lastSync when it was last seen to be synchronised
 * @param completion how much of the repositories it has, 0 to 1
 * @param delay how far it lags behind on average
 * @param averageSeconds average time of the document's own checks
 * @param deviationSeconds standard deviation of those times
 * @param score the document's own judgement, lower is better
 * @param countryCode two letters in upper case; empty for mirrors that are everywhere
 * @param ipv4 whether it can be reached by IPv4
 * @param ipv6 whether it can be reached by IPv6
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

    /** Tells whether every field is set that a choice is based on; a mirror that never synchronised lacks some. */
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
