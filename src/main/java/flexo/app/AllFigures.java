package flexo.app;

import flexo.cache.WrongFiles;
import flexo.database.Databases;
import flexo.download.Admission;
import flexo.download.Downloads;
import flexo.mirror.MirrorHealth;
import flexo.mirror.MirrorMetrics;
import flexo.prefetch.PrefetchCounts;
import flexo.retention.HitsLog;
import flexo.retention.RemovalCounts;
import flexo.retention.RemovalReason;
import flexo.retention.SweepReport;
import flexo.retention.Sweeps;
import flexo.web.ClientStreams;
import flexo.web.Figures;
import flexo.web.PrometheusText;
import flexo.web.SettingsState;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/** The metrics of all parts, for Prometheus. */
final class AllFigures {
    private AllFigures() {}

    /** Metrics of the cache. */
    record OfCache(Sweeps sweeps, WrongFiles wrong, HitsLog hits) implements Figures {
        /** The label of files that do not match their database, beside the reasons of sweeps. */
        private static final String WRONG_CONTENT = "wrong_content";

        @Override
        public void writeTo(PrometheusText text) {
            Map<RemovalReason, RemovalCounts.Count> removed = sweeps.removed().all();
            text.counter(
                    "flexo_cache_removed_files_total",
                    "Files removed from the cache; a package and its signature are one.");
            removed.forEach((reason, count) -> text.sample("reason", label(reason), count.files()));
            text.sample("reason", WRONG_CONTENT, wrong.files());
            text.counter("flexo_cache_removed_bytes_total", "Bytes freed by removing files from the cache.");
            removed.forEach((reason, count) -> text.sample("reason", label(reason), count.bytes()));
            text.sample("reason", WRONG_CONTENT, wrong.bytes());
            text.counter(
                            "flexo_web_server_hits_total",
                            "Files that a web server has served straight from the cache directory, by its log.")
                    .sample(hits.files());
            text.counter("flexo_web_server_hit_bytes_total", "Bytes of those files that it has sent.")
                    .sample(hits.bytes());
            sweeps.last().ifPresent(report -> writeTo(text, report));
        }

        private static void writeTo(PrometheusText text, SweepReport report) {
            text.gauge("flexo_cache_files", "Files in the cache directory after the last sweep.")
                    .sample(report.files());
            text.gauge("flexo_cache_bytes", "Their size in bytes.").sample(report.bytes());
            text.gauge("flexo_sweep_last_timestamp_seconds", "When the last sweep began, since 1970.")
                    .sample(report.began().getEpochSecond());
            text.gauge("flexo_sweep_last_duration_seconds", "The duration of the last sweep.")
                    .sample(report.took());
        }

        private static String label(RemovalReason reason) {
            return reason.name().toLowerCase(Locale.ROOT);
        }
    }

    /** Metrics of downloads, databases and responses. */
    record OfDownload(Downloads downloads, Databases databases, Admission admission, ClientStreams streams)
            implements Figures {
        @Override
        public void writeTo(PrometheusText text) {
            text.gauge("flexo_downloads_running", "Downloads that are running.").sample(downloads.count());
            text.gauge("flexo_downloads_waiting", "Downloads that wait until others end, because too many are running.")
                    .sample(admission.waiting());
            text.counter("flexo_downloads_refused_total", "Downloads that were refused, because too many were running.")
                    .sample(admission.refused());
            text.gauge(
                            "flexo_responses_streamed",
                            "Responses that Flexo is writing itself; the container sends others.")
                    .sample(streams.count());
            text.gauge("flexo_databases_open", "Databases that are kept open for further requests.")
                    .sample(databases.open());
            text.counter(
                            "flexo_database_stale_answers_total",
                            "Requests answered with a database that no mirror had confirmed in time.")
                    .sample(databases.staleAnswers());
        }
    }

    /**
     * How often each mirror was used and failed, since the start or the last {@code POST /reset-metrics}.
     *
     * @param health of the mirrors
     * @param siblings the same of the other nodes, since the start
     */
    record OfMirror(MirrorHealth health, MirrorHealth siblings) implements Figures {
        @Override
        public void writeTo(PrometheusText text) {
            write(text, "mirror", "a mirror", health.metrics());
            write(text, "sibling", "another node", siblings.metrics());
        }

        private static void write(PrometheusText text, String label, String who, MirrorMetrics metrics) {
            text.counter("flexo_" + label + "_transfers_total", "Transfers " + who + " was asked for.");
            write(text, label, metrics, MirrorMetrics.Counts::usages);
            text.counter("flexo_" + label + "_failures_total", "Those of them that failed by its own fault.");
            write(text, label, metrics, MirrorMetrics.Counts::failures);
        }

        private static void write(
                PrometheusText text, String label, MirrorMetrics metrics, ToLongFunction<MirrorMetrics.Counts> value) {
            metrics.counts().entrySet().stream()
                    .sorted(Comparator.comparing(entry -> entry.getKey().toString()))
                    .forEach(entry ->
                            text.sample(label, entry.getKey().toString(), value.applyAsLong(entry.getValue())));
        }
    }

    /** Metrics of prefetching. */
    record OfPrefetch(Supplier<PrefetchCounts> counts) implements Figures {
        @Override
        public void writeTo(PrometheusText text) {
            PrefetchCounts now = counts.get();
            text.counter("flexo_prefetch_packages_total", "Packages to be prefetched, by outcome.")
                    .sample("result", "fetched", now.fetched());
            text.sample("result", "failed", now.failed());
            text.sample("result", "no_room", now.skipped());
            text.counter("flexo_prefetch_bytes_total", "Bytes prefetched, without signatures.")
                    .sample(now.bytes());
            text.counter("flexo_prefetch_interruptions_total", "Prefetches that were put off for a client.")
                    .sample(now.interrupted());
        }
    }

    /** Metrics of the process, which include the container's other applications. */
    record OfProcess(String version) implements Figures {
        @Override
        public void writeTo(PrometheusText text) {
            text.gauge("flexo_build_info", "Always 1; the version is in the label.")
                    .sample("version", version, 1);
            text.gauge("process_start_time_seconds", "When the process was started, since 1970.")
                    .sample(Duration.ofMillis(
                            ManagementFactory.getRuntimeMXBean().getStartTime()));
            MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
            text.gauge("jvm_memory_used_bytes", "Used heap.").sample("area", "heap", heap.getUsed());
            text.gauge("jvm_memory_max_bytes", "Maximum heap.").sample("area", "heap", heap.getMax());
            text.gauge("jvm_threads_current", "Threads of the process.")
                    .sample(ManagementFactory.getThreadMXBean().getThreadCount());
            List<GarbageCollectorMXBean> collectors = ManagementFactory.getGarbageCollectorMXBeans();
            text.counter("jvm_gc_collections_total", "Garbage collections, by collector.");
            collectors.forEach(each -> text.sample("gc", each.getName(), each.getCollectionCount()));
        }
    }

    /** Whether the current settings are in force. */
    record OfSettings(Supplier<SettingsState> state) implements Figures {
        @Override
        public void writeTo(PrometheusText text) {
            SettingsState now = state.get();
            text.gauge("flexo_settings_in_force", "1 if the current settings are in force, 0 if they have mistakes.")
                    .sample(now.inForce() ? 1 : 0);
            text.gauge("flexo_settings_mistakes", "Mistakes in the current settings.")
                    .sample(now.refused()
                            .map(refusal -> refusal.mistakes().size())
                            .orElse(0));
            text.gauge("flexo_settings_after_restart", "Changed settings that take effect after a restart.")
                    .sample(now.afterRestart().size());
            now.loadedAt()
                    .ifPresent(loaded -> text.gauge(
                                    "flexo_settings_loaded_timestamp_seconds",
                                    "When the settings in force were read, since 1970.")
                            .sample(loaded.getEpochSecond()));
        }
    }
}
