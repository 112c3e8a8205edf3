package flexo.testing;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One request as a mirror saw it.
 *
 * @param connection number of the connection it came on, from 1
 * @param method for example {@code GET}
 * @param target the request target exactly as sent
 * @param path the target's path, percent-decoded
 * @param headers values by lower-case name
 * @param nanoTime when it was read, as of {@link System#nanoTime}
 * @param bodyBytesSent bytes of the response body that went out so far
 */
public record RecordedRequest(
        int connection,
        String method,
        String target,
        String path,
        Map<String, List<String>> headers,
        long nanoTime,
        AtomicLong bodyBytesSent) {
    /**
     * A header's first value.
     *
     * @param name in any case
     * @return the value, or empty if the header is absent
     */
    public Optional<String> header(String name) {
        return headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of()).stream()
                .findFirst();
    }

    /**
     * The Range header.
     *
     * @return its value, or {@code none}
     */
    public String range() {
        return header("Range").orElse("none");
    }
}
