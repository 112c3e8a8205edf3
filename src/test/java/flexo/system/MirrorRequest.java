package flexo.system;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * One request as a mirror logged it.
 *
 * @param port the mirror's port
 * @param method for example {@code GET}
 * @param path the decoded path
 * @param headers values by lower-case name
 * @param status of the answer; 0 if there was none
 * @param sentBytes how much of the body went out
 */
record MirrorRequest(int port, String method, String path, Map<String, String> headers, int status, long sentBytes) {
    static MirrorRequest of(Object logged) {
        Map<String, Object> row = JsonText.asObject(logged);
        Map<String, String> headers = new LinkedHashMap<>();
        for (Object header : JsonText.asArray(row.get("headers"))) {
            List<Object> pair = JsonText.asArray(header);
            headers.put(
                    pair.get(0).toString().toLowerCase(Locale.ROOT), pair.get(1).toString());
        }
        return new MirrorRequest(
                (int) JsonText.asLong(row.get("port")),
                row.get("method").toString(),
                row.get("path").toString(),
                Map.copyOf(headers),
                (int) JsonText.asLong(row.get("status")),
                JsonText.asLong(row.get("sent")));
    }

    /**
     * Whether it is for a package file or a package file's signature.
     *
     * @return true if so
     */
    boolean isForPackage() {
        return path.contains(".pkg.tar.");
    }

    /**
     * The first byte of the requested range.
     *
     * @return the offset, or empty if the whole file was asked for
     */
    Optional<Long> rangeStart() {
        return Optional.ofNullable(headers.get("range"))
                .map(range -> Long.valueOf(range.substring("bytes=".length(), range.indexOf('-'))));
    }

    /**
     * Who asked.
     *
     * @return the user agent, empty if it did not say
     */
    String userAgent() {
        return headers.getOrDefault("user-agent", "");
    }
}
