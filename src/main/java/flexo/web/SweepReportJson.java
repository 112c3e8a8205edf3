package flexo.web;

import flexo.retention.RemovalReason;
import flexo.retention.SweepReport;
import jakarta.json.bind.Jsonb;
import jakarta.json.bind.JsonbBuilder;
import jakarta.json.bind.JsonbConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A sweep as JSON: the removed files, the reasons, and the bytes freed. */
final class SweepReportJson {
    /** Shared, as building it is expensive; thread-safe. Not closed: closing only concerns CDI. */
    private static final Jsonb JSONB = JsonbBuilder.create(new JsonbConfig().withFormatting(true));

    private SweepReportJson() {}

    /**
     * The whole document; members are named like the components.
     *
     * @param dryRun whether nothing was removed
     * @param began in RFC 3339 format
     * @param seconds the duration
     * @param removed the files removed
     * @param left the contents of the cache afterwards
     * @param removedFor the files removed, by reason
     * @param files the files removed, in order; only for a dry run, and up to a limit
     */
    public record Report(
            boolean dryRun,
            String began,
            double seconds,
            Count removed,
            Count left,
            Map<String, Count> removedFor,
            List<Item> files) {}

    /** A number of files and their size. */
    public record Count(long files, long bytes) {}

    /** A removed file, with its companions. */
    public record Item(String path, String reason, long bytes) {}

    static String print(SweepReport report) {
        Map<String, Count> reasons = new LinkedHashMap<>();
        for (RemovalReason reason : RemovalReason.values()) {
            var count = report.counts().get(reason);
            reasons.put(name(reason), new Count(count.files(), count.bytes()));
        }
        return JSONB.toJson(new Report(
                report.dry(),
                report.began().toString(),
                report.took().toMillis() / 1000.0,
                new Count(report.sum().files(), report.sum().bytes()),
                new Count(report.files(), report.bytes()),
                reasons,
                report.removals().stream()
                        .map(removal -> new Item(removal.path().toString(), name(removal.reason()), removal.bytes()))
                        .toList()));
    }

    private static String name(RemovalReason reason) {
        return reason.name().toLowerCase(Locale.ROOT);
    }
}
