package flexo.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads URLs of mirrors, repositories and documents. They may carry credentials, {@code https://user:password@host/}. */
final class UpstreamUrl {
    /** pacman puts the rest in place of these; in a list of mirrors they are a mistake that is easily made. */
    private static final Pattern MIRRORLIST_VARIABLE = Pattern.compile("\\$(repo|arch)|\\$\\{");

    private UpstreamUrl() {}

    /** {@return a URL that paths can be appended to: it ends in a slash and has neither query nor fragment} */
    static Optional<URI> base(String text) {
        return httpUrl(text)
                .filter(uri -> uri.getRawQuery() == null)
                .filter(uri -> !MIRRORLIST_VARIABLE.matcher(uri.getRawPath()).find())
                .map(uri -> uri.getRawPath().endsWith("/") ? uri : URI.create(uri + "/"));
    }

    /** {@return such a URL, or that of a directory on this machine, {@code file:///directory/}} */
    static Optional<URI> baseOrDirectory(String text) {
        return text.regionMatches(true, 0, "file:", 0, 5) ? directory(text) : base(text);
    }

    private static Optional<URI> directory(String text) {
        try {
            URI uri = new URI(text);
            // Of file:/a, file:///a and file://localhost/a (RFC 8089) the path is all that counts.
            return Optional.of(uri)
                    .filter(it -> it.getRawPath() != null && it.getRawPath().startsWith("/"))
                    .filter(it ->
                            it.getRawAuthority() == null || it.getRawAuthority().equals("localhost"))
                    .filter(it -> it.getRawQuery() == null && it.getRawFragment() == null)
                    .filter(it -> !MIRRORLIST_VARIABLE.matcher(it.getRawPath()).find())
                    .map(it -> URI.create(
                            "file://" + it.getRawPath() + (it.getRawPath().endsWith("/") ? "" : "/")));
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    /** {@return a URL of one document, left as it is written but for the case of scheme and host} */
    static Optional<URI> document(String text) {
        return httpUrl(text);
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
