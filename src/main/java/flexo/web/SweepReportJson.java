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

/** A sweep as JSON: what goes, why, and how many bytes that frees. */
final class SweepReportJson {
    /** One for all, as building it is expensive; any thread may use it. Not closed: closing only concerns CDI. */
    private static final Jsonb JSONB = JsonbBuilder.create(new JsonbConfig().withFormatting(true));

    private SweepReportJson() {}

    /**
     * The whole document; its members are named as the components are.
     *
     * @param dryRun whether nothing was removed
     * @param began as RFC 3339 has it
     * @param seconds how long it took
     * @param removed what goes
     * @param left what is in the cache afterwards
     * @param removedFor what goes, by reason
     * @param files those that go, in order; only of a dry run, and then not more than are listed
     */
    public record Report(
            boolean dryRun,
            String began,
            double seconds,
            Count removed,
            Count left,
            Map<String, Count> removedFor,
            List<Item> files) {}

    /** Files and the bytes they take. */
    public record Count(long files, long bytes) {}

    /** A file that goes, with what lies beside it. */
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
