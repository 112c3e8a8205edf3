package flexo.web;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Optional;

/** How a reverse proxy is asked to send a whole file by itself: by a header in place of the body. */
public enum FileHandover {
    /** It is not: every file goes through us. */
    NONE,
    /** As nginx knows it: the path below an internal location for the cache directory. */
    X_ACCEL_REDIRECT,
    /** As the module xsendfile of httpd, and lighttpd know it: the file's own path. */
    X_SENDFILE;

    /** The location that the shipped configuration of nginx has for the cache directory. */
    private static final String LOCATION = "/flexo-cache/";

    /** {@return the header's name} */
    String header() {
        return this == X_ACCEL_REDIRECT ? "X-Accel-Redirect" : "X-Sendfile";
    }

    /**
     * The header's value.
     *
     * @param file what is to be sent
     * @param cacheDirectory all that the proxy can read
     * @return empty if the file is not for a proxy to send
     */
    Optional<String> value(Path file, Path cacheDirectory) {
        if (this == NONE || !file.startsWith(cacheDirectory)) {
            return Optional.empty();
        }
        return Optional.of(
                encoded(this == X_ACCEL_REDIRECT ? LOCATION + cacheDirectory.relativize(file) : file.toString()));
    }

    /** Both decode it. */
    private static String encoded(String path) {
        try {
            return new URI(null, null, path, null).toASCIIString();
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(path, e);
        }
    }
}
