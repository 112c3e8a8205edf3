package flexo.mirror;

import flexo.alpm.RepositoryPath;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Objects;

/**
 * A server that carries repositories, identified by its base URL: an official mirror's is followed by
 * {@code core/os/x86_64/core.db}.
 *
 * <p>Two mirrors are equal if their normalised URLs are: scheme and host in lower case, no default port, no {@code .}
 * or {@code ..} and no double slash in the path, one trailing slash.
 *
 * @param base an absolute http or https URL with a trailing slash; may contain user and password
 */
public record Mirror(URI base) {
    private static final int MAX_PORT = 65_535;
    private static final int FINGERPRINT_BYTES = 8;

    /**
     * Normalises the URL.
     *
     * @throws IllegalArgumentException with a sentence for people, if the URL is not an absolute http or https URL with
     *     a host, or has a query or a fragment
     */
    public Mirror {
        base = normalised(Objects.requireNonNull(base, "base"));
    }

    /**
     * Parses a mirror's URL, with or without trailing slash.
     *
     * @throws IllegalArgumentException with a sentence for people, if the text is no such URL
     */
    public static Mirror of(String address) {
        String text = address.strip();
        try {
            return new Mirror(URI.create(text));
        } catch (IllegalArgumentException e) {
            if (e.getCause() == null) {
                throw e;
            }
            throw new IllegalArgumentException(
                    "\"" + UserInfo.masked(text) + "\" is not a mirror: it is not a well-formed URL", e);
        }
    }

    /** The URL of a file on this mirror. */
    public URI uri(RepositoryPath path) {
        return URI.create(base + path.toUrlPath());
    }

    /** A stable identifier of the mirror that reveals neither its URL nor its password. */
    public String fingerprint() {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest(base.toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, FINGERPRINT_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Whether this mirror uses TLS. */
    public boolean https() {
        return "https".equals(base.getScheme());
    }

    /** The URL for people and logs, with the password masked. */
    @Override
    public String toString() {
        return UserInfo.masked(base.toString());
    }

    private static URI normalised(URI given) {
        String scheme = given.getScheme() == null ? "" : given.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw unusable(given, "it must begin with http:// or https://");
        }
        if (given.getHost() == null) {
            throw unusable(given, "it names no host");
        }
        if (given.getPort() > MAX_PORT) {
            throw unusable(given, "its port is above " + MAX_PORT);
        }
        if (given.getRawQuery() != null || given.getRawFragment() != null) {
            throw unusable(given, "it must not contain ? or #");
        }
        StringBuilder text = new StringBuilder(scheme).append("://");
        if (given.getRawUserInfo() != null) {
            text.append(given.getRawUserInfo()).append('@');
        }
        text.append(given.getHost().toLowerCase(Locale.ROOT));
        if (given.getPort() >= 0 && given.getPort() != (scheme.equals("https") ? 443 : 80)) {
            text.append(':').append(given.getPort());
        }
        String path = given.getRawPath() == null ? "" : given.getRawPath();
        text.append((path + "/").replaceAll("/+", "/"));
        return URI.create(text.toString()).normalize();
    }

    private static IllegalArgumentException unusable(URI given, String reason) {
        return new IllegalArgumentException("\"" + UserInfo.masked(given.toString()) + "\" is not a mirror: " + reason);
    }
}
