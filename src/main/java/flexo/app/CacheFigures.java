package flexo.app;

import flexo.cache.WrongFiles;
import flexo.retention.HitsLog;
import flexo.retention.RemovalCounts;
import flexo.retention.RemovalReason;
import flexo.retention.SweepReport;
import flexo.retention.Sweeps;
import flexo.web.Figures;
import flexo.web.PrometheusText;
import java.util.Locale;
import java.util.Map;

/** What has become of the cache. */
record CacheFigures(Sweeps sweeps, WrongFiles wrong, HitsLog hits) implements Figures {
    /** The label of files that are no match for their database, beside the reasons of sweeps. */
    private static final String WRONG_CONTENT = "wrong_content";

    @Override
    public void writeTo(PrometheusText text) {
        Map<RemovalReason, RemovalCounts.Count> removed = sweeps.removed().all();
        text.counter(
                "flexo_cache_removed_files_total",
                "Files removed from the cache; a package and its signature are one.");
        removed.forEach((reason, count) -> text.sample("reason", label(reason), count.files()));
        text.sample("reason", WRONG_CONTENT, wrong.files());
        text.counter("flexo_cache_removed_bytes_total", "What the removal of files from the cache has freed.");
        removed.forEach((reason, count) -> text.sample("reason", label(reason), count.bytes()));
        text.sample("reason", WRONG_CONTENT, wrong.bytes());
        text.counter(
                        "flexo_web_server_hits_total",
                        "Files that a web server has served straight from the cache directory, by its log.")
                .sample(hits.files());
        text.counter("flexo_web_server_hit_bytes_total", "What it has sent of them.")
                .sample(hits.bytes());
        sweeps.last().ifPresent(report -> writeTo(text, report));
    }

    private static void writeTo(PrometheusText text, SweepReport report) {
        text.gauge("flexo_cache_files", "Files in the cache directory after the last sweep.")
                .sample(report.files());
        text.gauge("flexo_cache_bytes", "What they take.").sample(report.bytes());
        text.gauge("flexo_sweep_last_timestamp_seconds", "When the last sweep began, since 1970.")
                .sample(report.began().getEpochSecond());
        text.gauge("flexo_sweep_last_duration_seconds", "How long it took.").sample(report.took());
    }

    private static String label(RemovalReason reason) {
        return reason.name().toLowerCase(Locale.ROOT);
    }
}
