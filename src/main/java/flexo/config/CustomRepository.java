package flexo.config;

import flexo.mirror.Mirror;
import flexo.upstream.Credential;
import flexo.upstream.UpstreamAccess;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One unofficial repository: {@code /custom_repo/{name}/{rest}} is fetched as {@code {mirror}{rest}}.
 *
 * @param name the path segment clients use
 * @param mirrors its mirrors in the order of use; empty if there is a directory or a mirrorlist
 * @param directory its directory on this machine; empty if it is fetched
 * @param mirrorlist the path of a pacman mirrorlist; empty if there are mirrors or a directory
 * @param overrides its own values of general settings
 * @param way its proxy; empty for the general one
 * @param credential sent to all its mirrors; empty for those in their URLs, or none
 * @param headers the headers of each request for it, by name; the values are secret
 */
public record CustomRepository(
        String name,
        List<Mirror> mirrors,
        Optional<Path> directory,
        Optional<Path> mirrorlist,
        RepositoryOverrides overrides,
        Optional<UpstreamAccess.Way> way,
        Optional<Credential> credential,
        Map<String, String> headers) {
    public CustomRepository {
        mirrors = List.copyOf(mirrors);
        headers = Map.copyOf(headers);
    }

    /** A repository at one location, with defaults for the rest. */
    static CustomRepository at(String name, RepositoryUrl url) {
        return new CustomRepository(
                name,
                url.mirror().stream().toList(),
                url.directory(),
                Optional.empty(),
                RepositoryOverrides.NONE,
                Optional.empty(),
                Optional.empty(),
                Map.of());
    }

    /** {@return the way to one of its mirrors} */
    public UpstreamAccess access(Mirror mirror) {
        return new UpstreamAccess(mirror.base(), way, credential, headers);
    }

    /** {@return its name and location, without credentials} */
    @Override
    public String toString() {
        return name + "@" + mirrorlist.or(() -> directory).map(Path::toString).orElseGet(mirrors::toString);
    }
}
