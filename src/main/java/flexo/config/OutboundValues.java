package flexo.config;

import flexo.upstream.Credential;
import flexo.upstream.HttpProxy;
import flexo.upstream.TlsSetup;
import flexo.upstream.UpstreamAccess;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Parses values for the way to upstreams: proxies, hosts, secrets, certificate files. */
final class OutboundValues {
    private static final Pattern HEADER_NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

    private OutboundValues() {}

    /** {@return the proxy at a URL, or no proxy for the word {@code none}} */
    static Optional<UpstreamAccess.Way> proxy(String text) {
        return text.equalsIgnoreCase("none")
                ? Optional.of(new UpstreamAccess.Way(Optional.empty()))
                : proxyUrl(text).map(proxy -> new UpstreamAccess.Way(Optional.of(proxy)));
    }

    /** {@return the proxy in a process variable, in which http:// is optional} */
    static Optional<UpstreamAccess.Way> proxyOfProcess(String text) {
        return proxyUrl(text.contains("://") ? text : "http://" + text)
                .map(proxy -> new UpstreamAccess.Way(Optional.of(proxy)));
    }

    private static Optional<HttpProxy> proxyUrl(String text) {
        try {
            URI uri = new URI(text);
            String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
            boolean pathIsEmpty = uri.getRawPath() == null
                    || uri.getRawPath().isEmpty()
                    || uri.getRawPath().equals("/");
            if (!scheme.equals("http")
                    || uri.getHost() == null
                    || uri.getPort() == 0
                    || uri.getPort() > 65535
                    || !pathIsEmpty
                    || uri.getRawQuery() != null
                    || uri.getRawFragment() != null) {
                return Optional.empty();
            }
            int port = uri.getPort() > 0 ? uri.getPort() : 80;
            String host = uri.getHost().toLowerCase(Locale.ROOT);
            if (uri.getUserInfo() == null) {
                return Optional.of(new HttpProxy(host, port, Optional.empty()));
            }
            int colon = uri.getUserInfo().indexOf(':');
            return colon < 1
                    ? Optional.empty()
                    : Optional.of(new HttpProxy(
                            host,
                            port,
                            Optional.of(Credential.basic(
                                    uri.getUserInfo().substring(0, colon),
                                    uri.getUserInfo().substring(colon + 1)))));
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    /** {@return the path of a readable file} */
    static Optional<Path> readableFile(String text) {
        return PlainValues.absolutePath(text).filter(Files::isRegularFile).filter(Files::isReadable);
    }

    /** {@return a valid header value} */
    static Optional<String> headerValue(String text) {
        return Optional.of(text)
                .filter(value -> !value.isBlank())
                .filter(value -> value.chars().allMatch(c -> c == '\t' || (c >= 0x20 && c < 0x7f)));
    }

    /** Whether this is a valid header name (RFC 9110, section 5.1). */
    static boolean isHeaderName(String text) {
        return HEADER_NAME.matcher(text).matches();
    }

    /** {@return a user name for Basic authentication} A colon would end it early, and the rest may be the password. */
    static Parsed<String> user(String text) {
        return text.isBlank() || text.indexOf(':') >= 0 || hasControls(text)
                ? hidden("expected a user name without colon")
                : Parsed.right(text);
    }

    /** {@return a secret, verbatim; mistakes never show it} */
    static Parsed<Secret> secret(String text) {
        return text.isBlank() || hasControls(text)
                ? hidden("expected a text of at least one character, without control characters")
                : Parsed.right(new Secret(text));
    }

    private static boolean hasControls(String text) {
        return text.chars().anyMatch(Character::isISOControl);
    }

    private static <T> Parsed<T> hidden(String expected) {
        return Parsed.wrong(
                List.of(new Parsed.Mistake(Parsed.WHOLE, Optional.empty(), expected + "; what is there is not shown")));
    }

    /** {@return the oldest version of TLS that is spoken} */
    static Optional<TlsSetup.Minimum> tlsVersion(String text) {
        return switch (text) {
            case "1.2" -> Optional.of(TlsSetup.Minimum.TLS_1_2);
            case "1.3" -> Optional.of(TlsSetup.Minimum.TLS_1_3);
            default -> Optional.empty();
        };
    }

    /** {@return an address below which credentials count} */
    static Optional<URI> prefix(String text) {
        return UpstreamUrl.base(text).filter(uri -> uri.getRawUserInfo() == null);
    }
}
