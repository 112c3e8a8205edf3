package flexo.mirror;

import java.util.Map;
import java.util.TreeMap;

/** The original Flexo's form of the metrics: an object with one member per mirror, named by its URL. */
public final class MirrorMetricsJson {

    private MirrorMetricsJson() {}

    /** The value of a member. Components have the names of the members. */
    public record Counts(long num_usages, long num_failures) {}

    /** The text, sorted by URL, passwords masked. */
    public static String print(MirrorMetrics metrics) {
        Map<String, Counts> members = new TreeMap<>();
        metrics.counts()
                .forEach((mirror, counts) ->
                        members.put(mirror.toString(), new Counts(counts.usages(), counts.failures())));
        return DocumentJson.print(members);
    }
}
