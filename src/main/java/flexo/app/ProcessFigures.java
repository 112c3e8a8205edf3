package flexo.app;

import flexo.web.Figures;
import flexo.web.PrometheusText;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.time.Duration;
import java.util.List;

/** What the application runs as. Its container's other applications are in these figures, too. */
record ProcessFigures(String version) implements Figures {
    @Override
    public void writeTo(PrometheusText text) {
        text.gauge("flexo_build_info", "Always 1; the version is in the label.").sample("version", version, 1);
        text.gauge("process_start_time_seconds", "When the process was started, since 1970.")
                .sample(Duration.ofMillis(ManagementFactory.getRuntimeMXBean().getStartTime()));
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
