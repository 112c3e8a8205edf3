package flexo.config;

import flexo.mirror.Mirror;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads URLs of mirrors, repositories and documents. Those of servers may carry credentials, {@code https://user:password@host/}. */
final class UpstreamUrl {
    /** pacman puts the rest in place of these; in a list of mirrors they are a mistake that is easily made. */
    private static final Pattern MIRRORLIST_VARIABLE = Pattern.compile("\\$(repo|arch)|\\$\\{");

    private UpstreamUrl() {}

    /** {@return a URL that paths can be appended to: it ends in a slash and has neither query nor fragment} */
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

    /** {@return a URL of one document, left as it is written but for the case of scheme and host; may be a file} */
    static Optional<URI> document(String text) {
        return isFile(text) ? file(text) : httpUrl(text);
    }

    static boolean isFile(String text) {
        return text.regionMatches(true, 0, "file:", 0, 5);
    }

    /** Of file:/a, file:///a and file://localhost/a (RFC 8089) the path is all that counts. */
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
            // What is well-formed need not be a path: it may hold an encoded zero.
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
