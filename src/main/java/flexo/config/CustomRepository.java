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
 * @param mirrors where it is fetched from, in this order; empty if there is a directory or a mirrorlist
 * @param directory where it lies on this machine; empty if it is fetched
 * @param mirrorlist a file in pacman's format that says where it is fetched from; empty if there is one of the others
 * @param overrides what is different from all other repositories
 * @param way to it; empty for the usual one
 * @param credential sent to all its mirrors; empty for those that are in their addresses, or none
 * @param headers sent with each request for it, by name; the values are secret
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
    /** Copies the collections. */
    public CustomRepository {
        mirrors = List.copyOf(mirrors);
        headers = Map.copyOf(headers);
    }

    /** A repository in one place, about which nothing else is said. */
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

    /** {@return how a mirror of it is asked} */
    public UpstreamAccess access(Mirror mirror) {
        return new UpstreamAccess(mirror.base(), way, credential, headers);
    }

    /** {@return name and where it is fetched from, without credentials} */
    @Override
    public String toString() {
        return name + "@" + mirrorlist.or(() -> directory).map(Path::toString).orElseGet(mirrors::toString);
    }
}
