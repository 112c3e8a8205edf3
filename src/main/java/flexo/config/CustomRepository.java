package flexo.config;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One unofficial repository: {@code /custom_repo/{name}/{rest}} is fetched as {@code {url}{rest}}.
 *
 * @param name the path segment clients use
 * @param urls where it is fetched from, in this order; each ends in a slash and is http or https and may carry
 *     credentials, or there is one alone that is a {@code file:} directory; empty if there is a mirrorlist
 * @param mirrorlist a file in pacman's format that says where it is fetched from; empty if there are URLs
 * @param overrides what is different from all other repositories
 * @param proxy the way to it; empty for the usual one
 * @param credentials sent to all its URLs; empty for those that are in the URL, or none
 * @param headers sent with each request for it, by name
 */
public record CustomRepository(
        String name,
        List<URI> urls,
        Optional<Path> mirrorlist,
        RepositoryOverrides overrides,
        Optional<ProxyChoice> proxy,
        Optional<Credentials> credentials,
        Map<String, Secret> headers) {
    /** Copies the collections. */
    public CustomRepository {
        urls = List.copyOf(urls);
        headers = Map.copyOf(headers);
    }

    /** A repository at one URL, about which nothing else is said. */
    static CustomRepository at(String name, URI url) {
        return new CustomRepository(
                name,
                List.of(url),
                Optional.empty(),
                RepositoryOverrides.NONE,
                Optional.empty(),
                Optional.empty(),
                Map.of());
    }

    /** {@return name and where it is fetched from, without credentials} */
    @Override
    public String toString() {
        return name + "@"
                + mirrorlist
                        .map(Path::toString)
                        .orElseGet(() -> MaskedText.of(String.join(
                                ",", urls.stream().map(URI::toString).toList())));
    }
}
