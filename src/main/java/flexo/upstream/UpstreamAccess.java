package flexo.upstream;

import java.net.URI;
import java.util.Map;
import java.util.Optional;

/**
 * The access to one upstream: all URLs of its server with its path as prefix.
 *
 * @param prefix its URL
 * @param way its proxy; empty for the general one
 * @param credential its credentials, if it needs authentication
 * @param headers additional headers, by name; the values may be secret
 */
public record UpstreamAccess(
        URI prefix, Optional<Way> way, Optional<Credential> credential, Map<String, String> headers) {

    /**
     * The way to an upstream.
     *
     * @param proxy the proxy; empty for none
     */
    public record Way(Optional<HttpProxy> proxy) {}

    public UpstreamAccess {
        headers = Map.copyOf(headers);
    }

    /** An upstream with authentication. */
    public static UpstreamAccess with(URI prefix, Credential credential) {
        return new UpstreamAccess(prefix, Optional.empty(), Optional.of(credential), Map.of());
    }

    /** Same scheme, host and port, and whole path segments: {@code /a} covers {@code /a/b} but not {@code /ab}. */
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

    /** Omits everything that may be secret. */
    @Override
    public String toString() {
        return Origin.of(prefix) + prefix.getRawPath();
    }
}
