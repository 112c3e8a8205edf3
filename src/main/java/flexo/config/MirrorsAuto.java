package flexo.config;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * The settings below {@code [mirrors_auto]}: which mirrors are chosen when {@link MirrorSelectionMethod#AUTO} is set.
 *
 * @param mirrorsStatusJsonEndpoint the mirror status document; may carry credentials
 * @param mirrorsStatusJsonEndpointFallbacks tried in this order when the endpoint fails; may carry credentials
 * @param mirrorsBlacklist mirrors never used, as URLs ending in a slash
 * @param httpsRequired whether only https mirrors are used
 * @param ipv4 whether a mirror must be reachable by IPv4
 * @param ipv6 whether a mirror must be reachable by IPv6
 * @param maxScore the worst score of the status document that still passes; lower is better
 * @param numMirrors how many mirrors are tested again after the first time, at least 1
 * @param order which mirrors are taken when more pass
 * @param timeout of one mirror test, positive
 * @param allowedCountries ISO 3166 codes in upper case; empty means all
 */
public record MirrorsAuto(
        URI mirrorsStatusJsonEndpoint,
        List<URI> mirrorsStatusJsonEndpointFallbacks,
        List<URI> mirrorsBlacklist,
        boolean httpsRequired,
        boolean ipv4,
        boolean ipv6,
        double maxScore,
        int numMirrors,
        MirrorOrder order,
        Duration timeout,
        Set<String> allowedCountries) {

    /** Copies the collections. */
    public MirrorsAuto {
        mirrorsStatusJsonEndpointFallbacks = List.copyOf(mirrorsStatusJsonEndpointFallbacks);
        mirrorsBlacklist = List.copyOf(mirrorsBlacklist);
        allowedCountries = Set.copyOf(allowedCountries);
    }

    /** {@return a short text without the URLs, which may carry credentials} */
    @Override
    public String toString() {
        return "MirrorsAuto[countries=" + allowedCountries + ", maxScore=" + maxScore + ", numMirrors=" + numMirrors
                + ", timeout=" + timeout + "]";
    }
}
