package flexo.web;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The URL by which a client has reached the application, in the client's spelling.
 *
 * @param scheme {@code http} or {@code https}
 * @param authority the host, and the port unless it is the default; free of characters with a meaning in HTML or a
 *     shell
 * @param contextPath empty, or with a leading slash
 */
record ReachedUrl(String scheme, String authority, String contextPath) {
    private static final Pattern AUTHORITY =
            Pattern.compile("([0-9a-zA-Z_]([0-9a-zA-Z._-]{0,252})|\\[[0-9a-fA-F:.]{2,45}])(:\\d{1,5})?");

    static ReachedUrl of(HttpServletRequest request, TrustedProxies proxies) {
        boolean proxied = proxies.sent(request);
        String scheme = forwarded(request, "X-Forwarded-Proto", proxied)
                .map(proto -> proto.toLowerCase(Locale.ROOT))
                .filter(proto -> proto.equals("http") || proto.equals("https"))
                .orElse(request.getScheme());
        String authority = forwarded(request, "X-Forwarded-Host", proxied)
                .or(() -> Optional.ofNullable(request.getHeader("Host")))
                .filter(host -> AUTHORITY.matcher(host).matches())
                .orElseGet(() -> "localhost:" + request.getLocalPort());
        String usualPort = scheme.equals("https") ? ":443" : ":80";
        return new ReachedUrl(
                scheme,
                authority.endsWith(usualPort) && !authority.endsWith("]")
                        ? authority.substring(0, authority.length() - usualPort.length())
                        : authority,
                // The container's spelling: the client's could lead elsewhere.
                request.getServletContext().getContextPath());
    }

    /** Each proxy appends its own value; the first one was contacted by the client. */
    private static Optional<String> forwarded(HttpServletRequest request, String header, boolean proxied) {
        return Optional.ofNullable(proxied ? request.getHeader(header) : null)
                .map(value -> value.split(",", 2)[0].strip());
    }

    /** Whether a page of this origin (RFC 6454) comes from the same server. */
    boolean isSameOrigin(String origin) {
        return origin.equalsIgnoreCase(scheme + "://" + authority);
    }

    /** Without a trailing slash. */
    @Override
    public String toString() {
        return scheme + "://" + authority + contextPath;
    }
}
