package flexo.config;

import flexo.mirror.Mirror;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Parses URLs of mirrors, repositories and documents. They may contain credentials,
 * {@code https://user:password@host/}.
 */
final class UpstreamUrl {
    /** The variables that pacman replaces; in a list of mirrors they are a common mistake. */
    private static final Pattern MIRRORLIST_VARIABLE = Pattern.compile("\\$(repo|arch)|\\$\\{");

    private UpstreamUrl() {}

    /** {@return a URL to which paths can be appended: it ends with a slash, without query and fragment} */
    static Optional<URI> base(String text) {
        return httpUrl(text)
                .filter(uri -> uri.getRawQuery() == null)
                .filter(uri -> !hasVariable(uri))
                .map(uri -> uri.getRawPath().endsWith("/") ? uri : URI.create(uri + "/"));
    }

    /** {@return a mirror at such a URL} */
    static Optional<Mirror> mirror(String text) {
        try {
            return base(text).map(Mirror::new);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    static boolean hasVariable(URI uri) {
        return MIRRORLIST_VARIABLE.matcher(uri.getRawPath()).find();
    }

    /** {@return the URL of one document, with scheme and host in lower case; may be a file} */
    static Optional<URI> document(String text) {
        return isFile(text) ? file(text) : httpUrl(text);
    }

    static boolean isFile(String text) {
        return text.regionMatches(true, 0, "file:", 0, 5);
    }

    /** Only the path counts in file:/a, file:///a and file://localhost/a (RFC 8089). */
    static Optional<URI> file(String text) {
        try {
            URI uri = new URI(text);
            if (uri.getRawPath() == null
                    || !uri.getRawPath().startsWith("/")
                    || (uri.getRawAuthority() != null && !uri.getRawAuthority().equals("localhost"))
                    || uri.getRawQuery() != null
                    || uri.getRawFragment() != null) {
                return Optional.empty();
            }
            URI file = URI.create("file://" + uri.getRawPath());
            // A well-formed URL may still not be a path, such as with an encoded zero.
            return Optional.of(Path.of(file)).map(any -> file);
        } catch (URISyntaxException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Optional<URI> httpUrl(String text) {
        try {
            URI uri = new URI(text);
            if (uri.getScheme() == null
                    || uri.getHost() == null
                    || uri.getRawFragment() != null
                    || uri.getPort() > 65535) {
                return Optional.empty();
            }
            String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
            if (!scheme.equals("http") && !scheme.equals("https")) {
                return Optional.empty();
            }
            return Optional.of(new URI(scheme + "://"
                    + (uri.getRawUserInfo() == null ? "" : uri.getRawUserInfo() + "@")
                    + uri.getHost().toLowerCase(Locale.ROOT)
                    + (uri.getPort() < 0 ? "" : ":" + uri.getPort())
                    + uri.getRawPath()
                    + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery())));
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }
}
