package flexo.config;

import flexo.mirror.Mirror;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The location of an unofficial repository: an http or https URL, or a directory of this machine.
 *
 * @param mirror empty if it is a directory
 * @param directory empty if it is a mirror
 */
record RepositoryUrl(Optional<Mirror> mirror, Optional<Path> directory) {

    /** {@return the location in a text such as {@code https://host/path} or {@code file:///directory/}} */
    static Optional<RepositoryUrl> parse(String text) {
        return UpstreamUrl.isFile(text)
                ? UpstreamUrl.file(text)
                        .filter(it -> !UpstreamUrl.hasVariable(it))
                        .map(Path::of)
                        .map(it -> new RepositoryUrl(Optional.empty(), Optional.of(it)))
                : UpstreamUrl.mirror(text).map(it -> new RepositoryUrl(Optional.of(it), Optional.empty()));
    }
}
