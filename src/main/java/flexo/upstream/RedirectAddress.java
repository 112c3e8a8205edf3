package flexo.upstream;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Resolves a {@code Location} like curl, and so pacman: invalid characters are percent-encoded, since servers send
 * spaces and brackets in file names unencoded.
 */
final class RedirectAddress {
    /** Besides letters and digits (RFC 3986, section 2); brackets are valid only in hosts. */
    private static final String PLAIN = "-._~:/?#@!$&'()*+,;=";

    private RedirectAddress() {}

    /** The URL of a location relative to the requested one; empty if it is invalid. */
    static Optional<URI> of(String location, URI from) {
        try {
            String text = location.strip();
            int path = startOfPath(text);
            URI to = from.resolve(new URI(text.substring(0, path) + encoded(text.substring(path))))
                    .normalize();
            return Optional.of(withoutFragment(to));
        } catch (URISyntaxException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Behind scheme, host and port, if present. */
    private static int startOfPath(String text) {
        int slashes = text.indexOf("//");
        boolean host =
                slashes == 0 || (slashes > 0 && text.indexOf("://") == slashes - 1 && text.indexOf('/') == slashes);
        if (!host) {
            return 0;
        }
        int end = slashes + 2;
        while (end < text.length() && "/?#".indexOf(text.charAt(end)) < 0) {
            end++;
        }
        return end;
    }

    private static String encoded(String text) {
        // Header fields are decoded as ISO 8859-1, so each character is one byte.
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        StringBuilder encoded = new StringBuilder(text.length());
        for (int i = 0; i < bytes.length; i++) {
            char c = (char) (bytes[i] & 0xff);
            boolean plain = c < 0x80 && (Character.isLetterOrDigit(c) || PLAIN.indexOf(c) >= 0);
            if (plain || (c == '%' && isHex(text, i + 1) && isHex(text, i + 2))) {
                encoded.append(c);
            } else {
                encoded.append(String.format("%%%02X", (int) c));
            }
        }
        return encoded.toString();
    }

    private static boolean isHex(String text, int at) {
        return at < text.length() && Character.digit(text.charAt(at), 16) >= 0;
    }

    private static URI withoutFragment(URI to) throws URISyntaxException {
        String text = to.toString();
        int fragment = text.indexOf('#');
        return fragment < 0 ? to : new URI(text.substring(0, fragment));
    }
}
