package flexo.mirror;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The stored form of test results: one JSON object with {@code version}, {@code timestamp} and {@code mirrors}, the
 * best first. Also reads files of the original Flexo (version 3, with the list {@code download_providers}).
 */
public final class MirrorTestResultsJson {

    /** The version written; it continues the numbering of the original Flexo. */
    static final int VERSION = 4;

    private static final int FLEXO_VERSION = 3;
    private static final String NAME = "The file of stored mirror test results";
    private static final Duration MILLISECOND = Duration.ofMillis(1);

    private MirrorTestResultsJson() {}

    /** The whole file. Components have the names of the members. */
    public record Stored(int version, String timestamp, List<StoredMirror> mirrors) {}

    /** One mirror in the file; unknown values are null and left out. */
    public record StoredMirror(
            int rank,
            String url,
            String country_code,
            BigDecimal latency_ms,
            Long throughput_bytes_per_second,
            String database_modified,
            long failures) {}

    /** The text for {@link #parse}. It includes passwords, so that the mirrors stay usable. */
    public static String print(MirrorTestResults results) {
        List<StoredMirror> mirrors = new ArrayList<>();
        for (MirrorTestResult result : results.mirrors()) {
            mirrors.add(new StoredMirror(
                    mirrors.size() + 1,
                    result.mirror().base().toString(),
                    result.countryCode(),
                    result.latency() == null
                            ? null
                            : BigDecimal.valueOf(result.latency().toNanos() / 1_000, 3),
                    result.bytesPerSecond() == 0 ? null : result.bytesPerSecond(),
                    result.databaseModified() == null
                            ? null
                            : result.databaseModified().toString(),
                    result.failures()));
        }
        return DocumentJson.print(new Stored(VERSION, results.tested().toString(), mirrors));
    }

    /**
     * Parses a file.
     *
     * @throws UnusableDocumentException if it is not JSON, of another version, without a time, or without a mirror
     */
    public static MirrorTestResults parse(byte[] document) throws UnusableDocumentException {
        Fields file = Fields.of(DocumentJson.parse(document, NAME))
                .orElseThrow(() -> new UnusableDocumentException(NAME + " is not a JSON object."));
        int version = file.number("version").map(BigDecimal::intValue).orElse(0);
        if (version != VERSION && version != FLEXO_VERSION) {
            throw new UnusableDocumentException(NAME + " has version " + version + ", but only " + VERSION + " and "
                    + FLEXO_VERSION + " are understood.");
        }
        Instant tested = file.instant("timestamp")
                .orElseThrow(() -> new UnusableDocumentException(NAME + " does not say when the test was made."));
        List<MirrorTestResult> mirrors = file.list(version == VERSION ? "mirrors" : "download_providers").stream()
                .flatMap(List::stream)
                .flatMap(entry -> Fields.of(entry).stream())
                .flatMap(entry -> (version == VERSION ? result(entry) : flexoResult(entry)).stream())
                .toList();
        if (mirrors.isEmpty()) {
            throw new UnusableDocumentException(NAME + " names no mirror.");
        }
        // Files of the original Flexo lack freshness but are sorted by latency; ours are ranked already.
        return new MirrorTestResults(tested, mirrors);
    }

    private static Optional<MirrorTestResult> result(Fields entry) {
        return mirror(entry, "url")
                .map(mirror -> new MirrorTestResult(
                        mirror,
                        country(entry),
                        entry.duration("latency_ms", MILLISECOND).orElse(null),
                        entry.instant("database_modified").orElse(null),
                        count(entry, "throughput_bytes_per_second"),
                        count(entry, "failures")));
    }

    private static Optional<MirrorTestResult> flexoResult(Fields entry) {
        return mirror(entry, "uri")
                .map(mirror -> new MirrorTestResult(
                        mirror,
                        country(entry),
                        entry.object("mirror_results")
                                .flatMap(MirrorTestResultsJson::flexoLatency)
                                .orElse(null),
                        null,
                        0,
                        0));
    }

    /** The total time without name lookup; the original Flexo wrote zeros for mirrors that it did not test. */
    private static Optional<Duration> flexoLatency(Fields times) {
        return flexoDuration(times, "total_time")
                .map(total ->
                        total.minus(flexoDuration(times, "namelookup_duration").orElse(Duration.ZERO)))
                .filter(latency -> !latency.isNegative() && !latency.isZero());
    }

    private static Optional<Duration> flexoDuration(Fields times, String name) {
        return times.object(name)
                .flatMap(parts -> parts.duration("secs", Duration.ofSeconds(1))
                        .map(seconds -> seconds.plus(
                                parts.duration("nanos", Duration.ofNanos(1)).orElse(Duration.ZERO))));
    }

    private static Optional<Mirror> mirror(Fields entry, String name) {
        try {
            return entry.text(name).map(Mirror::of);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The original Flexo wrote "Unknown" for an unknown country. */
    private static String country(Fields entry) {
        return entry.text("country_code")
                .filter(code -> code.length() == 2)
                .map(code -> code.toUpperCase(Locale.ROOT))
                .orElse("");
    }

    private static long count(Fields entry, String name) {
        return entry.real(name).map(Math::round).filter(count -> count > 0).orElse(0L);
    }
}
