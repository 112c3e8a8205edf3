package flexo.mirror;

import java.util.Objects;

/**
 * A mirror that meets the criteria and is to be tested.
 *
 * @param mirror the mirror
 * @param countryCode two upper-case letters; empty if the country is unknown, or there is none
 */
public record MirrorCandidate(Mirror mirror, String countryCode) {

    public MirrorCandidate {
        Objects.requireNonNull(mirror, "mirror");
        Objects.requireNonNull(countryCode, "countryCode");
    }
}
