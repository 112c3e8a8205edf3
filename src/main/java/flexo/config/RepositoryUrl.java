package flexo.config;

import flexo.mirror.Mirror;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where an unofficial repository lies: at an http or https address, or in a directory of this machine.
 *
 * @param mirror empty if it is a directory
 * @param directory empty if it is a mirror
 */
record RepositoryUrl(Optional<Mirror> mirror, Optional<Path> directory) {

    /** {@return what a text such as {@code https://host/path} or {@code file:///directory/} names} */
    static Optional<RepositoryUrl> parse(String text) {
        return text.regionMatches(true, 0, "file:", 0, 5)
                ? directory(text).map(it -> new RepositoryUrl(Optional.empty(), Optional.of(it)))
                : UpstreamUrl.mirror(text).map(it -> new RepositoryUrl(Optional.of(it), Optional.empty()));
    }

    /** Of file:/a, file:///a and file://localhost/a (RFC 8089) the path is all that counts. */
    private static Optional<Path> directory(String text) {
        try {
            URI uri = new URI(text);
            return Optional.of(uri)
                    .filter(it -> it.getRawPath() != null && it.getRawPath().startsWith("/"))
                    .filter(it ->
                            it.getRawAuthority() == null || it.getRawAuthority().equals("localhost"))
                    .filter(it -> it.getRawQuery() == null && it.getRawFragment() == null)
                    .filter(it -> !UpstreamUrl.hasVariable(it))
                    .map(it -> Path.of(URI.create("file://" + it.getRawPath())));
        } catch (URISyntaxException | IllegalArgumentException e) {
            // What is well-formed need not be a path: it may hold an encoded zero.
            return Optional.empty();
        }
    }
}
