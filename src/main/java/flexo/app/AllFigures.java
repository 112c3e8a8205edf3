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

/** The figures of all parts, as Prometheus reads them. */
final class AllFigures {
    private AllFigures() {}

    /** What has become of the cache. */
    record OfCache(Sweeps sweeps, WrongFiles wrong, HitsLog hits) implements Figures {
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

    /** What is going on between mirrors and clients. */
    record OfDownload(Downloads downloads, Databases databases, Admission admission, ClientStreams streams)
            implements Figures {
        @Override
        public void writeTo(PrometheusText text) {
            text.gauge("flexo_downloads_running", "Files on their way into the cache.")
                    .sample(downloads.count());
            text.gauge(
                            "flexo_downloads_waiting",
                            "Downloads that wait for others to end, as too many are on their way.")
                    .sample(admission.waiting());
            text.counter("flexo_downloads_refused_total", "Downloads that were refused, as too many were on their way.")
                    .sample(admission.refused());
            text.gauge(
                            "flexo_responses_streamed",
                            "Responses that Flexo is writing itself; the container sends others.")
                    .sample(streams.count());
            text.gauge("flexo_databases_open", "Databases that are kept open for the next who asks.")
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

    /** What was fetched before clients asked for it. */
    record OfPrefetch(Supplier<PrefetchCounts> counts) implements Figures {
        @Override
        public void writeTo(PrometheusText text) {
            PrefetchCounts now = counts.get();
            text.counter(
                            "flexo_prefetch_packages_total",
                            "Packages that were to be prefetched, by what became of them.")
                    .sample("result", "fetched", now.fetched());
            text.sample("result", "failed", now.failed());
            text.sample("result", "no_room", now.skipped());
            text.counter("flexo_prefetch_bytes_total", "What was prefetched, without signatures.")
                    .sample(now.bytes());
            text.counter("flexo_prefetch_interruptions_total", "Prefetches that were put off for a client.")
                    .sample(now.interrupted());
        }
    }

    /** What the application runs as. Its container's other applications are in these figures, too. */
    record OfProcess(String version) implements Figures {
        @Override
        public void writeTo(PrometheusText text) {
            text.gauge("flexo_build_info", "Always 1; the version is in the label.")
                    .sample("version", version, 1);
            text.gauge("process_start_time_seconds", "When the process was started, since 1970.")
                    .sample(Duration.ofMillis(
                            ManagementFactory.getRuntimeMXBean().getStartTime()));
            MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
            text.gauge("jvm_memory_used_bytes", "What is used of the heap.").sample("area", "heap", heap.getUsed());
            text.gauge("jvm_memory_max_bytes", "What the heap may be.").sample("area", "heap", heap.getMax());
            text.gauge("jvm_threads_current", "Threads of the process.")
                    .sample(ManagementFactory.getThreadMXBean().getThreadCount());
            List<GarbageCollectorMXBean> collectors = ManagementFactory.getGarbageCollectorMXBeans();
            text.counter("jvm_gc_collections_total", "Garbage collections, by collector.");
            collectors.forEach(each -> text.sample("gc", each.getName(), each.getCollectionCount()));
        }
    }

    /** Whether the settings that are written down are the ones in force. */
    record OfSettings(Supplier<SettingsState> state) implements Figures {
        @Override
        public void writeTo(PrometheusText text) {
            SettingsState now = state.get();
            text.gauge(
                            "flexo_settings_in_force",
                            "1 if the settings that are written down are the ones in force, else 0.")
                    .sample(now.inForce() ? 1 : 0);
            text.gauge("flexo_settings_mistakes", "Mistakes in the settings that are written down.")
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
