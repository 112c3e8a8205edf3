package flexo.mirror;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The reader of the mirror status document, as {@code https://archlinux.org/mirrors/status/json/} publishes it.
 *
 * <p>Tolerant of what it does not know: fields, protocols, nulls, entries of another shape. Strict about the whole: a
 * document without a single mirror is a failure, so that it can never replace mirrors that are known.
 */
public final class MirrorStatusJson {

    private static final String NAME = "The mirror status document";
    private static final Duration SECOND = Duration.ofSeconds(1);

    private MirrorStatusJson() {}

    /**
     * The mirrors a document names, in its order, whether usable or not.
     *
     * @param document UTF-8 text of the document
     * @throws UnusableDocumentException if it is no JSON, or names no mirror
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
