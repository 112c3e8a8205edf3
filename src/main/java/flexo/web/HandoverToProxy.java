package flexo.web;

import jakarta.servlet.http.HttpServletRequest;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Decides whether a reverse proxy sends a file in our place.
 *
 * @param way evaluated for each request
 * @param cacheDirectory the directory that the proxy can read
 * @param proxies only these learn the paths of files
 */
public record HandoverToProxy(Supplier<FileHandover> way, Path cacheDirectory, TrustedProxies proxies) {
    /** A header for the proxy. */
    record Header(String name, String value) {}

    /** The header for a file; empty if we send it. */
    Optional<Header> of(HttpServletRequest request, Path file) {
        FileHandover now = way.get();
        return now.value(file, cacheDirectory)
                .filter(value -> proxies.sent(request))
                .map(value -> new Header(now.header(), value));
    }
}
