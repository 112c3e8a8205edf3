package flexo.upstream;

import java.net.URI;
import java.util.Locale;

/**
 * The origin of a server (RFC 9110, section 4.3.1), to which credentials are bound.
 *
 * @param scheme in lower case
 * @param host in lower case
 * @param port as given, else the default of the scheme
 */
record Origin(String scheme, String host, int port) {
    private static final int HTTP = 80;
    private static final int HTTPS = 443;

    static Origin of(URI address) {
        String scheme = address.getScheme().toLowerCase(Locale.ROOT);
        int usual = scheme.equals("https") ? HTTPS : HTTP;
        return new Origin(
                scheme, address.getHost().toLowerCase(Locale.ROOT), address.getPort() < 0 ? usual : address.getPort());
    }
}
