package flexo.mirror;

import java.util.Objects;

/**
 * A mirror that fits the criteria and is to be tested.
 *
 * @param mirror the mirror
 * @param countryCode two letters in upper case; empty if it is in no country, or it is not known in which
 */
public record MirrorCandidate(Mirror mirror, String countryCode) {

    /** Refuses nulls. */
    public MirrorCandidate {
        Objects.requireNonNull(mirror, "mirror");
        Objects.requireNonNull(countryCode, "countryCode");
    }
}
