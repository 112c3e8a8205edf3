package flexo.testing;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A mirror status document with the fields of {@code https://archlinux.org/mirrors/status/json/}. One thread. */
public final class StatusDocument {
    /** Where a mirror carries it. */
    public static final String PATH = "/mirrors/status/json/";

    private final List<Map<String, String>> entries = new ArrayList<>();
    private final Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);

    /** A document without mirrors. */
    public StatusDocument() {}

    /**
     * Adds a mirror that every criterion accepts, apart from what is said otherwise. The later it is added, the worse is
     * its score, by a hundredth of a hundredth.
     *
     * @param url address; its scheme is the protocol
     * @param alterations names of fields, each followed by its value as JSON
     * @return this
     */
    public StatusDocument add(String url, String... alterations) {
        Map<String, String> entry = new LinkedHashMap<>();
        entry.put("url", quoted(url));
        entry.put("protocol", quoted(url.substring(0, url.indexOf(':'))));
        entry.put("last_sync", quoted(now.minus(Duration.ofHours(1)).toString()));
        entry.put("completion_pct", "1.0");
        entry.put("delay", "1234");
        entry.put("duration_avg", "0.4109834");
        entry.put("duration_stddev", "0.3007842");
        entry.put("score", String.valueOf(1 + entries.size() * 1e-4));
        entry.put("active", "true");
        entry.put("country", quoted("Germany"));
        entry.put("country_code", quoted("DE"));
        entry.put("isos", "true");
        entry.put("ipv4", "true");
        entry.put("ipv6", "true");
        entry.put("details", quoted("https://archlinux.org/mirrors/example.org/" + entries.size() + "/"));
        for (int i = 0; i < alterations.length; i += 2) {
            entry.put(alterations[i], alterations[i + 1]);
        }
        entries.add(entry);
        return this;
    }

    /**
     * The document as a file of a mirror.
     *
     * @return UTF-8 text
     */
    public FileContent content() {
        return FileContent.of(json().getBytes(StandardCharsets.UTF_8));
    }

    /**
     * The document.
     *
     * @return JSON
     */
    public String json() {
        String urls = entries.stream()
                .map(entry -> entry.entrySet().stream()
                        .map(field -> quoted(field.getKey()) + ": " + field.getValue())
                        .collect(Collectors.joining(", ", "{", "}")))
                .collect(Collectors.joining(",\n"));
        return "{\"cutoff\": 86400, \"last_check\": " + quoted(now.toString())
                + ", \"num_checks\": 61, \"check_frequency\": 1380, \"version\": 3, \"urls\": [\n" + urls + "\n]}\n";
    }

    private static String quoted(String text) {
        return '"' + text + '"';
    }
}
