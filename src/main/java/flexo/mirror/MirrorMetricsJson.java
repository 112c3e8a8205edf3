package flexo.mirror;

import java.util.Map;
import java.util.TreeMap;

/** Flexo's form of the metrics: an object with a member for each mirror's address. */
public final class MirrorMetricsJson {

    private MirrorMetricsJson() {}

    /** One member's value. The components are written under their own names. */
    public record Counts(long num_usages, long num_failures) {}

    /** The text, mirrors in the order of their addresses, passwords masked. */
    public static String print(MirrorMetrics metrics) {
        Map<String, Counts> members = new TreeMap<>();
        metrics.counts()
                .forEach((mirror, counts) ->
                        members.put(mirror.toString(), new Counts(counts.usages(), counts.failures())));
        return DocumentJson.print(members);
    }
}
