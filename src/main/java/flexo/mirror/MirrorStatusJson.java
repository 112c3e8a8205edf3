package flexo.mirror;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Parses the mirror status document published at {@code https://archlinux.org/mirrors/status/json/}.
 *
 * <p>Tolerates unknown fields, protocols, nulls, and malformed entries. A document without a single mirror is an error,
 * so that it can never replace known mirrors.
 */
public final class MirrorStatusJson {

    private static final String NAME = "The mirror status document";
    private static final Duration SECOND = Duration.ofSeconds(1);

    private MirrorStatusJson() {}

    /**
     * All mirrors in a document, in its order, usable or not.
     *
     * @param document UTF-8 text of the document
     * @throws UnusableDocumentException if it is not JSON, or contains no mirror
     */
    public static List<MirrorStatus> parse(byte[] document) throws UnusableDocumentException {
        List<?> urls = Fields.of(DocumentJson.parse(document, NAME))
                .flatMap(fields -> fields.list("urls"))
                .orElseThrow(
                        () -> new UnusableDocumentException(
                                "The mirror status document has no list \"urls\"; it is not the document that archlinux.org publishes."));
        List<MirrorStatus> mirrors = urls.stream()
                .flatMap(entry -> Fields.of(entry).stream())
                .flatMap(fields -> status(fields).stream())
                .toList();
        if (mirrors.isEmpty()) {
            throw new UnusableDocumentException("The mirror status document names no mirror.");
        }
        return mirrors;
    }

    private static Optional<MirrorStatus> status(Fields fields) {
        return fields.text("url")
                .map(url -> new MirrorStatus(
                        url,
                        fields.text("protocol")
                                .map(text -> text.toLowerCase(Locale.ROOT))
                                .orElse(null),
                        fields.truth("active").orElse(null),
                        fields.instant("last_sync").orElse(null),
                        fields.real("completion_pct").orElse(null),
                        fields.duration("delay", SECOND).orElse(null),
                        fields.real("duration_avg").orElse(null),
                        fields.real("duration_stddev").orElse(null),
                        fields.real("score").orElse(null),
                        fields.text("country_code")
                                .map(text -> text.toUpperCase(Locale.ROOT))
                                .orElse(null),
                        fields.truth("ipv4").orElse(null),
                        fields.truth("ipv6").orElse(null)));
    }
}
