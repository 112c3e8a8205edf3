package flexo.upstream;

import java.net.URI;
import java.util.Map;
import java.util.Optional;

/**
 * How one upstream is asked: what holds for all addresses of its server whose path begins as its own does.
 *
 * @param prefix its address
 * @param way the way to it; empty if it is asked as all others
 * @param credential who we are to it, if it wants to know
 * @param headers what else is sent to it, by name; the values may be secret
 */
public record UpstreamAccess(
        URI prefix, Optional<Way> way, Optional<Credential> credential, Map<String, String> headers) {

    /**
     * A way to an upstream.
     *
     * @param proxy through which it leads; empty for none
     */
    public record Way(Optional<HttpProxy> proxy) {}

    /** Copies what could be changed. */
    public UpstreamAccess {
        headers = Map.copyOf(headers);
    }

    /** An upstream that wants to know who asks. */
    public static UpstreamAccess with(URI prefix, Credential credential) {
        return new UpstreamAccess(prefix, Optional.empty(), Optional.of(credential), Map.of());
    }

    /** Same scheme, host and port, and whole segments of the path: {@code /a} covers {@code /a/b} but not {@code /ab}. */
    boolean covers(URI address) {
        if (!Origin.of(prefix).equals(Origin.of(address))) {
            return false;
        }
        String ours = prefix.getRawPath();
        String theirs = address.normalize().getRawPath();
        return theirs.startsWith(ours)
                && (ours.endsWith("/")
                        || ours.isEmpty()
                        || theirs.length() == ours.length()
                        || theirs.charAt(ours.length()) == '/');
    }

    /** For people: nothing that may be secret. */
    @Override
    public String toString() {
        return Origin.of(prefix) + prefix.getRawPath();
    }
}
