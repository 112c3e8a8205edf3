package flexo.web;

import flexo.retention.Removal;
import flexo.retention.RemovalCounts;
import flexo.retention.SweepReport;
import java.util.Map;

/** A sweep in words for people. */
final class SweepReportText {
    private SweepReportText() {}

    static String print(SweepReport report) {
        RemovalCounts.Count sum = report.sum();
        StringBuilder text = new StringBuilder();
        text.append(report.dry() ? "A sweep would remove " : "Removed ")
                .append(count(sum))
                .append(report.dry() ? "; left would be " : "; left are ")
                .append(count(new RemovalCounts.Count(report.files(), report.bytes())))
                .append(".\n");
        report.counts().entrySet().stream()
                .filter(entry -> entry.getValue().files() > 0)
                .sorted(Map.Entry.comparingByKey())
                .forEach(entry -> text.append(count(entry.getValue()))
                        .append(", since ")
                        .append(entry.getKey().text())
                        .append("\n"));
        for (Removal removal : report.removals()) {
            text.append('\n')
                    .append(removal.path())
                    .append(": ")
                    .append(removal.bytes())
                    .append(" bytes, since ")
                    .append(removal.reason().text());
        }
        long unlisted = report.dry() ? sum.files() - report.removals().size() : 0;
        text.append(report.removals().isEmpty() ? "" : "\n");
        if (unlisted > 0) {
            text.append("and ").append(unlisted).append(" more\n");
        }
        return text.toString();
    }

    private static String count(RemovalCounts.Count count) {
        return count.files() + (count.files() == 1 ? " file, " : " files, ") + count.bytes() + " bytes";
    }
}
