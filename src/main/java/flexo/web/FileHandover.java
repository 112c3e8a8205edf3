package flexo.web;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Optional;

/** The header by which a reverse proxy is told to send a whole file by itself. */
public enum FileHandover {
    /** None: we send every file. */
    NONE,
    /** nginx: the path below an internal location for the cache directory. */
    X_ACCEL_REDIRECT,
    /** httpd with mod_xsendfile, and lighttpd: the path of the file. */
    X_SENDFILE;

    /** The location of the cache directory in the shipped configuration of nginx. */
    private static final String LOCATION = "/flexo-cache/";

    /** {@return the header's name} */
    String header() {
        return this == X_ACCEL_REDIRECT ? "X-Accel-Redirect" : "X-Sendfile";
    }

    /**
     * The header's value.
     *
     * @param file the file to send
     * @param cacheDirectory the directory that the proxy can read
     * @return empty if the proxy cannot send the file
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
